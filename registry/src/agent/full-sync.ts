// Anti-entropy: what the catalog says of the own node is made to agree with what was registered here. Registrations write both at once; this repairs
// what was changed underneath. It leaves alone what belongs to the server itself and what a lease owns.
// In two steps, because an agent may hold very much: `divergences` walks the state, in pieces, and `repairCommand` looks again, at the head, at what
// seemed wrong.

import { same } from '../engine/draft.js'
import { command, deleteCheck, deleteService, SERF_HEALTH } from '../catalog/rows.js'
import { putSelf, SERVER_SERVICE } from '../catalog/self.js'
import { fold, keys } from '../state/keys.js'
import { pushCheck, pushService, shownAlike } from './rows.js'
import type { Command } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { AgentCheckRecord, AgentServiceRecord } from '../state/agent.js'
import type { CheckRecord } from '../state/checks.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'
import type { AgentContext } from './rows.js'

/** What may have to be written to the catalog, or taken away from it. */
export interface Divergence {
  readonly row: 'service' | 'check'
  readonly id: string
  /** Nobody registered it here. */
  readonly foreign: boolean
}

export interface SyncContext extends AgentContext {
  /** A check's output is to reach the catalog later, so it is no reason to write now. */
  readonly outputWaits: (checkId: string) => boolean
}

/** Looks at each row once; `undefined` for those that agree, so that the walk can be done in pieces. */
export function * divergences (state: State, context: SyncContext): Generator<Divergence | undefined> {
  const node = context.config.node.name
  const { agent, services, checks, leases } = state
  const leased = (serviceId: string): boolean => leases.ownerOf.has(`${fold(node)}\0${fold(serviceId)}`)
  const known = { service: anyCase(agent.services), check: anyCase(agent.checks) }
  for (const [id, { value }] of agent.services) {
    const shown = services.get(node, id)?.value
    const right = shown !== undefined && (agrees(shown, value.service) || isOther(agent.services, shown.id, id))
    yield right || leased(id) ? undefined : { row: 'service', id, foreign: false }
  }
  for (const [id, { value: { check } }] of agent.checks) {
    const shown = checks.get(node, id)?.value
    const right = shown !== undefined && (checkAgrees(shown, check, context) || isOther(agent.checks, shown.checkId, id))
    yield right || leased(check.serviceId) ? undefined : { row: 'check', id, foreign: false }
  }
  for (const { value: { id } } of services.eachOnNode(node)) {
    yield known.service(id) || leased(id) || fold(id) === SERVER_SERVICE ? undefined : { row: 'service', id, foreign: true }
  }
  for (const { value: { checkId, serviceId } } of checks.eachOnNode(node)) {
    yield known.check(checkId) || leased(serviceId) || checkId === SERF_HEALTH ? undefined : { row: 'check', id: checkId, foreign: true }
  }
}

/** Ids that differ in letter case alone share one row of the catalog: it stays with the one that was registered last. */
const isOther = (registered: ReadonlyMap<string, unknown>, shownId: string, id: string): boolean => shownId !== id && registered.has(shownId)

/** Whether an id is registered, in any letter case; the usual one costs nothing. */
function anyCase (map: ReadonlyMap<string, unknown>): (id: string) => boolean {
  let folded: ReadonlySet<string> | undefined
  return id => map.has(id) || (folded ??= new Set([...map.keys()].map(fold))).has(fold(id))
}

/** Tags of virtual addresses: the service's own, and those of services behind a terminating gateway. */
const VIRTUAL = /^consul-virtual(:|$)/

/** The catalog adds virtual addresses of its own; where tags may be overridden there, they need not agree. */
function agrees (shown: ServiceRecord, wanted: ServiceRecord): boolean {
  const tagged = Object.fromEntries(Object.entries(shown.taggedAddresses ?? {}).filter(([tag]) => !VIRTUAL.test(tag)))
  return same({ ...shown, taggedAddresses: tagged, meta: shown.meta ?? {}, node: '' }, { ...wanted, taggedAddresses: wanted.taggedAddresses ?? {}, meta: wanted.meta ?? {}, node: '' })
}

function checkAgrees (shown: CheckRecord | undefined, check: CheckRecord, context: SyncContext): boolean {
  if (shown === undefined) return false
  const output = context.outputWaits(check.checkId) ? shown.output : context.liveOutput(check.checkId) ?? check.output
  return shownAlike(shown, { ...check, output })
}

export interface SyncReport {
  /** Rows of the catalog that were written anew. */
  readonly repaired: readonly string[]
  /** Rows of the catalog that nobody had registered here. */
  readonly removed: readonly string[]
}

/** Repairs what still diverges, and the server's own rows. */
export const repairCommand = (found: readonly Divergence[], context: SyncContext): Command<SyncReport> => command(draft => {
  putSelf(draft, context.config)
  const repaired: string[] = []
  const removed: string[] = []
  for (const divergence of found) {
    const done = divergence.foreign ? remove(draft, divergence, context) : divergence.row === 'service' ? repairService(draft, divergence.id, context) : repairCheck(draft, divergence.id, context)
    if (done) (divergence.foreign ? removed : repaired).push(`${divergence.row} ${divergence.id}`)
  }
  return { repaired, removed }
})

function repairService (draft: Draft, id: string, { config }: SyncContext): boolean {
  const key = keys.agentService(id)
  const row = draft.get<AgentServiceRecord>(key)
  if (row === undefined) return false
  const { service } = row
  const catalogKey = keys.service(service.node, id)
  const shown = draft.get<ServiceRecord>(catalogKey)
  const tags = shown !== undefined && service.enableTagOverride ? shown.tags : service.tags
  const wanted = tags === service.tags ? service : { ...service, tags }
  draft.put(key, { ...row, service: wanted })
  pushService(draft, wanted, config)
  return draft.get(catalogKey) !== shown
}

function repairCheck (draft: Draft, id: string, context: SyncContext): boolean {
  const check = draft.get<AgentCheckRecord>(keys.agentCheck(id))?.check
  if (check === undefined) return false
  const catalogKey = keys.check(check.node, id)
  const shown = draft.get<CheckRecord>(catalogKey)
  if (checkAgrees(shown, check, context)) return false
  pushCheck(draft, { ...check, output: context.liveOutput(id) ?? check.output }, context.config)
  return draft.get(catalogKey) !== shown
}

function remove (draft: Draft, { row, id }: Divergence, { config }: SyncContext): boolean {
  const node = config.node.name
  if (row === 'service') {
    if (draft.get(keys.service(node, id)) === undefined || draft.get(keys.agentService(id)) !== undefined || draft.get(keys.leaseOf(node, id)) !== undefined) return false
    deleteService(draft, node, id)
    return true
  }
  const check = draft.get<CheckRecord>(keys.check(node, id))
  if (check === undefined || draft.get(keys.agentCheck(id)) !== undefined || draft.get(keys.leaseOf(node, check.serviceId)) !== undefined) return false
  deleteCheck(draft, node, id)
  return true
}
