// The table of keys, with the graves of those that are gone: the index of a prefix counts both.
// Sibling: kv-prefixes.ts, the topics of the prefixes that somebody reads.

import sortedBTree from 'sorted-btree'
import { byteOrdered } from './byte-order.js'
import type { Revision } from '../engine/engine.js'
import type { Entry } from './entry.js'

export interface KvRecord {
  readonly key: string
  /** Base64, so that a record is plain data; '' is an empty value. */
  readonly value: string
  /** uint64 as decimal text: JSON numbers do not hold it. */
  readonly flags: string
  /** How often the lock was taken by a new holder; a plain write sets it to 0. */
  readonly lockIndex: number
  /** Session that holds the lock, '' for none. */
  readonly session: string
}

export type KvEntry = Entry<KvRecord>

/** What is left of a deleted key. */
interface Grave { readonly revision: Revision }

const BTree = sortedBTree.default // published as CommonJS
const byCodeUnit = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

export class Kv {
  /** Both by `byteOrdered` key. */
  readonly #byKey = new BTree<string, KvEntry>(undefined, byCodeUnit)
  readonly #graves = new BTree<string, Grave>(undefined, byCodeUnit)

  get size (): number { return this.#byKey.size }

  get (key: string): KvEntry | undefined { return this.#byKey.get(byteOrdered(key)) }

  /** Entries whose key begins with `prefix`, by the bytes of their keys. */
  * below (prefix: string): Iterable<KvEntry> {
    const first = byteOrdered(prefix)
    for (const [key, entry] of this.#byKey.entries(first)) {
      if (!key.startsWith(first)) return
      yield entry
    }
  }

  /** The newest change or deletion of any key that begins with `prefix`; 0 when there was none. O(keys and graves below). */
  newestBelow (prefix: string, base: number): Revision {
    let newest = 0
    for (const entry of this.below(prefix)) newest = Math.max(newest, entry.modifyIndex - base)
    const first = byteOrdered(prefix)
    for (const [key, { revision }] of this.#graves.entries(first)) {
      if (!key.startsWith(first)) break
      newest = Math.max(newest, revision)
    }
    return newest
  }

  // === the fold's side ===

  put (key: string, entry: KvEntry): void {
    this.#byKey.set(byteOrdered(key), entry)
    this.#graves.delete(byteOrdered(key))
  }

  bury (key: string, revision: Revision): void {
    this.#byKey.delete(byteOrdered(key))
    this.#graves.set(byteOrdered(key), { revision })
  }

  /** The deletion is so long ago that nobody needs to know of it. */
  forget (key: string): void { this.#graves.delete(byteOrdered(key)) }
}
