// The lease of a local agent, as commands of the server: its node, the check by which the server vouches for it, and what is registered there. One lease for
// all of it. In time it is a lease like any other (../leases/keeper.ts).
//
//   absent => alive    the agent says who it is
//   alive  => lapsed   no sign of life within the TTL: serfHealth of the node is critical
//   lapsed => alive    a sign of life
//   alive | lapsed => left    it said good-bye, or was sent away (force-leave): the node is gone with all on it, members show it as left
//   lapsed | left => absent   REAP_MS later

import { deleteCheck, deleteNode, deleteService, putCheck, putNode, putService, command, SERF_HEALTH } from '../catalog/rows.js'
import { SERVER_SERVICE } from '../catalog/self.js'
import { fold, keys } from '../state/keys.js'
import type { Command } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { CheckRecord } from '../state/checks.js'
import type { LeaseAgent, LeaseRecord } from '../state/leases.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'

/** ms after which an agent that fell silent, or left, is forgotten with its node: Consul's `reconnect_timeout`. */
export const REAP_MS = 72 * 3600_000

/** Id of the lease of the agent on a node. */
export const agentLease = (node: string): string => `agent:${fold(node)}`

/** Who an agent is, and what it says of its node now. */
export interface AgentReport {
  readonly node: NodeRecord
  readonly ttlMs: number
  readonly version: string
  readonly http: string
  /** To be put; those of a lease are left to it. */
  readonly services: readonly ServiceRecord[]
  /** To be put; of services that are there. */
  readonly checks: readonly CheckRecord[]
  /** Ids of what is not registered there any more. */
  readonly goneServices: readonly string[]
  readonly goneChecks: readonly string[]
}

const agentOf = ({ node, version, http }: AgentReport): LeaseAgent => ({ nodeId: node.id, address: node.address, version, http, left: false })

/** Whether a report says nothing that is not known of a living agent: then it is a sign of life and nothing else. */
export function isMereSign (report: AgentReport, lease: LeaseRecord | undefined, node: NodeRecord | undefined): boolean {
  const { services, checks, goneServices, goneChecks } = report
  if (lease?.agent === undefined || lease.lapsed || lease.ttlMs !== report.ttlMs || node === undefined) return false
  if (services.length + checks.length + goneServices.length + goneChecks.length > 0) return false
  const { nodeId, address, version, http, left } = lease.agent
  return !left && nodeId === report.node.id && address === report.node.address && version === report.version && http === report.http && node.id === report.node.id
}

/**
 * Takes a report in. Gives whether the agent was known before, and its node was there: else it has to say everything.
 * @throws RosterError 500 when a living node of another id has the name
 */
export const reportCommand = (report: AgentReport): Command<boolean> => command(draft => {
  const { node } = report
  const id = agentLease(node.name)
  const before = draft.get<LeaseRecord>(keys.lease(id))
  // An agent that comes back under another name leaves nothing under the old one.
  const held = draft.get<{ node: string }>(keys.nodeId(node.id))?.node
  const there = draft.get<NodeRecord>(keys.node(node.name))?.id === node.id
  putNode(draft, node)
  if (held !== undefined && fold(held) !== fold(node.name)) draft.delete(keys.lease(agentLease(held)))
  const lease: LeaseRecord = { id, ttlMs: report.ttlMs, deregisterAfterMs: REAP_MS, node: node.name, serviceIds: [], words: {}, lapsed: false, agent: agentOf(report) }
  draft.put(keys.lease(id), lease)
  showAgent(draft, lease)
  const isLeased = (serviceId: string): boolean => draft.get(keys.leaseOf(node.name, serviceId)) !== undefined
  for (const service of report.services) if (!isLeased(service.id)) putService(draft, { ...service, node: node.name })
  for (const check of report.checks) {
    const { serviceId } = check
    // What was taken out of the catalog meanwhile comes back with the agent's next look at it.
    if (serviceId === '' || (!isLeased(serviceId) && draft.get(keys.service(node.name, serviceId)) !== undefined)) putCheck(draft, { ...check, node: node.name })
  }
  for (const serviceId of report.goneServices) if (!isLeased(serviceId) && fold(serviceId) !== SERVER_SERVICE) deleteService(draft, node.name, serviceId)
  for (const checkId of report.goneChecks) {
    const check = draft.get<CheckRecord>(keys.check(node.name, checkId))
    if (check !== undefined && checkId !== SERF_HEALTH && !(check.serviceId !== '' && isLeased(check.serviceId))) deleteCheck(draft, node.name, checkId)
  }
  return there && before?.agent !== undefined && !before.agent.left && before.agent.nodeId === node.id
})

/** The agent says good-bye, or is sent away: its node goes with all that is on it. Gives whether there was such an agent, and it had not left. */
export const leaveCommand = (node: string, nodeId?: string): Command<boolean> => command(draft => {
  const lease = draft.get<LeaseRecord>(keys.lease(agentLease(node)))
  if (lease?.agent === undefined || lease.agent.left || (nodeId !== undefined && lease.agent.nodeId !== nodeId)) return false
  dropNode(draft, lease)
  draft.put(keys.lease(lease.id), { ...lease, lapsed: true, agent: { ...lease.agent, left: true } })
  return true
})

/** Brings the check by which the server vouches for the node to what the lease says. */
export function showAgent (draft: Draft, { node, lapsed, agent }: LeaseRecord): void {
  if (agent === undefined || agent.left || draft.get<NodeRecord>(keys.node(node))?.id !== agent.nodeId) return
  putCheck(draft, {
    node,
    checkId: SERF_HEALTH,
    name: 'Serf Health Status',
    status: lapsed ? 'critical' : 'passing',
    notes: '',
    output: lapsed ? 'Agent not live or unreachable' : 'Agent alive and reachable',
    serviceId: '',
    serviceName: '',
    serviceTags: [],
    type: '',
    interval: '',
    timeout: '',
    exposedPort: 0,
    definition: {},
  })
}

/** The lease is over: the agent is forgotten, and its node with it. */
export function endAgentLease (draft: Draft, lease: LeaseRecord): void {
  dropNode(draft, lease)
  draft.delete(keys.lease(lease.id))
}

/** A node of the same name that is another's is left alone. */
function dropNode (draft: Draft, { node, agent }: LeaseRecord): void {
  if (draft.get<NodeRecord>(keys.node(node))?.id === agent!.nodeId) deleteNode(draft, node)
}
