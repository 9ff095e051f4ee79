// Numbers as benches print them: medians of rounds, percentiles, ratios against a baseline of the same run.

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

export const percentile = (values: readonly number[], p: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * p) - 1)] ?? NaN
}

export interface Round {
  /** Things done a second. */
  readonly rate: number
  /** ms. */
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

/** One line: the case, rate, latencies, and the ratio to a baseline when there is one. */
export function report (name: string, rounds: readonly Round[], baseline?: readonly Round[], bar?: number): void {
  const rate = median(rounds.map(r => r.rate))
  const errors = rounds.reduce((sum, r) => sum + r.errors, 0)
  let line = `${name.padEnd(58)} ${rate.toFixed(0).padStart(8)}/s  p50 ${median(rounds.map(r => r.p50)).toFixed(2)} ms  p99 ${median(rounds.map(r => r.p99)).toFixed(2)} ms`
  if (errors > 0) line += `  ${errors} errors`
  if (baseline !== undefined) {
    const ratio = median(rounds.map((r, i) => r.rate / baseline[i]!.rate))
    line += `  = ${(ratio * 100).toFixed(0)} % of the baseline`
    if (bar !== undefined) line += ratio >= bar ? ` (bar ${bar * 100} %: held)` : ` (bar ${bar * 100} %: MISSED)`
  }
  console.log(line)
}
