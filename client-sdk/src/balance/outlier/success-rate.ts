// Who fails clearly more often than the others: the slow reason to put an instance aside, for those that answer now and then in between. Sibling: consecutive.ts. Pure.
// Source: gRPC A50 and Envoy, success rate outlier detection.

export interface SuccessRateOptions {
  /** Distance of the looks, ms. Default 10,000. */
  readonly intervalMs?: number
  /** Calls within the interval below which an instance is not judged, nor counts in the mean. Default 30: gRPC's 100 says nothing about most services. */
  readonly minCalls?: number
  /** Judged instances below which nobody is: with fewer the deviation of one outlier cannot reach 1.9. Default 5. */
  readonly minInstances?: number
  /** Standard deviations below the mean. Default 1.9. */
  readonly stdevFactor?: number
  /** And at least so far below it: 99.0 % among 99.9 % is no reason. Default 0.1. */
  readonly minGap?: number
}

export interface Tally { readonly id: string, readonly calls: number, readonly ok: number }

/** Ids of the outliers. @example of nine instances at 1 and one at 0.5 (30 calls each): mean 0.95, deviation 0.15, line 0.665: the one is out */
export function successRateOutliers (tallies: readonly Tally[], options: SuccessRateOptions = {}): readonly string[] {
  const { minCalls = 30, minInstances = 5, stdevFactor = 1.9, minGap = 0.1 } = options
  const judged = tallies.filter(({ calls }) => calls >= minCalls).map(({ id, calls, ok }) => ({ id, rate: ok / calls }))
  if (judged.length < minInstances) return []
  const mean = judged.reduce((sum, { rate }) => sum + rate, 0) / judged.length
  const stdev = Math.sqrt(judged.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / judged.length)
  const line = mean - Math.max(stdevFactor * stdev, minGap)
  return judged.filter(({ rate }) => rate < line).map(({ id }) => id)
}
