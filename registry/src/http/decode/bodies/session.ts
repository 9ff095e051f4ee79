// The body of PUT session/create: lenient about keys, laid over defaults.

import { bodyDecoder } from '../body.js'
import { MILLISECOND_NS } from '../duration.js'
import { maybeDurationMs } from '../duration-kind.js'
import type { Value } from '../kind.js'
import { text, textOf, uint64 } from '../scalar-kinds.js'
import { list, sent, texts } from '../collection-kinds.js'
import { computed, field, table, within } from '../table.js'

/** The check that a session depends on unless told otherwise. */
const SERF_CHECK = 'serfHealth'

/** Shorter lock-delays, in nanoseconds, are meant in seconds. */
const LOCK_DELAY_FLOOR_NS = 1000

const lockDelay = (ms: number): number => {
  const ns = Math.round(ms * MILLISECOND_NS)
  return ns < LOCK_DELAY_FLOOR_NS ? ns * 1000 : ms
}

const serviceCheck = table({ name: 'ServiceCheck', type: 'structs.ServiceCheck' }, {
  id: field('ID', text),
  namespace: field('Namespace', text),
})

export const sessionCreate = table({ name: '', type: 'struct { LockDelay interface {}; *structs.Alias }', own: 'tolerant', embed: 'Alias' }, {
  name: field('Name', text),
  /** undefined when absent: the agent's own node. '' is refused later. */
  node: field('Node', sent(text)),
  /** ms, with fractions; null when absent: 15 s. Below a microsecond (after reading) it was meant in seconds. */
  lockDelayMs: field('LockDelay', maybeDurationMs),
  /** '' and undefined: release. */
  behavior: field('Behavior', sent(textOf('structs.SessionBehavior'))),
  /** Duration as text, kept as sent; '' none. Not validated here. */
  ttl: field('TTL', text),
  /** Ids of the node's checks; the serf check unless something else was said; null when sent as null. */
  nodeChecks: computed(texts),
  /** null when absent. */
  serviceChecks: field('ServiceChecks', list(serviceCheck)),
  /** The old list, only where it says something of its own, else null. */
  checks: computed(texts),
}, {
  // Read and of no effect: the id is the server's to give.
  id: field('ID', text),
  createIndex: within('RaftIndex', field('CreateIndex', uint64)),
  modifyIndex: within('RaftIndex', field('ModifyIndex', uint64)),
  nodeChecks: field('NodeChecks', sent(texts)),
  checks: field('Checks', sent(list(textOf('types.CheckID')))),
}, (row, extras) => {
  if (row.lockDelayMs !== null) row.lockDelayMs = lockDelay(row.lockDelayMs)
  const old = extras.checks === undefined ? [SERF_CHECK] : extras.checks ?? []
  row.nodeChecks = extras.nodeChecks === undefined ? [SERF_CHECK] : extras.nodeChecks
  const isDefault = old.length === 1 && old[0] === SERF_CHECK
  if (old.length === 0) row.nodeChecks = []
  row.checks = old.length === 0 || isDefault || (row.nodeChecks ?? []).length === 0 ? null : old
})

export type SessionBody = Value<typeof sessionCreate>

const decode = bodyDecoder(sessionCreate, { rewordNamespace: true })

/** An empty body is an empty object here, unlike everywhere else; one of blanks is not. */
export const decodeSessionCreate = (body: Uint8Array): SessionBody => body.length === 0 ? sessionCreate.zero() : decode(body)
