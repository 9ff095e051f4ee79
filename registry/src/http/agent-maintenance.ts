// /v1/agent/maintenance: the whole node in maintenance. That of one service stands with services, in agent-service.ts.

import { errors } from '../errors.js'
import { goQuote } from './decode/go-text.js'
import { parseBool } from './decode/query.js'
import { checkEnterprise } from './params.js'
import { empty } from './reply.js'
import type { Handler, Request, Route } from './route.js'
import type { MaintenanceRequest } from '../agent/maintenance.js'

/** `enable` and `reason`. @throws RosterError 400 */
export function maintenanceRequest (request: Request): MaintenanceRequest {
  if (!request.query.has('enable')) throw errors.MISSING_ENABLE()
  const text = request.query.get('enable')
  const enable = parseBool(text)
  if (enable === undefined) throw errors.INVALID_ENABLE(goQuote(text))
  return { enable, reason: request.query.get('reason') }
}

const maintenance: Handler = async (request, roster) => {
  checkEnterprise(request, 'partition')
  await roster.agent.nodeMaintenance(maintenanceRequest(request))
  return empty()
}

export const agentMaintenanceRoutes: readonly Route[] = [
  { path: '/v1/agent/maintenance', methods: { PUT: maintenance } },
]
