// Splits that lead to splits, as one list: shares are multiplied, header changes laid over each other.

import { changesNothing, type HeaderModifiers } from '../config-entries/parts/http-parts.js'
import { normalWeight, type ServiceSplit } from '../config-entries/kinds/service-splitter.js'
import { ChainError, type ChainNode, type Split } from './chain.js'

/** Splits of one node, once they are one list: a tree of splits of splits doubles with every level. */
export const MAX_SPLITS = 1000

/**
 * Makes one list of splits of every splitter that leads to splitters. There must be no circle.
 * @throws ChainError past MAX_SPLITS
 */
export function flattenSplits (nodes: ReadonlyMap<string, ChainNode>, service: string): void {
  const done = new Set<string>()
  const flatten = (key: string): readonly Split[] | undefined => {
    const node = nodes.get(key)
    if (node?.type !== 'splitter') return undefined
    if (done.has(key)) return node.splits
    const flat: Split[] = []
    for (const split of node.splits) {
      const inner = flatten(split.next)
      if (inner === undefined) flat.push(split)
      else for (const { definition, weight, next } of inner) flat.push({ definition: through(split.definition, definition), weight: product(split.weight, weight), next })
      if (flat.length > MAX_SPLITS) throw new ChainError(`discovery chain "${service}" has more than ${MAX_SPLITS} splits`)
    }
    node.splits = flat
    done.add(key)
    return flat
  }
  for (const key of nodes.keys()) flatten(key)
}

/** A share of a share. */
const product = (a: number, b: number): number => normalWeight(Math.fround(Math.fround(a * b) / 100))

/** The inner split as a request sees it that came through the outer one: changed by both, the inner one last; its response in the opposite order. */
const through = (outer: ServiceSplit, inner: ServiceSplit): ServiceSplit => ({
  ...inner,
  RequestHeaders: over(outer.RequestHeaders, inner.RequestHeaders),
  ResponseHeaders: over(inner.ResponseHeaders, outer.ResponseHeaders),
})

/** Changes after changes; of one header the later count. */
function over (earlier: HeaderModifiers | null, later: HeaderModifiers | null): HeaderModifiers | null {
  if (changesNothing(earlier)) return later
  if (changesNothing(later)) return earlier
  return {
    Add: { ...earlier!.Add, ...later!.Add },
    Set: { ...earlier!.Set, ...later!.Set },
    Remove: [...new Set([...earlier!.Remove ?? [], ...later!.Remove ?? []])],
  }
}
