// Circles among the nodes of a chain: a request in one would never arrive.

import { ChainError, type ChainNode } from './chain.js'

const nextOf = (node: ChainNode): readonly string[] =>
  node.type === 'router' ? node.routes.map(route => route.next) : node.type === 'splitter' ? node.splits.map(split => split.next) : []

/** @throws ChainError with the way from the start to where it meets itself */
export function refuseCircles (nodes: ReadonlyMap<string, ChainNode>, start: string): void {
  const done = new Set<string>()
  const path: string[] = []
  const walk = (key: string): void => {
    if (path.includes(key)) throw new ChainError(`detected circular reference: [${[...path, key].join(' -> ')}]`)
    if (done.has(key)) return
    path.push(key)
    for (const next of nextOf(nodes.get(key)!).toReversed()) walk(next)
    path.pop()
    done.add(key)
  }
  walk(start)
}

/** Keys of the nodes that are reached from the start. */
export function reachable (nodes: ReadonlyMap<string, ChainNode>, start: string): Set<string> {
  const seen = new Set([start])
  for (const key of seen) for (const next of nextOf(nodes.get(key)!)) seen.add(next)
  return seen
}
