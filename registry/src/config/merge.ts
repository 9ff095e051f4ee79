// Several files as one: later values win, lists grow, blocks and names are merged key by key. Which is which, the table knows.

import type { Fragment, Table } from './keys/key.js'
import type { Places } from './places.js'

/**
 * @param fragments in the order of reading
 * @example [{ ports: { http: 1 }, tags: ['a'] }, { ports: { dns: 2 }, tags: ['b'] }] gives { ports: { http: 1, dns: 2 }, tags: ['a', 'b'] }
 */
export function merge<T extends Table> (table: T, fragments: ReadonlyArray<Fragment<T>>, places: Places): Fragment<T> {
  const merged: Record<string, unknown> = {}
  for (const fragment of fragments) {
    for (const [name, value] of Object.entries(fragment)) {
      if (value === undefined) continue
      merged[name] = join(table[name]!.kind, table[name]!.table, merged[name], value, places)
      // Also where the later value has no place: the earlier one is not to blame for it.
      places.note(merged, name, places.of(fragment, name))
    }
  }
  return merged as Fragment<T>
}

function join (kind: string, table: Table | undefined, before: unknown, value: unknown, places: Places): unknown {
  if (before === undefined) return value
  switch (kind) {
    case 'strings': case 'maps': case 'blocks': return [...before as unknown[], ...value as unknown[]]
    case 'stringMap': case 'stringsMap': case 'map': case 'blockMap': return Object.assign(Object.create(null), before, value) as unknown
    case 'block': return merge(table!, [before, value] as ReadonlyArray<Fragment<Table>>, places)
    default: return value
  }
}
