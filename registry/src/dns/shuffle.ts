// Orders of rows. Fair: every order is as likely as any other (Fisher and Yates).

import type { Arrange } from './lookup.js'

export const shuffle = (random: () => number): Arrange => rows => shuffledFrom(rows.slice(), 0, random)

/** Row `first` in front, the rest in any order behind it. */
export const shuffleBehind = (first: number, random: () => number): Arrange => rows => {
  const order = rows.slice()
  if (first < order.length) [order[0], order[first]] = [order[first]!, order[0]!]
  return shuffledFrom(order, 1, random)
}

function shuffledFrom<T> (order: T[], from: number, random: () => number): readonly T[] {
  for (let i = order.length - 1; i > from; i--) {
    const j = from + Math.floor(random() * (i - from + 1))
    const row = order[i]!
    order[i] = order[j]!
    order[j] = row
  }
  return order
}

/** The same numbers for the same seed in [0, 1): the mixer of MurmurHash3 over a counter. Good enough to deal cards, not to keep secrets. */
export function seeded (seed: number): () => number {
  let state = Math.floor(seed * 2 ** 32) | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let h = state
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
  }
}
