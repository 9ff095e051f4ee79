// How many results in a row it takes until a status shows. Pure: counters in, counters and verdict out. Heartbeats (ttl.ts) are never counted.

import type { CheckResult, CheckStatus } from './kind.js'

export interface ThresholdConfig {
  /** Passing or warning results in a row until one shows. More: slower to trust. */
  readonly successBeforePassing: number
  /** Critical results in a row until they show as warning; 0: as many as until critical. */
  readonly failuresBeforeWarning: number
  /** Critical results in a row until they show as critical. More: slower to blame. */
  readonly failuresBeforeCritical: number
}

export interface ThresholdCounters {
  readonly successes: number
  readonly failures: number
}

/** Counters start at the threshold, so the first result shows, whatever it is. */
export function initialCounters (config: ThresholdConfig): ThresholdCounters {
  return { successes: config.successBeforePassing, failures: config.failuresBeforeCritical }
}

/**
 * Counts one result.
 * @returns the new counters, and the status to show: `undefined` when the result does not show (status and output stay)
 */
export function applyThresholds (config: ThresholdConfig, counters: ThresholdCounters, result: CheckResult): { readonly counters: ThresholdCounters, readonly status: CheckStatus | undefined } {
  if (result.status !== 'critical') {
    const successes = counters.successes + 1
    return { counters: { successes, failures: 0 }, status: successes >= config.successBeforePassing ? result.status : undefined }
  }
  const failures = counters.failures + 1
  const untilWarning = config.failuresBeforeWarning === 0 ? config.failuresBeforeCritical : config.failuresBeforeWarning
  const status = failures >= config.failuresBeforeCritical ? 'critical' : failures >= untilWarning ? 'warning' : undefined
  return { counters: { successes: 0, failures }, status }
}
