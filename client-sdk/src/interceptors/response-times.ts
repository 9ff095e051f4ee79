// How long answers of a service take, as a distribution: its 99th percentile decides when an instance is given up for another. Averages are the balancer's (../balance/statistics.ts).

/** Ratio of one bucket's bounds: the percentile is known to within a tenth, which is plenty for a timeout. */
const RATIO = 1.1
const BUCKETS = 150
/** What is older than once to twice this is forgotten, ms. */
const WINDOW_MS = 30_000
/** Answers below which nothing is known. */
const ENOUGH = 10
/** The percentile is looked up at most so often, ms. */
const REFRESH_MS = 500

const bucketOf = (ms: number): number => Math.min(BUCKETS - 1, Math.max(0, Math.ceil(Math.log(ms) / Math.log(RATIO))))

export class ResponseTimes {
  #now = new Uint32Array(BUCKETS)
  #before = new Uint32Array(BUCKETS)
  #since = 0
  #p99: number | undefined
  #refreshAt = -Infinity

  /** @param ms until the head of a successful answer */
  observe (ms: number, now: number): void {
    this.#turn(now)
    this.#now[bucketOf(ms)]!++
  }

  /** Upper bound of the bucket in which it lies, ms; `undefined` while fewer than ten answers are known. */
  p99 (now: number): number | undefined {
    if (now >= this.#refreshAt) {
      this.#turn(now)
      this.#refreshAt = now + REFRESH_MS
      this.#p99 = this.#lookUp()
    }
    return this.#p99
  }

  #turn (now: number): void {
    const age = now - this.#since
    if (age < WINDOW_MS) return
    if (age >= 2 * WINDOW_MS) this.#before.fill(0)
    else [this.#before, this.#now] = [this.#now, this.#before]
    this.#now.fill(0)
    this.#since = now
  }

  #lookUp (): number | undefined {
    let total = 0
    for (let i = 0; i < BUCKETS; i++) total += this.#now[i]! + this.#before[i]!
    if (total < ENOUGH) return undefined
    let left = total * 0.01
    for (let i = BUCKETS - 1; i >= 0; i--) {
      left -= this.#now[i]! + this.#before[i]!
      if (left < 0) return RATIO ** i
    }
    return 1
  }
}
