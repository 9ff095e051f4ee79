// The table of keys.

import sortedBTree from 'sorted-btree'
import type { Entry } from './entry.js'

export interface KvRecord {
  readonly key: string
  /** Base64, so that a record is plain data; '' is an empty value. */
  readonly value: string
  /** uint64 as decimal text: JSON numbers do not hold it. */
  readonly flags: string
  readonly lockIndex: number
  /** Session that holds the lock, '' for none. */
  readonly session: string
}

export type KvEntry = Entry<KvRecord>

const BTree = sortedBTree.default // published as CommonJS
const byCodeUnit = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

export class Kv {
  readonly #byKey = new BTree<string, KvEntry>(undefined, byCodeUnit)

  get size (): number { return this.#byKey.size }

  get (key: string): KvEntry | undefined { return this.#byKey.get(key) }

  /** Entries whose key begins with `prefix`, by key (UTF-16 code unit order). */
  * below (prefix: string): Iterable<KvEntry> {
    for (const [key, entry] of this.#byKey.entries(prefix)) {
      if (!key.startsWith(prefix)) return
      yield entry
    }
  }

  set (key: string, entry: KvEntry | undefined): void {
    if (entry === undefined) this.#byKey.delete(key)
    else this.#byKey.set(key, entry)
  }
}
