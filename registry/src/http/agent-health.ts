// /v1/agent/health/service: how well services are at this agent, as a status code that load balancers understand.

import { errors } from '../errors.js'
import { aggregate, HTTP_STATUS, worstOf } from '../agent/local-health.js'
import { agentServiceJson, localHealthCheckJson } from '../agent/wire.js'
import { checkEnterprise } from './params.js'
import { json } from './reply.js'
import type { AggregatedStatus } from '../agent/local-health.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Json } from '../agent/wire.js'
import type { Roster } from '../roster.js'
import type { ServiceRecord } from '../state/services.js'

interface LocalHealth { readonly status: AggregatedStatus, readonly shown: Json }

function healthOf (roster: Roster, service: ServiceRecord): LocalHealth {
  const { agent } = roster.state
  const entries = [...agent.checksOf(''), ...agent.checksOf(service.id)]
  const checks = entries.map(entry => roster.agent.shown(entry))
  const status = aggregate(checks)
  return { status, shown: { AggregatedStatus: status, Service: agentServiceJson(service, roster.config.datacenter), Checks: checks.map((check, i) => localHealthCheckJson(check, entries[i]!.value.nullTags)) } }
}

/** The caller wants the word alone. */
const wantsText = (request: Request): boolean =>
  request.query.get('format') === 'text' || String(request.headers.accept ?? '').startsWith('text/plain')

function answer (request: Request, roster: Roster, status: number, reason: string, body: unknown): Reply {
  return wantsText(request)
    ? { status, headers: ['Content-Type', 'text/plain', 'X-Consul-Reason', reason], body: reason }
    : json(body, request, roster, ['X-Consul-Reason', reason], status)
}

const byId: Handler = (request, roster) => {
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_HEALTH_SERVICE_ID()
  const service = roster.state.agent.services.get(request.rest)?.value.service
  if (service === undefined) return answer(request, roster, 404, `ServiceId ${request.rest} not found`, { AggregatedStatus: 'critical', Service: null, Checks: null })
  const { status, shown } = healthOf(roster, service)
  return answer(request, roster, HTTP_STATUS[status], status, shown)
}

const byName: Handler = (request, roster) => {
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_HEALTH_SERVICE_NAME()
  const found = [...roster.state.agent.services.values()]
    .map(({ value }) => value.service)
    .filter(({ name }) => name === request.rest)
    .sort((a, b) => a.id < b.id ? -1 : 1)
    .map(service => healthOf(roster, service))
  if (found.length === 0) return answer(request, roster, 404, `ServiceName ${request.rest} Not Found`, [])
  const status = worstOf(found.map(f => f.status))
  return answer(request, roster, HTTP_STATUS[status], status, found.map(f => f.shown))
}

export const agentHealthRoutes: readonly Route[] = [
  { path: '/v1/agent/health/service/id/', methods: { GET: byId } },
  { path: '/v1/agent/health/service/name/', methods: { GET: byName } },
]
