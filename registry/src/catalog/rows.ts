// The catalog's writes, row by row, with the laws that hold whoever writes (agent, catalog, lease, reaper, transaction): what must exist, what goes along.

import { command as commandOn, same } from '../engine/draft.js'
import { fold, keys } from '../state/keys.js'
import { goneOf } from '../state/tables.js'
import { errors } from '../errors.js'
import { topics } from '../state/topic-names.js'
import { withVirtualIp } from './virtual-ip.js'
import type { Draft } from '../engine/draft.js'
import type { Command } from '../engine/engine.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'
import type { CheckRecord } from '../state/checks.js'

/** A command out of a function on a draft. */
export const command = <T>(decide: (draft: Draft) => T): Command<T> => commandOn(goneOf, decide)

/** Id of the check by which a server vouches for a node. */
export const SERF_HEALTH = 'serfHealth'

/**
 * What else has to happen in the same transaction when a node or check goes, or a check turns critical (sessions are invalidated, coordinates forgotten).
 * Families add themselves to the list.
 */
export interface Consequence {
  readonly checkPut?: (draft: Draft, check: CheckRecord, before: CheckRecord | undefined) => void
  readonly checkIsCritical?: (draft: Draft, check: CheckRecord) => void
  readonly checkGone?: (draft: Draft, check: CheckRecord) => void
  readonly nodeGone?: (draft: Draft, node: string) => void
}
export const consequences: Consequence[] = []

/**
 * Puts a node; another one that holds the id is renamed to it and loses what ran on it.
 * @throws RosterError `NODE_RESERVED` when a living node of another id has the name
 */
export function putNode (draft: Draft, node: NodeRecord): void {
  const before = draft.get<NodeRecord>(keys.node(node.name))
  if (node.id !== '') {
    const holder = draft.get<{ node: string }>(keys.nodeId(node.id))?.node
    if (holder === undefined) refuseReserved(draft, node, before, true)
    else if (fold(holder) !== fold(node.name)) {
      refuseReserved(draft, node, before, false)
      deleteNode(draft, holder)
    }
  }
  if (before !== undefined && before.id !== '' && fold(before.id) !== fold(node.id)) draft.delete(keys.nodeId(before.id))
  // Whoever registers a node itself wants it to stay when the last lease on it has gone.
  draft.delete(keys.leaseNode(node.name))
  const record = inKnownCase(before, node, 'name')
  draft.put(keys.node(node.name), record)
  if (node.id !== '') draft.put(keys.nodeId(node.id), { node: record.name })
}

/** A row has its node's name in the letter case of the writer that last changed anything else; another case alone is no change. */
function inKnownCase<T extends object, K extends keyof T> (before: T | undefined, next: T, name: K): T {
  return before !== undefined && before[name] !== next[name] && same(before, { ...next, [name]: before[name] }) ? before : next
}

function refuseReserved (draft: Draft, node: NodeRecord, holder: NodeRecord | undefined, mayTakeNameless: boolean): void {
  if (holder === undefined || holder.id === node.id || (holder.id === '' && mayTakeNameless)) return
  const serf = draft.get<CheckRecord>(keys.check(holder.name, SERF_HEALTH))
  if (serf === undefined || serf.status === 'critical') return
  throw mayTakeNameless
    ? errors.NODE_RESERVED_NEW(node.id, node.name, holder.id, holder.name, holder.address)
    : errors.NODE_RESERVED_RENAME(node.id, node.address, node.name, holder.id, holder.name, holder.address)
}

/** Puts an instance. @throws RosterError `MISSING_NODE` */
export function putService (draft: Draft, service: ServiceRecord): void {
  const node = draft.get<NodeRecord>(keys.node(service.node))
  if (node === undefined) throw errors.MISSING_NODE()
  const key = keys.service(service.node, service.id)
  const before = draft.get<ServiceRecord>(key)
  const record = inKnownCase(before, withVirtualIp(draft, service), 'node')
  // Readers of the name that it had must hear of it even after a restart, when no row of that name is left.
  if (before !== undefined && fold(before.name) !== fold(record.name)) {
    for (const topic of [topics.service(before.name), topics.health(before.name)]) draft.rewrite(keys.touched(topic), {})
  }
  draft.put(key, record)
}

/** Puts a check; name and tags are its service's as of now. @throws RosterError `MISSING_NODE`, `UNKNOWN_SERVICE_FOR_CHECK` */
export function putCheck (draft: Draft, check: CheckRecord): void {
  const node = draft.get<NodeRecord>(keys.node(check.node))
  if (node === undefined) throw errors.MISSING_NODE()
  let record = check
  if (check.serviceId !== '') {
    const service = draft.get<ServiceRecord>(keys.service(check.node, check.serviceId))
    if (service === undefined) throw errors.UNKNOWN_SERVICE_FOR_CHECK(check.serviceId, check.checkId)
    if (record.serviceName !== service.name || !same(record.serviceTags, service.tags)) record = { ...record, serviceName: service.name, serviceTags: service.tags }
  }
  const key = keys.check(check.node, check.checkId)
  const before = draft.get<CheckRecord>(key)
  record = inKnownCase(before, record, 'node')
  if (before !== undefined && before.serviceId !== '' && fold(before.serviceId) !== fold(record.serviceId)) {
    draft.delete(keys.checkOf(check.node, before.serviceId, check.checkId))
    for (const topic of [topics.serviceChecks(before.serviceName), topics.health(before.serviceName)]) draft.rewrite(keys.touched(topic), {})
  }
  draft.put(key, record)
  if (record.serviceId !== '') draft.put(keys.checkOf(check.node, record.serviceId, check.checkId), { check: record.checkId })
  for (const consequence of consequences) consequence.checkPut?.(draft, record, before)
  if (record.status === 'critical') for (const consequence of consequences) consequence.checkIsCritical?.(draft, record)
}

export function deleteCheck (draft: Draft, node: string, checkId: string): void {
  const check = draft.get<CheckRecord>(keys.check(node, checkId))
  if (check === undefined) return
  draft.delete(keys.check(node, checkId))
  if (check.serviceId !== '') draft.delete(keys.checkOf(node, check.serviceId, checkId))
  for (const consequence of consequences) consequence.checkGone?.(draft, check)
}

/** Deletes an instance with its checks. */
export function deleteService (draft: Draft, node: string, serviceId: string): void {
  if (!draft.delete(keys.service(node, serviceId))) return
  for (const [, pointer] of draft.range<{ check: string }>(keys.checksOf(node, serviceId))) deleteCheck(draft, node, pointer.check)
}

/** Deletes a node with all that is on it. */
export function deleteNode (draft: Draft, node: string): void {
  const record = draft.get<NodeRecord>(keys.node(node))
  if (record === undefined) return
  for (const [, check] of draft.range<CheckRecord>(keys.checks(node))) deleteCheck(draft, node, check.checkId)
  for (const [key] of draft.range(keys.onNode(node))) draft.delete(key)
  if (record.id !== '') draft.delete(keys.nodeId(record.id))
  draft.delete(keys.node(node))
  for (const consequence of consequences) consequence.nodeGone?.(draft, record.name)
}
