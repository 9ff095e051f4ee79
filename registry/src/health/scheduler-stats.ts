// What the scheduler counts, as plain numbers: whoever publishes metrics reads them when asked.

/** Upper bounds of the lag buckets, ms; one more counts everything above. */
export const LAG_BOUNDS_MS: readonly number[] = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 5000]

export class SchedulerStats {
  /** Runs started. */
  started = 0
  /** Runs that ended with a result. */
  finished = 0
  /** Runs that were still going when the next was planned: that one is planned anew, an interval after the end. */
  overran = 0
  /** Results that were not believed, since this process stood still during the run. */
  excused = 0
  /** Runs going on now. */
  running = 0
  /** Runs that are due and wait for one of the places. */
  waiting = 0
  /** Of (start - planned start), ms. */
  lagSumMs = 0
  lagMaxMs = 0
  /** Runs by lag; `lagCounts[i]` counts up to `LAG_BOUNDS_MS[i]`, exclusive of lower buckets. */
  readonly lagCounts: number[] = new Array<number>(LAG_BOUNDS_MS.length + 1).fill(0)

  /** A run starts, `lagMs` after its time. */
  start (lagMs: number): void {
    this.started++
    this.lagSumMs += lagMs
    if (lagMs > this.lagMaxMs) this.lagMaxMs = lagMs
    const bucket = LAG_BOUNDS_MS.findIndex(bound => lagMs <= bound)
    this.lagCounts[bucket === -1 ? LAG_BOUNDS_MS.length : bucket]!++
  }
}
