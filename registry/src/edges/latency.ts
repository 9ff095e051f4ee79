// Times of calls as counts in buckets of a fixed shape, so that what many callers saw can be added up and percentiles of all of them be told. (The mean of
// percentiles is none.) Senders count in the same buckets: client-sdk/src/balance/call-counts.ts.

/** Bucket `i` counts calls that took more than the bound before it and at most `2^((i-4)/2)` ms: from 0.25 ms up to 16.4 s by factors of √2; the last counts all that is beyond. */
export const LATENCY_BUCKETS = 34

/** Upper bound of a bucket, ms; the last has none. */
export const boundMs = (bucket: number): number => bucket >= LATENCY_BUCKETS - 1 ? Infinity : 2 ** ((bucket - 4) / 2)

/** Longest time that is told: all that the last bucket says is "more than its lower bound". */
const BEYOND_MS = boundMs(LATENCY_BUCKETS - 2)

/**
 * The time that a share of all calls did not exceed, ms; straight between the bounds of its bucket, so at most a factor of √2 off. `null` when nothing was counted.
 * @param quantile 0 to 1
 */
export function quantileMs (counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let left = quantile * total
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    if (left <= count && count > 0) {
      if (i >= LATENCY_BUCKETS - 1) return BEYOND_MS
      const low = i === 0 ? 0 : boundMs(i - 1)
      return low + (boundMs(i) - low) * Math.max(0, left / count)
    }
    left -= count
  }
  return BEYOND_MS
}
