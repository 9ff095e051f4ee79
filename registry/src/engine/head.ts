// The head of one process: every row, with the writes that were accepted but are not durable yet laid over. Accepted writes can be taken back, newest first.
// What it is not: the state that readers ask. They never see what is not durable; only commands read here.

import { bulkLoad } from 'sorted-btree/extended/bulkLoad.js'
import type { Guard, Head, Revision, Transaction } from './engine.js'
import type { HeldEvent, HeldRow } from './store.js'

/** A transaction in its place, and what stood there before. */
export interface Accepted {
  readonly event: HeldEvent
  /** For each row of the event. */
  readonly before: ReadonlyArray<HeldRow | undefined>
  /** For each purge of the event. */
  readonly purged: readonly HeldRow[]
}

/** Keys in a node of the tree. */
const NODE_KEYS = 32
const byCodeUnit = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

export class LocalHead implements Head {
  /** Live rows and tombstones: found by key as fast in a large registry as in a small one. */
  readonly #rows: Map<string, HeldRow>
  /** Their keys in order, touched only when one comes or goes. */
  readonly #keys: ReturnType<typeof bulkLoad<string, unknown>>
  #accepted: Revision

  /** @param rows what is durable; the head's own from now on */
  constructor (rows: Map<string, HeldRow>, revision: Revision) {
    const keys = [...rows.keys()].sort()
    this.#rows = rows
    this.#keys = bulkLoad<string, unknown>(keys, keys, NODE_KEYS, byCodeUnit)
    this.#accepted = revision
  }

  get next (): Revision { return this.#accepted + 1 }

  /** Every row and tombstone, by key. */
  all (): Iterable<HeldRow> { return this.#below('') }

  /** The row or tombstone at a key. */
  current (key: string): HeldRow | undefined { return this.#rows.get(key) }

  get (key: string): HeldRow | undefined {
    const row = this.#rows.get(key)
    return row?.value === undefined ? undefined : row
  }

  * range (prefix: string): Iterable<HeldRow> {
    for (const row of this.#below(prefix)) if (row.value !== undefined) yield row
  }

  * tombstones (prefix: string): Iterable<HeldRow> {
    for (const row of this.#below(prefix)) if (row.value === undefined) yield row
  }

  * #below (prefix: string): Iterable<HeldRow> {
    for (const key of this.#keys.keys(prefix)) {
      if (!key.startsWith(prefix)) return
      yield this.#rows.get(key)!
    }
  }

  holds (guard: Guard): boolean {
    if ('prefix' in guard) {
      for (const row of this.#below(guard.prefix)) if (row.revision > guard.notAfter) return false
      return true
    }
    return guard.revision === 0 ? this.get(guard.key) === undefined : this.#rows.get(guard.key)?.revision === guard.revision
  }

  /** Lays a transaction over; `undefined` when it changes nothing here. */
  accept (tx: Transaction): Accepted | undefined {
    const revision = revisionOf(tx, this.next)
    const before: Array<HeldRow | undefined> = []
    const rows: HeldRow[] = []
    const set = (key: string, value: unknown, created: Revision, was: HeldRow | undefined, gone?: unknown, written = revision): void => {
      const row: HeldRow = { key, value, created, revision: written, gone, record: 0, bytes: 0 }
      before.push(was)
      this.#set(key, row)
      rows.push(row)
    }
    for (const [key, gone] of tx.deletes ?? []) {
      const was = this.get(key)
      if (was !== undefined) set(key, undefined, was.created, was, gone)
    }
    for (const [key, value] of tx.puts ?? []) {
      const was = this.#rows.get(key)
      set(key, value, was?.value === undefined ? revision : was.created, was)
    }
    for (const { key, value, created, revision: written } of tx.restored ?? []) set(key, value, created, this.#rows.get(key), undefined, written)
    const purges: string[] = []
    const purged: HeldRow[] = []
    for (const key of tx.purges ?? []) {
      const was = this.#rows.get(key)
      if (was === undefined || was.value !== undefined) continue
      this.#set(key, undefined)
      purges.push(key)
      purged.push(was)
    }
    if (rows.length === 0 && purges.length === 0) return undefined
    this.#accepted = revision
    return { event: tx.restored === undefined ? { revision, rows, purges } : { revision, rows, purges, restored: true }, before, purged }
  }

  /** Takes over what another process committed; nothing of this one may be laid over. */
  take (rows: readonly HeldRow[], purges: readonly string[], revision: Revision): void {
    for (const row of rows) this.#set(row.key, row)
    for (const key of purges) this.#set(key, undefined)
    this.#accepted = revision
  }

  /** Takes back the newest accepted transactions, given oldest first; `revision` is the last that stays. */
  undo (accepted: readonly Accepted[], revision: Revision): void {
    for (const { event: { rows, purges }, before, purged } of accepted.toReversed()) {
      for (let i = purges.length - 1; i >= 0; i--) this.#set(purges[i]!, purged[i])
      for (let i = rows.length - 1; i >= 0; i--) this.#set(rows[i]!.key, before[i])
    }
    this.#accepted = revision
  }

  #set (key: string, row: HeldRow | undefined): void {
    if (row === undefined) {
      this.#rows.delete(key)
      this.#keys.delete(key)
      return
    }
    const before = this.#rows.size
    this.#rows.set(key, row)
    if (this.#rows.size > before) this.#keys.set(key, undefined)
  }
}

/** The next revision, or the first above all that are restored. */
function revisionOf ({ restored }: Transaction, next: Revision): Revision {
  let revision = next
  for (const row of restored ?? []) if (row.revision >= revision) revision = row.revision + 1
  return revision
}
