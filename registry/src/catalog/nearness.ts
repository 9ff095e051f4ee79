// `?near`: lists sorted by how far nodes are from one of them. What distance is stands in near.ts.

import { fold } from '../state/keys.js'
import { distanceMs, sortByDistance } from './near.js'
import type { Roster } from '../roster.js'
import type { State } from '../state/state.js'

/** `near` is a node's name, `_agent` for the one that answers, '' for no sorting. Unknown nodes, and ones without coordinates, sort nothing. */
export function nearSort<T> (state: State, roster: Roster, near: string, list: readonly T[], nodeOf: (row: T) => string): readonly T[] {
  return nearestFirst(state, near === '_agent' ? roster.config.node.name : near, list, nodeOf)
}

/** `list` from near to far as seen from a node. Equally far rows keep their order; rows of nodes without a coordinate that compares come last. */
export function nearestFirst<T> (state: State, from: string, list: readonly T[], nodeOf: (row: T) => string): readonly T[] {
  if (from === '' || list.length < 2 || state.coordinates.of(from).length === 0) return list
  const known = new Map<string, number>()
  return sortByDistance(list, row => {
    const node = fold(nodeOf(row))
    let distance = known.get(node)
    if (distance === undefined) known.set(node, distance = distanceTo(state, from, node))
    return distance
  })
}

function distanceTo (state: State, from: string, to: string): number {
  const [a, b] = state.coordinates.pair(from, to)
  return a === undefined || b === undefined ? Infinity : distanceMs(a, b)
}
