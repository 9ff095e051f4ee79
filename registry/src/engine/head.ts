// The head of one process: every row, with the writes that were accepted but are not durable yet laid over. Accepted writes can be taken back, newest first.
// What it is not: the state that readers ask. They never see what is not durable; only commands read here.

import sortedBTree from 'sorted-btree'
import type { Guard, Head, Revision, Transaction } from './engine.js'
import type { HeldEvent, HeldRow } from './store.js'

/** A transaction in its place, and what stood there before: `undo` is applied from its end. */
export interface Accepted {
  readonly event: HeldEvent
  readonly undo: ReadonlyArray<readonly [key: string, before: HeldRow | undefined]>
}

const BTree = sortedBTree.default // published as CommonJS
const byCodeUnit = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

export class LocalHead implements Head {
  /** Live rows and tombstones. */
  readonly #rows = new BTree<string, HeldRow>(undefined, byCodeUnit)
  #accepted: Revision = 0

  get next (): Revision { return this.#accepted + 1 }

  /** Takes what is durable at the start and gives it back by key. */
  start (rows: HeldRow[], revision: Revision): readonly HeldRow[] {
    rows.sort((a, b) => byCodeUnit(a.key, b.key))
    for (const row of rows) this.#rows.set(row.key, row)
    this.#accepted = revision
    return rows
  }

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
    for (const [key, row] of this.#rows.entries(prefix)) {
      if (!key.startsWith(prefix)) return
      yield row
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
    const revision = this.#accepted + 1
    const undo: Array<readonly [string, HeldRow | undefined]> = []
    const rows: HeldRow[] = []
    const set = (key: string, value: unknown, created: Revision, before: HeldRow | undefined, gone?: unknown): void => {
      const row: HeldRow = { key, value, created, revision, gone, record: 0, bytes: 0 }
      undo.push([key, before])
      this.#rows.set(key, row)
      rows.push(row)
    }
    for (const [key, gone] of tx.deletes ?? []) {
      const before = this.get(key)
      if (before !== undefined) set(key, undefined, before.created, before, gone)
    }
    for (const [key, value] of tx.puts ?? []) {
      const before = this.#rows.get(key)
      set(key, value, before?.value === undefined ? revision : before.created, before)
    }
    const purges: string[] = []
    for (const key of tx.purges ?? []) {
      const before = this.#rows.get(key)
      if (before === undefined || before.value !== undefined) continue
      undo.push([key, before])
      this.#rows.delete(key)
      purges.push(key)
    }
    if (undo.length === 0) return undefined
    this.#accepted = revision
    return { event: { revision, rows, purges }, undo }
  }

  /** Takes back the newest accepted transactions, given oldest first; `revision` is the last that stays. */
  undo (accepted: readonly Accepted[], revision: Revision): void {
    for (const { undo } of accepted.toReversed()) {
      for (const [key, before] of undo.toReversed()) {
        if (before === undefined) this.#rows.delete(key)
        else this.#rows.set(key, before)
      }
    }
    this.#accepted = revision
  }
}
