// Load as expected time: what an answer takes there lately, times the calls in progress. Rises at once with a slow answer, comes down slowly. Sibling: outstanding.ts.
// Source: Finagle's PeakEwma (com.twitter.finagle.loadbalancer), after the Cassandra snitch; age of calls in progress after Kratos' p2c.

import type { Metric } from './metric.js'

/** Memory of times and of failures, ms: Finagle's. More is calmer, less forgives sooner. */
export const TAU_MS = 10_000

/** Least share of successes that is believed; bounds how much worse than all others an instance can look: 400 times. */
const MIN_SUCCESS = 0.05
/** An answer is never free, ms, so that calls in progress count even where nothing is known yet. */
const MIN_COST_MS = 0.01

/**
 * `cost × (calls in progress + 1) / success²`
 *
 * - cost: what answers take, or the age of the oldest call in progress if that is more: an instance that does not answer at all has no times to show, but it has callers who wait.
 * - calls in progress are divided by the relative weight, so that a heavier instance with more of them is not taken for a busier one.
 * - success: a failure that comes fast is no good time. Squared, so that one call in five failing costs more than half of the rest's speed.
 */
export const peakEwma: Metric = (statistics, relativeWeight, now) => {
  const cost = Math.max(MIN_COST_MS, statistics.costMs(now), statistics.oldestMs(now))
  const success = Math.max(MIN_SUCCESS, statistics.success(now))
  return cost * (statistics.pending / relativeWeight + 1) / (success * success)
}
