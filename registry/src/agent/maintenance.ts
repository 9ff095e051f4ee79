// Maintenance: a check that is critical for as long as it stands, on the node or on one service, so that nobody is sent there.

import { errors } from '../errors.js'
import { keys } from '../state/keys.js'
import { command } from '../catalog/rows.js'
import { deleteAgentCheck, putAgentCheck } from './rows.js'
import type { Command } from '../engine/engine.js'
import type { AgentCheckRecord, AgentServiceRecord } from '../state/agent.js'
import type { AgentContext } from './rows.js'

export const NODE_MAINTENANCE = '_node_maintenance'
const SERVICE_MAINTENANCE = '_service_maintenance:'
export const serviceMaintenance = (serviceId: string): string => `${SERVICE_MAINTENANCE}${serviceId}`

/** Whether a check is one by which node or service are in maintenance. */
export const isMaintenance = (checkId: string): boolean => checkId === NODE_MAINTENANCE || checkId.startsWith(SERVICE_MAINTENANCE)

export interface MaintenanceRequest {
  readonly enable: boolean
  /** '' stands for a default text. One that is in maintenance already keeps its reason. */
  readonly reason: string
}

export const nodeMaintenanceCommand = (request: MaintenanceRequest, context: AgentContext): Command<void> => command(draft => {
  if (!request.enable) deleteAgentCheck(draft, NODE_MAINTENANCE)
  else if (draft.get(keys.agentCheck(NODE_MAINTENANCE)) === undefined) putAgentCheck(draft, maintenanceCheck(context, undefined, request.reason), context, true)
})

/** @throws RosterError 404 when the service is not registered here */
export const serviceMaintenanceCommand = (serviceId: string, request: MaintenanceRequest, context: AgentContext): Command<void> => command(draft => {
  const registered = draft.get<AgentServiceRecord>(keys.agentService(serviceId))
  if (registered === undefined) throw errors.UNKNOWN_SERVICE_ID(serviceId)
  const checkId = serviceMaintenance(serviceId)
  if (!request.enable) deleteAgentCheck(draft, checkId)
  else if (draft.get(keys.agentCheck(checkId)) === undefined) putAgentCheck(draft, maintenanceCheck(context, registered, request.reason), context, true)
})

const maintenanceCheck = ({ config }: AgentContext, owner: AgentServiceRecord | undefined, reason: string): AgentCheckRecord => ({
  check: {
    node: config.node.name,
    checkId: owner === undefined ? NODE_MAINTENANCE : serviceMaintenance(owner.service.id),
    name: owner === undefined ? 'Node Maintenance Mode' : 'Service Maintenance Mode',
    status: 'critical',
    notes: reason !== '' ? reason : `Maintenance mode is enabled for this ${owner === undefined ? 'node' : 'service'}, but no reason was provided. This is a default message.`,
    output: '',
    serviceId: owner?.service.id ?? '',
    serviceName: owner?.service.name ?? '',
    serviceTags: owner?.service.tags ?? [],
    type: 'maintenance',
    interval: '',
    timeout: '',
    exposedPort: 0,
    definition: {},
  },
  definition: null,
  token: '',
  source: 'api',
  confirmed: false,
  nullTags: owner?.nullTags ?? true,
})
