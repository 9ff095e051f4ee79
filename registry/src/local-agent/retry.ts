// How long a local agent waits before it tries its servers again. Pure.

/** ms; what an agent that was joined waits at first, doubled with each failure. */
const FIRST_MS = 100
/** ms; never longer, however long the settings' interval is: a server that is back is found soon. */
const LONGEST_MS = 2000

export interface RetryOptions {
  /** `retry_interval`, ms. */
  readonly intervalMs: number
  /** Attempts are counted (`retry_max`), so they come at that interval. */
  readonly exact: boolean
  /** There has been a server before. */
  readonly joined: boolean
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** @param failures since a server was last attached, 1 or more @returns ms, spread over a half so that agents that lost a server together do not come back together */
export function retryMs (failures: number, { intervalMs, exact, joined, random }: RetryOptions): number {
  if (exact && !joined) return intervalMs
  const base = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 10), LONGEST_MS, intervalMs)
  return base * (0.75 + random() / 2)
}
