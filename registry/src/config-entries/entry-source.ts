// Where entries are read from: the state, for readers; a draft, for commands; or either with one change laid over, to see what would become of it.

import { fold, keys } from '../state/keys.js'
import type { Draft } from '../engine/draft.js'
import type { ConfigEntryRecord } from '../state/config-entries.js'
import type { State } from '../state/state.js'
import type { EntryOf } from './kinds.js'

/** Names in any letter case. */
export interface EntrySource {
  entry<K extends keyof EntryOf> (kind: K, name: string): EntryOf[K] | undefined
  /** All of a kind, by name. */
  entries<K extends keyof EntryOf> (kind: K): ReadonlyArray<EntryOf[K]>
}

/** The content of a record; kinds and contents are paired where they are written. */
const content = <K extends keyof EntryOf> (record: ConfigEntryRecord): EntryOf[K] => record.entry as unknown as EntryOf[K]

export const stateEntries = (state: State): EntrySource => ({
  entry: (kind, name) => {
    const found = state.configEntries.get(kind, name)
    return found && content(found.value)
  },
  entries: kind => state.configEntries.ofKind(kind).map(found => content(found.value)),
})

export const draftEntries = (draft: Draft): EntrySource => ({
  entry: (kind, name) => {
    const record = draft.get<ConfigEntryRecord>(keys.configEntry(kind, name))
    return record && content(record)
  },
  entries: kind => draft.range<ConfigEntryRecord>(keys.configEntriesOf(kind)).map(([, record]) => content(record)),
})

/** As `source` would be with one entry put, or (`undefined`) deleted. */
export function withEntry (source: EntrySource, kind: string, name: string, entry: object | undefined): EntrySource {
  const is = (otherKind: string, otherName: string): boolean => otherKind === kind && fold(otherName) === fold(name)
  return {
    entry: <K extends keyof EntryOf> (of: K, named: string) => is(of, named) ? entry as EntryOf[K] | undefined : source.entry(of, named),
    entries: <K extends keyof EntryOf> (of: K) => {
      const list = source.entries(of)
      if (of !== kind) return list
      const others = list.filter(other => !is(of, (other as { readonly Name?: string }).Name ?? name))
      return entry === undefined ? others : [...others, entry as EntryOf[K]]
    },
  }
}
