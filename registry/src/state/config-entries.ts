// The table of config entries: central settings by kind and name. What the kinds are and how entries fit together is ../config-entries' affair.

import { fold, keys } from './keys.js'
import { topics } from './topic-names.js'
import type { Entry } from './entry.js'
import type { Table } from './state.js'
import type { Row } from '../engine/engine.js'

export interface ConfigEntryRecord {
  readonly kind: string
  readonly name: string
  /** The entry's content, every field of its kind filled in; see ../config-entries/kinds. */
  readonly entry: Readonly<Record<string, unknown>>
  /** Of the content: equal contents have equal ones. Below 2^53. */
  readonly hash: number
}

export type ConfigEntryEntry = Entry<ConfigEntryRecord>

/** Names in any letter case; kinds as they are. */
export class ConfigEntries {
  readonly #byKind = new Map<string, Map<string, ConfigEntryEntry>>()
  readonly #sorted = new Map<string, readonly ConfigEntryEntry[]>()

  get (kind: string, name: string): ConfigEntryEntry | undefined { return this.#byKind.get(kind)?.get(fold(name)) }

  /** By name. */
  ofKind (kind: string): readonly ConfigEntryEntry[] {
    let sorted = this.#sorted.get(kind)
    if (sorted === undefined) {
      sorted = [...this.#byKind.get(kind) ?? []].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry)
      this.#sorted.set(kind, sorted)
    }
    return sorted
  }

  /** By kind, then name. */
  all (): readonly ConfigEntryEntry[] { return [...this.#byKind.keys()].sort().flatMap(kind => this.ofKind(kind)) }

  /** The fold's side. */
  set (kind: string, name: string, entry: ConfigEntryEntry | undefined): void {
    this.#sorted.delete(kind)
    let map = this.#byKind.get(kind)
    if (entry === undefined) {
      map?.delete(fold(name))
      return
    }
    if (map === undefined) this.#byKind.set(kind, map = new Map())
    map.set(fold(name), entry)
  }
}

type Place = Pick<ConfigEntryRecord, 'kind' | 'name'>

const placeOf = (row: Row): Place => row.value as ConfigEntryRecord | undefined ?? (row.gone as { readonly configEntry: Place }).configEntry

export const configEntries: Table = {
  owns: key => key.startsWith(keys.configEntries),
  fold (state, row) {
    const { kind, name } = placeOf(row)
    state.configEntries.set(kind, name, row.value === undefined ? undefined : state.entry<ConfigEntryRecord>(row))
    return configEntries.topics(state, row)
  },
  topics (_, row) {
    const { kind, name } = placeOf(row)
    return [topics.configEntries, topics.configKind(kind), topics.configEntry(kind, name)]
  },
  residue (row) {
    const { kind, name } = row.value as ConfigEntryRecord
    return { configEntry: { kind, name } }
  },
}
