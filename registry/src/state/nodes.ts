// The table of nodes. Sibling tables hold what runs on them: services.ts, checks.ts.

import { fold } from './keys.js'
import type { Entry } from './entry.js'

export interface Locality { readonly region: string, readonly zone: string }

export interface NodeRecord {
  /** As registered, letter case kept. */
  readonly name: string
  /** UUID or ''. */
  readonly id: string
  readonly address: string
  readonly datacenter: string
  readonly taggedAddresses: Readonly<Record<string, string>> | null
  readonly meta: Readonly<Record<string, string>> | null
  readonly locality?: Locality
}

export type NodeEntry = Entry<NodeRecord>

/** Keeps nodes sorted by folded name, which is the order of every list. */
export class Nodes {
  readonly #byName = new Map<string, NodeEntry>()
  readonly #byId = new Map<string, NodeEntry>()
  #sorted: NodeEntry[] | undefined

  get size (): number { return this.#byName.size }

  get (name: string): NodeEntry | undefined { return this.#byName.get(fold(name)) }

  /** By whole id, any letter case. */
  byId (id: string): NodeEntry | undefined { return this.#byId.get(fold(id)) }

  /** By whole id or by a prefix that only one node's id has. */
  byIdPrefix (prefix: string): NodeEntry | undefined {
    const low = fold(prefix)
    const exact = this.#byId.get(low)
    if (exact !== undefined) return exact
    let found: NodeEntry | undefined
    for (const [id, entry] of this.#byId) {
      if (!id.startsWith(low)) continue
      if (found !== undefined) return undefined
      found = entry
    }
    return found
  }

  list (): readonly NodeEntry[] {
    return this.#sorted ??= [...this.#byName].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry)
  }

  /** The fold's side. */
  set (name: string, entry: NodeEntry | undefined): void {
    const key = fold(name)
    const before = this.#byName.get(key)
    if (before !== undefined && before.value.id !== '' && this.#byId.get(fold(before.value.id)) === before) this.#byId.delete(fold(before.value.id))
    if (entry === undefined) this.#byName.delete(key)
    else {
      this.#byName.set(key, entry)
      if (entry.value.id !== '') this.#byId.set(fold(entry.value.id), entry)
    }
    this.#sorted = undefined
  }
}
