// Requests by route and status with their latency, as plain counters: cheap to count for each request, turned into metrics only when someone asks.

/** Upper bounds of the latency buckets, seconds. */
export const LATENCY_BUCKETS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** One series of a histogram. */
export class Histogram {
  /** Observations at or below each bound, not cumulated; the last is what is beyond all. */
  readonly counts = new Array<number>(LATENCY_BUCKETS.length + 1).fill(0)
  count = 0
  /** Seconds. */
  sum = 0

  observe (seconds: number): void {
    this.count++
    this.sum += seconds
    let i = 0
    while (i < LATENCY_BUCKETS.length && seconds > LATENCY_BUCKETS[i]!) i++
    this.counts[i]!++
  }
}

/** What is counted of one route. */
export class RouteStats {
  readonly byStatus = new Map<number, number>()
  readonly latency = new Histogram()

  observe (status: number, ms: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1)
    this.latency.observe(ms / 1000)
  }
}

export class RequestStats {
  /** By route pattern; unknown paths share one. */
  readonly routes = new Map<string, RouteStats>()
  /** Blocking queries held right now. */
  blockingReaders = 0
  /** Blocking queries refused because too many were held. */
  blockingRefused = 0
  /** Answers sent from the encoded bytes of an earlier one. */
  hot = 0

  of (route: string): RouteStats {
    let stats = this.routes.get(route)
    if (stats === undefined) this.routes.set(route, stats = new RouteStats())
    return stats
  }
}
