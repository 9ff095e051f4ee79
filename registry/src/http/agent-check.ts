// /v1/agent/check and /v1/agent/checks: checks registered at this agent, and the heartbeats of those that wait for one.

import { errors } from '../errors.js'
import { agentCheckJson } from '../agent/wire.js'
import { deferFilter } from '../catalog/filter/filter.js'
import { schemas } from '../catalog/filter/schemas.js'
import { isStatus } from '../agent/service-refusals.js'
import { decodeAgentCheckRegister, decodeAgentCheckUpdate } from './decode/bodies/check.js'
import { checkEnterprise } from './params.js'
import { empty, json } from './reply.js'
import type { Handler, Route } from './route.js'
import type { CheckStatus } from '../health/kind.js'

const register: Handler = async (request, roster) => {
  checkEnterprise(request)
  await roster.agent.registerCheck(decodeAgentCheckRegister(await request.body()))
  return empty()
}

const deregister: Handler = async (request, roster) => {
  checkEnterprise(request)
  await roster.agent.deregisterCheck(request.rest)
  return empty()
}

/** A heartbeat whose status is in the path. */
const say = (status: CheckStatus): Handler => async (request, roster) => {
  checkEnterprise(request)
  await roster.agent.heartbeat(request.rest, status, request.query.get('note'))
  return empty()
}

const update: Handler = async (request, roster) => {
  checkEnterprise(request)
  const { status, output } = decodeAgentCheckUpdate(await request.body())
  if (!isStatus(status)) throw errors.INVALID_CHECK_STATUS(status)
  await roster.agent.heartbeat(request.rest, status as CheckStatus, output)
  return empty()
}

const list: Handler = (request, roster) => {
  checkEnterprise(request)
  const keep = deferFilter(request.query.get('filter'), schemas.check)
  const shown = [...roster.state.agent.checks]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([id, entry]) => [id, agentCheckJson(roster.agent.shown(entry))] as const)
    .filter(([, check]) => keep(check))
  return json(Object.fromEntries(shown), request, roster)
}

export const agentCheckRoutes: readonly Route[] = [
  { path: '/v1/agent/checks', methods: { GET: list } },
  { path: '/v1/agent/check/register', methods: { PUT: register } },
  { path: '/v1/agent/check/deregister/', methods: { PUT: deregister } },
  { path: '/v1/agent/check/pass/', methods: { PUT: say('passing') } },
  { path: '/v1/agent/check/warn/', methods: { PUT: say('warning') } },
  { path: '/v1/agent/check/fail/', methods: { PUT: say('critical') } },
  { path: '/v1/agent/check/update/', methods: { PUT: update } },
]
