// The table of prepared queries: stored questions about a service, found by id, by name, or, for templates, by the beginning of a name. What is asked and
// answered is ../queries/.

import { fold, keys } from './keys.js'
import { topics } from './topic-names.js'
import type { Row } from '../engine/engine.js'
import type { Entry } from './entry.js'
import type { Table } from './state.js'

export interface QueryTarget { readonly peer: string, readonly datacenter: string }

/** What is asked. Lists and maps are as sent: `null` where nothing was. */
export interface ServiceQuery {
  readonly service: string
  readonly failover: {
    readonly nearestN: number
    readonly datacenters: readonly string[] | null
    readonly targets: readonly QueryTarget[] | null
  }
  readonly onlyPassing: boolean
  readonly ignoreCheckIds: readonly string[] | null
  /** A node's name, `_agent`, `_ip`, or ''. */
  readonly near: string
  /** Required tags, and with a leading `!` forbidden ones; any letter case. */
  readonly tags: readonly string[] | null
  readonly nodeMeta: Readonly<Record<string, string>> | null
  readonly serviceMeta: Readonly<Record<string, string>> | null
  readonly connect: boolean
  readonly peer: string
}

export interface QueryRecord {
  readonly id: string
  /** Unique among queries in any letter case; '' for one that only its session keeps, and for the template that catches every name. */
  readonly name: string
  /** The session that it ends with, '' for none. */
  readonly session: string
  /** The ACL token that it runs with, '' for the caller's. */
  readonly token: string
  readonly template: {
    /** '' for a plain query. */
    readonly type: string
    readonly regexp: string
    readonly removeEmptyTags: boolean
  }
  readonly service: ServiceQuery
  /** Go duration as sent, '' for the agent's own rule. */
  readonly dns: { readonly ttl: string }
}

export type QueryEntry = Entry<QueryRecord>

export const isTemplate = (query: QueryRecord): boolean => query.template.type !== ''

/** Ids and names in any letter case. */
export class Queries {
  readonly #byId = new Map<string, QueryEntry>()
  readonly #byName = new Map<string, QueryEntry>()
  /** Templates by their prefix, and how many prefixes there are of each length. */
  readonly #templates = new Map<string, QueryEntry>()
  readonly #lengths = new Map<number, number>()

  get size (): number { return this.#byId.size }

  get (id: string): QueryEntry | undefined { return this.#byId.get(fold(id)) }

  named (name: string): QueryEntry | undefined { return this.#byName.get(fold(name)) }

  /** By id. */
  list (): QueryEntry[] { return [...this.#byId].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry) }

  /** The template with the longest prefix that `name` begins with. O(lengths of prefixes). */
  templateFor (name: string): QueryEntry | undefined {
    const low = fold(name)
    for (const length of [...this.#lengths.keys()].sort((a, b) => b - a)) {
      const found = length > low.length ? undefined : this.#templates.get(low.slice(0, length))
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The fold's side. */
  set (id: string, entry: QueryEntry | undefined): void {
    const before = this.#byId.get(fold(id))
    if (before !== undefined) this.#forget(before)
    if (entry === undefined) {
      this.#byId.delete(fold(id))
      return
    }
    this.#byId.set(fold(id), entry)
    const name = fold(entry.value.name)
    if (name !== '') this.#byName.set(name, entry)
    if (!isTemplate(entry.value)) return
    this.#templates.set(name, entry)
    this.#lengths.set(name.length, (this.#lengths.get(name.length) ?? 0) + 1)
  }

  #forget ({ value }: QueryEntry): void {
    const name = fold(value.name)
    // Within one event another may have taken the name already.
    if (this.#byName.get(name)?.value.id === value.id) this.#byName.delete(name)
    if (this.#templates.get(name)?.value.id !== value.id) return
    this.#templates.delete(name)
    const left = this.#lengths.get(name.length)! - 1
    if (left === 0) this.#lengths.delete(name.length)
    else this.#lengths.set(name.length, left)
  }
}

const idOf = (row: Row): string => (row.value as QueryRecord | undefined)?.id ?? (row.gone as { id: string }).id

export const queries: Table = {
  owns: key => key.startsWith(keys.queries),
  fold (state, row) {
    state.queries.set(idOf(row), row.value === undefined ? undefined : state.entry<QueryRecord>(row))
    return queries.topics(state, row)
  },
  topics: (_, row) => [topics.queries, topics.query(idOf(row))],
  residue: row => ({ id: idOf(row) }),
}
