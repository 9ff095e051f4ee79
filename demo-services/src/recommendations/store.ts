// What is bought together: a count for each pair of products.
//
//   pair/<sku>/<other>   times
//   sold/<sku>           times

import { get, put, range } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'
import type { Event } from '../orders/store.js'

export function * learn ({ lines }: Event): Work<void> {
  for (const { sku } of lines) {
    yield * put(`sold/${sku}`, ((yield * get<number>(`sold/${sku}`)) ?? 0) + 1)
    for (const other of lines) {
      if (other.sku !== sku) yield * put(`pair/${sku}/${other.sku}`, ((yield * get<number>(`pair/${sku}/${other.sku}`)) ?? 0) + 1)
    }
  }
}

/** Pairs of one product that are looked at. */
const PAIRS = 200

/**
 * What goes with these products: by how often it was bought with them, then by how often it was bought at all.
 * @param skus none: what is bought most
 */
export function * suggest (skus: readonly string[], limit: number): Work<readonly string[]> {
  const score = new Map<string, number>()
  for (const [key, times] of yield * range<number>('sold/', PAIRS)) score.set(key.slice('sold/'.length), times / 1e6)
  for (const sku of skus) {
    for (const [key, times] of yield * range<number>(`pair/${sku}/`, PAIRS)) {
      const other = key.slice(`pair/${sku}/`.length)
      score.set(other, (score.get(other) ?? 0) + times)
    }
  }
  return [...score].filter(([sku]) => !skus.includes(sku)).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, limit).map(([sku]) => sku)
}
