// Weighted round robin: exact shares without luck, blind to load. Smooth: a(3) b(1) is a a b a, not a a a b.
// Source: nginx, ngx_http_upstream_round_robin.c, commit 52327e0627f4 (2012), "smooth weighted balancing".

import type { Candidate, Choice, Pick } from '../choice.js'

/**
 * Makes a rotation that is kept when the list changes: who was next stays next. Each call adds every weight to its instance's credit and takes the one with most, which
 * pays the sum of all weights. Within any run of as many calls as the weights add up to, each instance is taken as often as its weight says.
 *
 * The rotation begins at a random place, so that a thousand clients that start together do not walk in step.
 * @param random for the beginning only
 * @example a(2) b(1): credits 2 1 → a, then 1 2 → b (after -1 1 + 2 1), then 3 0 → a, and again from the start
 */
export function roundRobin (random: () => number = () => 0): Choice {
  let known: ReadonlyMap<string, number> = new Map()
  /** Brings what the calls have made of the credits back under the ids; the calls themselves work on a bare array. */
  let settle = () => {}
  return <C extends Candidate>(candidates: readonly C[]): Pick<C> => {
    settle()
    const credits = Float64Array.from(candidates, ({ id, weight }) => known.get(id) ?? random() * weight)
    settle = () => { known = new Map(candidates.map(({ id }, i) => [id, credits[i]!])) }
    return ({ skip }) => {
      let sum = 0
      let best = -1
      for (let i = 0; i < candidates.length; i++) {
        if (skip?.(candidates[i]!) === true) continue
        const { weight } = candidates[i]!
        credits[i]! += weight
        sum += weight
        if (best < 0 || credits[i]! > credits[best]!) best = i
      }
      if (best < 0) return undefined
      credits[best]! -= sum
      return candidates[best]
    }
  }
}
