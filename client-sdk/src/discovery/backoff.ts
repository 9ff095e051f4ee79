// How long to wait before the registry is asked again. Pure; who waits is registry-feed.ts, blocking-feed.ts and the keepers of ../registration.

/** Spread of the first return, ms: after a restart of the registry its thousand clients come back over this time, not together. More is gentler, less is sooner. */
const FIRST_MS = 1000
/** Longest pause, ms: how long after its return a registry may go unnoticed. */
const LONGEST_MS = 5000
/** Shortest pause, ms: no draw of the lots may spin. */
const SHORTEST_MS = 50

/**
 * Full jitter over a bound that doubles ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015): what matters is that clients do not meet, more than that each waits long.
 *
 * @example backoffMs(0, () => 0.5) === 525; backoffMs(9, () => 0.999) ≈ 4995
 * @param failures in a row before this one, from 0
 */
export const backoffMs = (failures: number, random: () => number): number =>
  SHORTEST_MS + random() * (Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16)) - SHORTEST_MS)

/** A duration within a tenth of `ms`, so that what was begun together does not stay together. */
export const spread = (ms: number, random: () => number): number => ms * (0.9 + 0.2 * random())
