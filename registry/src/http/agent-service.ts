// /v1/agent/service and /v1/agent/services: what is registered at this agent.

import { errors } from '../errors.js'
import { agentServiceJson } from '../agent/wire.js'
import { contentHash } from '../agent/content-hash.js'
import { portOf } from '../catalog/service-rules.js'
import { topics } from '../state/topic-names.js'
import { addressWarning } from '../agent/address-warning.js'
import { decodeAgentServiceRegister } from './decode/bodies/service.js'
import { compile } from './filtered.js'
import { checkEnterprise } from './params.js'
import { JITTER, readOptions } from './read.js'
import { empty, json } from './reply.js'
import { maintenanceRequest } from './agent-maintenance.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { ServiceRecord } from '../state/services.js'

const register: Handler = async (request, roster) => {
  checkEnterprise(request)
  const body = decodeAgentServiceRegister(await request.body())
  const replace = request.query.get('replace-existing-checks')
  await roster.agent.registerService(body, { replaceChecks: request.query.has('replace-existing-checks') && (replace === '' || replace === 'true') })
  const warning = addressWarning(body, request.remoteAddress, roster.config)
  if (warning === undefined) return empty()
  roster.log.child('agent').warn(warning, { service: body.id === '' ? body.name : body.id, from: request.remoteAddress })
  return empty(['X-Roster-Warning', warning])
}

const deregister: Handler = async (request, roster) => {
  checkEnterprise(request)
  await roster.agent.deregisterService(request.rest)
  return empty()
}

const maintenance: Handler = async (request, roster) => {
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_SERVICE_ID()
  await roster.agent.serviceMaintenance(request.rest, maintenanceRequest(request))
  return empty()
}

const list: Handler = (request, roster) => {
  checkEnterprise(request)
  const keep = compile(request, 'nodeService')
  const shown = [...roster.state.agent.services]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([id, { value }]) => [id, agentServiceJson(value.service, roster.config.datacenter)] as const)
    .filter(([, service]) => keep(service))
  return json(Object.fromEntries(shown), request, roster)
}

/** One service. With the hash that the caller knows (`?hash=`), held until it is another, or the wait is over. */
const one: Handler = async (request, roster) => {
  checkEnterprise(request)
  const { clock, random, state } = roster
  const known = request.query.get('hash')
  const { waitMs } = readOptions(request, roster)
  const end = clock.monotonic() + waitMs * (1 + random() * JITTER)
  for (;;) {
    const service = state.agent.services.get(request.rest)?.value.service
    if (service === undefined) throw errors.UNKNOWN_AGENT_SERVICE(request.rest)
    const hash = contentHash({ ...service, port: portOf(service) })
    const left = end - clock.monotonic()
    if (known === '' || known !== hash || left <= 0) return shown(request, roster, service, hash)
    if (await state.topics.wait([topics.agentService(request.rest)], left, clock, request.signal) !== 'changed') return shown(request, roster, service, hash)
  }
}

const shown = (request: Request, roster: Roster, service: ServiceRecord, hash: string): Reply =>
  json(agentServiceJson(service, roster.config.datacenter, hash), request, roster, ['X-Consul-ContentHash', hash])

export const agentServiceRoutes: readonly Route[] = [
  { path: '/v1/agent/services', methods: { GET: list } },
  { path: '/v1/agent/service/', methods: { GET: one } },
  { path: '/v1/agent/service/register', methods: { PUT: register } },
  { path: '/v1/agent/service/deregister/', methods: { PUT: deregister } },
  { path: '/v1/agent/service/maintenance/', methods: { PUT: maintenance } },
]
