// The agent's writes, row by row: what was registered here, and its image in the catalog. A registration that says nothing new touches neither, so it does
// not repair a catalog that was changed underneath; that is the sync's affair (full-sync.ts).

import { same } from '../engine/draft.js'
import { isHostBound } from '../health/host-bound.js'
import { keys } from '../state/keys.js'
import { deleteCheck, deleteService, putCheck, putService } from '../catalog/rows.js'
import { putSelf } from '../catalog/self.js'
import { sidecarId } from './sidecar.js'
import type { Draft } from '../engine/draft.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { AgentCheckRecord, AgentServiceRecord } from '../state/agent.js'
import type { CheckRecord } from '../state/checks.js'
import type { ServiceRecord } from '../state/services.js'

/** What commands of the agent know besides the head. */
export interface AgentContext {
  readonly config: RuntimeConfig
  /** The newest output of a check, where it is too fresh to be in its row. */
  readonly liveOutput: (checkId: string) => string | undefined
  /** Checks whose status is not handed on to what is registered under their id. */
  readonly forgets?: (check: AgentCheckRecord) => boolean
}

/** Puts a service at the agent and, when others see it differently then, in the catalog. */
export function putAgentService (draft: Draft, registered: AgentServiceRecord, context: AgentContext): void {
  const key = keys.agentService(registered.service.id)
  const before = draft.get<AgentServiceRecord>(key)
  draft.put(key, registered)
  if (before === undefined || !same(before.service, registered.service)) pushService(draft, registered.service, context.config)
}

/**
 * Puts a check. One that is known under the id hands on its status and output, whatever the new one claims. `fresh` is how it would be without that:
 * a check that was registered on its own is shown to the catalog when it differs in that too.
 */
export function putAgentCheck (draft: Draft, fresh: AgentCheckRecord, context: AgentContext, alone: boolean): void {
  const { checkId, serviceId } = fresh.check
  const key = keys.agentCheck(checkId)
  const before = draft.get<AgentCheckRecord>(key)
  const { engine, cluster } = context.config
  if (engine === 'etcd' && fresh.server === undefined && fresh.definition !== null && isHostBound(fresh.definition)) fresh = { ...fresh, server: cluster.serverId }
  const kept: AgentCheckRecord = before === undefined || context.forgets?.(before) === true
    ? fresh
    : { ...fresh, confirmed: before.confirmed, check: { ...fresh.check, status: before.check.status, output: before.check.output } }
  const output = context.liveOutput(checkId) ?? kept.check.output
  const push = before === undefined || !shownAlike(before.check, kept.check) || (alone && !shownAlike({ ...before.check, output }, fresh.check))
  if (!push && same(before, kept)) return
  const record = output === kept.check.output ? kept : { ...kept, check: { ...kept.check, output } }
  draft.put(key, record)
  if (before !== undefined && before.check.serviceId !== '' && before.check.serviceId !== serviceId) draft.delete(keys.agentCheckOf(before.check.serviceId, checkId))
  if (serviceId !== '') draft.put(keys.agentCheckOf(serviceId, checkId), { check: checkId })
  if (push) pushCheck(draft, record.check, context.config)
}

/** Whether the catalog needs to hear nothing: type, interval and timeout are not what anybody waits for. */
export const shownAlike = (a: CheckRecord, b: CheckRecord): boolean =>
  a.name === b.name && a.status === b.status && a.notes === b.notes && a.output === b.output &&
  a.serviceId === b.serviceId && a.serviceName === b.serviceName && same(a.serviceTags, b.serviceTags)

/** Writes an instance to the catalog, and the own node first where somebody took it away. What a lease owns is left to it. */
export function pushService (draft: Draft, service: ServiceRecord, config: RuntimeConfig): void {
  if (draft.get(keys.leaseOf(service.node, service.id)) !== undefined) return
  if (draft.get(keys.node(service.node)) === undefined) putSelf(draft, config)
  putService(draft, service)
}

/**
 * Writes a check to the catalog, and its service with it where that was changed or taken away there (but for one whose tags may be overridden).
 * What a lease owns is left to it.
 */
export function pushCheck (draft: Draft, check: CheckRecord, config: RuntimeConfig): void {
  const { node, serviceId } = check
  if (draft.get(keys.node(node)) === undefined) putSelf(draft, config)
  if (serviceId !== '') {
    if (draft.get(keys.leaseOf(node, serviceId)) !== undefined) return
    const service = draft.get<AgentServiceRecord>(keys.agentService(serviceId))?.service
    if (service === undefined) return
    const shown = draft.get(keys.service(node, serviceId))
    if (shown === undefined || (shown !== service && !service.enableTagOverride)) putService(draft, service)
  }
  putCheck(draft, check)
}

/** Takes a service away with its checks and its sidecar, here and in the catalog. False when it is not known here. */
export function deleteAgentService (draft: Draft, id: string): boolean {
  const registered = draft.get<AgentServiceRecord>(keys.agentService(id))
  if (registered === undefined) return false
  draft.delete(keys.agentService(id))
  for (const [, pointer] of draft.range<{ check: string }>(keys.agentChecksOf(id))) deleteAgentCheck(draft, pointer.check)
  deleteService(draft, registered.service.node, id)
  if (draft.get<AgentServiceRecord>(keys.agentService(sidecarId(id)))?.sidecarOf === id) deleteAgentService(draft, sidecarId(id))
  return true
}

/** Takes a check away, here and in the catalog. False when it is not known here. */
export function deleteAgentCheck (draft: Draft, id: string): boolean {
  const registered = draft.get<AgentCheckRecord>(keys.agentCheck(id))
  if (registered === undefined) return false
  draft.delete(keys.agentCheck(id))
  const { node, serviceId } = registered.check
  if (serviceId !== '') draft.delete(keys.agentCheckOf(serviceId, id))
  deleteCheck(draft, node, id)
  return true
}
