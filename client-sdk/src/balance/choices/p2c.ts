// Power of two choices: look at two instances, take the less loaded. Never the worst of the list, without looking at the list; siblings look at one (random.ts) or at all (ring-hash.ts).
// Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.

import { open } from '../choice.js'
import type { Candidate, Choice, Pick } from '../choice.js'
import { aliasTable } from './alias-table.js'

/** Tries to draw a second instance by weight before any other one is taken; bounds the cost where one weight dwarfs the others. */
const REDRAWS = 3

/**
 * How much less loaded the second of two differently weighted instances must be to win, as a factor. Between equal weights any difference decides, which is best for latency.
 * Between unequal ones noise would decide every call and so turn all weights into "one half": within the margin the first wins, and the first is drawn by weight.
 */
const MARGIN = 0.8

/**
 * Draws two different instances by weight and takes the less loaded. With equal loads each is taken in proportion to its weight, because then the first draw wins.
 *
 * @example three idle instances a(1) b(1) c(2): c is taken half of the time, whatever the order of the list; once c is busy, a and b share its calls
 */
export const p2c: Choice = <C extends Candidate>(candidates: readonly C[]): Pick<C> => {
  const n = candidates.length
  if (n < 2) return ({ skip }) => open(candidates, skip)[0]
  const draw = aliasTable(candidates.map(candidate => candidate.weight))
  const redraws = candidates.every(candidate => candidate.weight === candidates[0]!.weight) ? 0 : REDRAWS

  /** A second index that is not the first. Equal weights: one of the n - 1 others, each alike, with one number and without bias. */
  const second = (first: number, random: () => number): number => {
    for (let i = 0; i < redraws; i++) {
      const index = draw(random())
      if (index !== first) return index
    }
    const index = Math.floor(random() * (n - 1))
    return index < first ? index : index + 1
  }

  return ({ load, random, skip }) => {
    if (skip !== undefined) return p2c(open(candidates, skip))({ load, random })
    const first = draw(random())
    const a = candidates[first]!
    const b = candidates[second(first, random)]!
    return load(b) < load(a) * (a.weight === b.weight ? 1 : MARGIN) ? b : a
  }
}
