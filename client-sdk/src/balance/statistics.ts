// What this process has seen of each instance: times, failures, calls in progress. Kept by instance id, so that an instance that leaves the list and comes back
// (a flap, a re-registration, an empty answer) is met as the one it was. Knows no list and makes no decision.

import { CallCounts } from './call-counts.js'
import { blend, relax } from './load/ewma.js'
import { TAU_MS } from './load/peak-ewma.js'
import type { LoopLag } from './loop-lag.js'

/** How much one call counts in the share of successes. */
const SUCCESS_STEP = 0.1

/** One call in progress, and its place among those of its instance: a list that is walked through costs less than a set, for every call there is. */
export class Flight {
  /** Among the measured ones, in the order in which they began. */
  older: Flight | undefined
  newer: Flight | undefined

  /** @param long it is not measured, and its age says nothing */
  constructor (readonly startedAt: number, readonly blockedAtStart: number, public long: boolean) {}
}

/** What the service does as a whole: the measure for instances nothing is known of. */
export class ServiceStatistics {
  /** All calls so far, by whichever balancer they were placed. */
  readonly counts = new CallCounts()
  #typical = 0
  #at = -Infinity

  /** Usual time of a successful answer, ms; 0 while nothing is known. */
  get typicalMs (): number { return this.#typical }

  observe (ms: number, now: number): void {
    this.#typical = this.#at === -Infinity ? ms : blend(this.#typical, ms, now - this.#at, TAU_MS)
    this.#at = now
  }
}

export class InstanceStatistics {
  /** Calls in progress by which the instance is measured. */
  pending = 0
  /** Calls in progress that take long by nature: streams, long polls. */
  long = 0
  calls = 0
  failures = 0
  #cost: number | undefined
  #costAt = 0
  /** Its time is known from a success; that of a quick failure would make it the fastest of all. */
  #answered = false
  #success = 1
  #successAt = 0
  /** Ends of the list of measured calls in progress. */
  #oldest: Flight | undefined
  #newest: Flight | undefined

  constructor (private readonly service: ServiceStatistics, private readonly lag: LoopLag) {}

  begin (now: number, long: boolean): Flight {
    const flight = new Flight(now, this.lag.blockedMs(now), long)
    this.calls++
    if (long) { this.long++; return flight }
    this.pending++
    flight.older = this.#newest
    if (this.#newest === undefined) this.#oldest = flight
    else this.#newest.newer = flight
    this.#newest = flight
    return flight
  }

  /** Without a result: the call was given up, which says nothing about the instance. To be called once. */
  end (flight: Flight): void {
    if (flight.long) { this.long--; return }
    this.pending--
    const { older, newer } = flight
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    flight.older = flight.newer = undefined
  }

  /** The head of the answer is here. What follows is a body, of whatever length: still in progress, but no time is taken any more. */
  answering (flight: Flight): void {
    if (flight.long) return
    this.end(flight)
    flight.long = true
    this.long++
  }

  /** How long a call has really taken so far: without the time in which this process was too busy to read the answer. */
  elapsedMs (flight: Flight, now: number): number { return this.#withoutLag(now - flight.startedAt, flight, now) }

  #withoutLag (ms: number, { blockedAtStart }: Flight, now: number): number { return Math.max(0, ms - (this.lag.blockedMs(now) - blockedAtStart)) }

  /**
   * A result. The time of a failure counts only if it is worse than what is known: being refused is quick, and says nothing of how long work takes there.
   * @param measured whether the time may count (see route-times.ts)
   */
  observe (ok: boolean, ms: number, measured: boolean, now: number): void {
    if (!ok) this.failures++
    this.#success = this.success(now) * (1 - SUCCESS_STEP) + (ok ? SUCCESS_STEP : 0)
    this.#successAt = now
    const cost = this.costMs(now)
    if (!measured || (!ok && ms <= cost)) return
    this.#cost = this.#cost === undefined || ms > cost ? ms : blend(cost, ms, now - this.#costAt, TAU_MS)
    this.#costAt = now
    if (!ok) return
    this.#answered = true
    this.service.observe(ms, now)
  }

  /**
   * What an answer takes there, ms. A peak fades towards what is usual for the service, so that an instance nobody calls any more is tried again some day.
   * An instance that is not known yet counts as a usual one: it gets its share at once, and no more.
   */
  costMs (now: number): number {
    const usual = this.service.typicalMs
    if (this.#cost === undefined) return usual
    if (this.#cost <= usual) return this.#answered ? this.#cost : usual
    return relax(this.#cost, usual, now - this.#costAt, TAU_MS)
  }

  /** Share of successes, 0 to 1; fades back to 1 while nothing is heard. */
  success (now: number): number { return relax(this.#success, 1, now - this.#successAt, TAU_MS) }

  /** Age of the oldest call in progress, ms; 0 when there is none. */
  oldestMs (now: number): number {
    if (this.pending === 0) return 0
    const oldest = this.#oldest!
    return this.#withoutLag(now - oldest.startedAt, oldest, now)
  }
}

/** How long the statistics of an instance outlive its last place in a list, ms. */
const KEEP_MS = 600_000
/** Instances without a place that are remembered; the ones that left first are forgotten. */
const KEEP_MAX = 10_000

/** The one store of a client: every face and every balancer looks up here, two balancers of one service find the same. */
export class Statistics {
  readonly #services = new Map<string, ServiceStatistics>()
  readonly #byId = new Map<string, InstanceStatistics>()
  /** In how many lists an instance is. */
  readonly #places = new Map<string, number>()
  /** Those in none, by when they left. */
  readonly #left = new Map<string, number>()

  constructor (private readonly lag: LoopLag) {}

  /** Instances that are remembered. */
  get size (): number { return this.#byId.size }

  /** What the service does as a whole. One a name, for as long as the client lives: names are few. */
  service (name: string): ServiceStatistics {
    let known = this.#services.get(name)
    if (known === undefined) this.#services.set(name, known = new ServiceStatistics())
    return known
  }

  /** An instance has come into a list (again); to be followed by one `leave` when it goes out of it. */
  enter (id: string, service: string): void {
    this.#left.delete(id)
    this.#places.set(id, (this.#places.get(id) ?? 0) + 1)
    if (!this.#byId.has(id)) this.#byId.set(id, new InstanceStatistics(this.service(service), this.lag))
  }

  /** Of an instance that is in a list. */
  of (id: string): InstanceStatistics {
    const known = this.#byId.get(id)
    if (known === undefined) throw new Error(`statistics of ${id} were asked for before it entered a list`)
    return known
  }

  leave (id: string, now: number): void {
    const places = (this.#places.get(id) ?? 0) - 1
    if (places > 0) { this.#places.set(id, places); return }
    this.#places.delete(id)
    this.#left.set(id, now)
    for (const [old, at] of this.#left) {
      if (now - at < KEEP_MS && this.#left.size <= KEEP_MAX) break
      this.#left.delete(old)
      this.#byId.delete(old)
    }
  }
}
