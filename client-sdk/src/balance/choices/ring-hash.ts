// The same key to the same instance, for as long as it is there: caches, sessions, shards. Keeps a hash ring's promise without a ring, whose shares are only as even as it has points.
// Sources: Thaler & Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM ToN 6(1), 1998 (highest random weight);
// Schindelhauer & Schomaker, "Weighted Distributed Hash Tables", SPAA 2005 (exact weights).

import type { Candidate, Choice, Pick } from '../choice.js'

/**
 * Every instance bids for the key with a number that only the two of them determine; the lowest `-ln(u) / weight` has it. So an instance that comes takes keys only for itself,
 * one that goes gives away only its own, one whose weight changes gains or loses only its own; all others stay where they were.
 *
 * Looks at every instance for each call: a few ns each, more where weights differ. A call without a key goes anywhere, by weight.
 * @example of a(1) b(1) c(2), c has half of all keys; when b goes, a gets a third of b's keys and c two thirds
 */
export const ringHash: Choice = <C extends Candidate>(candidates: readonly C[]): Pick<C> => {
  const hashes = Uint32Array.from(candidates, candidate => hash(candidate.id))
  // Between equal weights the largest u has the lowest -ln(u), so that the logarithm need not be taken.
  const even = candidates.every(({ weight }) => weight === candidates[0]!.weight)
  return ({ key, random, skip }) => {
    const keyed = key === undefined ? Math.floor(random() * 2 ** 32) : hash(key)
    let best: C | undefined
    let lowest = Infinity
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!
      if (skip?.(candidate) === true) continue
      const u = (mix(keyed ^ hashes[i]!) + 1) / (2 ** 32 + 1)
      const bid = even ? -u : -Math.log(u) / candidate.weight
      if (bid < lowest) { lowest = bid; best = candidate }
    }
    return best
  }
}

/** FNV-1a over UTF-16 units, 32 bits, then mixed (Fowler, Noll, Vo; RFC 9923). */
function hash (text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

/** Finaliser of MurmurHash3 (Appleby): every bit of the input flips half of the output. */
function mix (h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
