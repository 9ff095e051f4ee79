// Weighted draw in constant time, however long the list. Used by the choices that draw; they never walk the list for a call.
// Source: Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", IEEE TSE 17(9), 1991.

/** An index, drawn with one random number from [0, 1). */
export type DrawIndex = (random: number) => number

/**
 * @param weights at least one, each above 0
 * @example aliasTable([1, 1, 2]) gives 2 for half of all random numbers
 *
 * Each column of the table has a part for its own index and a part for one other:
 * weights 1 1 2 (mean 4/3) become `0: ¾ own, ¼ 2`, `1: ¾ own, ¼ 2`, `2: own`, and 2 gets ¼·⅓ + ¼·⅓ + ⅓ = ½.
 */
export function aliasTable (weights: readonly number[]): DrawIndex {
  const n = weights.length
  if (weights.every(weight => weight === weights[0])) return random => Math.floor(random * n)
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / n
  const own = Float64Array.from(weights, weight => weight / mean)
  const other = new Uint32Array(n)
  const small: number[] = []
  const large: number[] = []
  for (let i = 0; i < n; i++) (own[i]! < 1 ? small : large).push(i)
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop()!
    const rich = large.pop()!
    other[poor] = rich
    own[rich]! -= 1 - own[poor]!
    ;(own[rich]! < 1 ? small : large).push(rich)
  }
  // What is left over is full up to rounding.
  for (const i of [...small, ...large]) own[i] = 1
  return random => {
    const column = Math.floor(random * n)
    return random * n - column < own[column]! ? column : other[column]!
  }
}
