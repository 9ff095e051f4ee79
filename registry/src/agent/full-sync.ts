// Anti-entropy: what the catalog says of the own node is made to agree with what was registered here. Registrations write both at once; this repairs
// what was changed underneath. It leaves alone what belongs to the server itself and what a lease owns.

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
import type { AgentContext } from './rows.js'

export interface SyncReport {
  /** Rows of the catalog that were written anew. */
  readonly repaired: readonly string[]
  /** Rows of the catalog that nobody had registered here. */
  readonly removed: readonly string[]
}

/** @param outputWaits whether a check's output is to reach the catalog later, so that it is no reason to write now */
export const fullSyncCommand = (context: AgentContext, outputWaits: (checkId: string) => boolean): Command<SyncReport> => command(draft => {
  const repaired: string[] = []
  const removed: string[] = []
  putSelf(draft, context.config)
  const { name } = context.config.node
  const leased: Leased = serviceId => draft.get(keys.leaseOf(name, serviceId)) !== undefined
  const services = syncServices(draft, context, leased, repaired)
  const checks = syncChecks(draft, context, leased, outputWaits, repaired)
  removeForeign(draft, name, leased, services, checks, removed)
  return { repaired, removed }
})

/** Whether a lease owns the instance on the own node. */
type Leased = (serviceId: string) => boolean

/** Gives the folded ids of what is registered. */
function syncServices (draft: Draft, { config }: AgentContext, leased: Leased, repaired: string[]): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const [key, row] of draft.range<AgentServiceRecord>(keys.agentServices)) {
    let { service } = row
    const id = fold(service.id)
    ids.add(id)
    if (leased(id)) continue
    const shown = draft.get<ServiceRecord>(keys.service(service.node, service.id))
    if (shown !== undefined && service.enableTagOverride && !same(shown.tags, service.tags)) {
      service = { ...service, tags: shown.tags }
      draft.put(key, { ...row, service })
    }
    pushService(draft, service, config)
    if (shown === undefined || draft.get(keys.service(service.node, service.id)) !== shown) repaired.push(`service ${service.id}`)
  }
  return ids
}

function syncChecks (draft: Draft, context: AgentContext, leased: Leased, outputWaits: (checkId: string) => boolean, repaired: string[]): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const [, { check }] of draft.range<AgentCheckRecord>(keys.agentChecks)) {
    ids.add(fold(check.checkId))
    if (leased(check.serviceId)) continue
    const shown = draft.get<CheckRecord>(keys.check(check.node, check.checkId))
    const wanted = { ...check, output: context.liveOutput(check.checkId) ?? check.output }
    if (shown !== undefined && shownAlike(shown, outputWaits(check.checkId) ? { ...wanted, output: shown.output } : wanted)) continue
    pushCheck(draft, wanted, context.config)
    if (draft.get(keys.check(check.node, check.checkId)) !== shown) repaired.push(`check ${check.checkId}`)
  }
  return ids
}

function removeForeign (draft: Draft, node: string, leased: Leased, services: ReadonlySet<string>, checks: ReadonlySet<string>, removed: string[]): void {
  for (const [, { id }] of draft.range<ServiceRecord>(keys.services(node))) {
    if (services.has(fold(id)) || leased(id) || fold(id) === SERVER_SERVICE) continue
    deleteService(draft, node, id)
    removed.push(`service ${id}`)
  }
  for (const [, { checkId, serviceId }] of draft.range<CheckRecord>(keys.checks(node))) {
    if (checks.has(fold(checkId)) || leased(serviceId) || checkId === SERF_HEALTH) continue
    deleteCheck(draft, node, checkId)
    removed.push(`check ${checkId}`)
  }
}
