// A transaction being written: reads the head with its own changes laid over, and drops what would change nothing.
// Commands of every family are written on it, so that several steps (a registration, the operations of a txn) become one transaction.

import sortedBTree from 'sorted-btree'
import type { Command, Head, Revision, Row, Transaction } from './engine.js'

/** What stays of a deleted row; see state/tables.ts. */
export type Residue = (row: Row) => unknown

/** `undefined` as value: deleted, with what stays. */
interface Change { readonly value: unknown, readonly gone?: unknown }

/** Up to so many changes a walk over all of them is cheaper than an order. */
const SMALL = 64

const BTree = sortedBTree.default // published as CommonJS
const orderedKeys = () => new BTree<string, true>(undefined, (a, b) => a < b ? -1 : a > b ? 1 : 0)

export class Draft {
  readonly #head: Head
  readonly #residue: Residue
  readonly #changes = new Map<string, Change>()
  /** The last key that was looked up at the head, and its row: whoever puts a record has, as a rule, just read what is there. */
  #lastKey: string | undefined
  #lastRow: Row | undefined
  /** Keys of changes, and of some that were taken back; only once there are many. */
  #sorted: ReturnType<typeof orderedKeys> | undefined

  constructor (head: Head, residue: Residue) {
    this.#head = head
    this.#residue = residue
  }

  /** The revision that the transaction will get. */
  get next (): Revision { return this.#head.next }

  /** The record, as it would be after the changes so far. */
  get<T> (key: string): T | undefined {
    const change = this.#changes.get(key)
    return (change === undefined ? this.#stored(key)?.value : change.value) as T | undefined
  }

  #stored (key: string): Row | undefined {
    if (key !== this.#lastKey) {
      this.#lastRow = this.#head.get(key)
      this.#lastKey = key
    }
    return this.#lastRow
  }

  /** The whole row; one that this draft wrote has the revision that it will get. */
  row (key: string): Row | undefined {
    const change = this.#changes.get(key)
    const before = this.#stored(key)
    if (change === undefined) return before
    return change.value === undefined ? undefined : { key, value: change.value, created: before?.created ?? this.next, revision: this.next }
  }

  /** Records below a prefix, by key. A copy: changes made while walking do not show. */
  range<T> (prefix: string): Array<readonly [key: string, value: T]> {
    const found = new Map<string, T>()
    for (const row of this.#head.range(prefix)) found.set(row.key, row.value as T)
    let added = false
    for (const key of this.#changed(prefix)) {
      const { value } = this.#changes.get(key)!
      if (value === undefined) found.delete(key)
      else {
        added ||= !found.has(key)
        found.set(key, value as T)
      }
    }
    return added ? [...found].sort(([a], [b]) => a < b ? -1 : 1) : [...found]
  }

  /** Keys below a prefix that may have changed. A large draft keeps them in order, or each of its ranges would walk over all of them. */
  * #changed (prefix: string): Iterable<string> {
    if (this.#sorted === undefined) {
      if (this.#changes.size <= SMALL) {
        for (const key of this.#changes.keys()) if (key.startsWith(prefix)) yield key
        return
      }
      this.#sorted = orderedKeys()
      for (const key of this.#changes.keys()) this.#sorted.set(key, true)
    }
    for (const [key] of this.#sorted.entries(prefix)) {
      if (!key.startsWith(prefix)) return
      if (this.#changes.has(key)) yield key
    }
  }

  tombstones (prefix: string): Iterable<Row> { return this.#head.tombstones(prefix) }

  /** Puts a record; one that equals what is there is not written. Gives whether it was. */
  put (key: string, value: object): boolean {
    const change = this.#changes.get(key)
    const stored = this.#stored(key)?.value
    if (change === undefined ? stored !== undefined && same(stored, value) : change.value !== undefined && same(change.value, value)) return false
    if (change !== undefined && stored !== undefined && same(stored, value)) this.#changes.delete(key)
    else this.#change(key, { value })
    return true
  }

  /** Puts a record even when an equal one is there: it gets a new revision. */
  rewrite (key: string, value: object): void { this.#change(key, { value }) }

  /** Deletes a row, leaving a tombstone. Gives whether there was one. */
  delete (key: string): boolean {
    const row = this.row(key)
    if (row === undefined) return false
    if (this.#stored(key) === undefined) this.#changes.delete(key)
    else this.#change(key, { value: undefined, gone: this.#residue(row) })
    return true
  }

  #change (key: string, change: Change): void {
    this.#changes.set(key, change)
    this.#sorted?.set(key, true)
  }

  /** The transaction, `undefined` when nothing has to change. */
  tx (): Transaction | undefined {
    if (this.#changes.size === 0) return undefined
    const puts: Array<readonly [string, unknown]> = []
    const deletes: Array<readonly [string, unknown]> = []
    for (const [key, { value, gone }] of this.#changes) {
      if (value === undefined) deletes.push([key, gone])
      else puts.push([key, value])
    }
    return { puts, deletes }
  }
}

/** A command out of a function on a draft. */
export const command = <T>(residue: Residue, decide: (draft: Draft) => T): Command<T> => head => {
  const draft = new Draft(head, residue)
  const result = decide(draft)
  return { tx: draft.tx(), result }
}

/** Equality of plain data, by content; absent and `undefined` fields are alike. */
export function same (a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false
    return true
  }
  const x = a as Record<string, unknown>
  const y = b as Record<string, unknown>
  for (const key in x) if (!same(x[key], y[key])) return false
  for (const key in y) if (x[key] === undefined && y[key] !== undefined) return false
  return true
}
