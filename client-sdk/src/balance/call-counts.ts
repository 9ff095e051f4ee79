// What the calls to one service did, counted up since the client began: how many, how many failed, and how long they took, in buckets of a fixed shape, so that what many clients saw can be
// added up. (The mean of percentiles is none.) Differences of two moments are what is reported as an edge: ../registration/edge-reporter.ts.

/** Bucket `i` counts calls of up to `2^((i-4)/2)` ms, from 0.25 ms to 16.4 s by factors of √2; the last counts all that is beyond. The registry adds up the same ones. */
export const LATENCY_BUCKETS = 34

/** The bucket of a time in ms. */
export const bucketOf = (ms: number): number => ms <= 0.25 ? 0 : Math.min(LATENCY_BUCKETS - 1, Math.ceil(2 * Math.log2(ms) - 1e-9) + 4)

export class CallCounts {
  requests = 0
  errors = 0
  readonly latency = new Array<number>(LATENCY_BUCKETS).fill(0)

  /** @param ms until the head of the answer; `undefined`: it takes long by nature, and its time says nothing */
  count (ok: boolean, ms: number | undefined): void {
    this.requests++
    if (!ok) this.errors++
    if (ms !== undefined) this.latency[bucketOf(ms)]!++
  }
}
