// Open-loop load: journeys begin when the plan says, whether or not earlier ones have ended, and their times count from the moment at which they should have begun. So a shop that stands
// still for a second is seen by everybody who would have come in that second. Source: Tene, "How NOT to Measure Latency" (coordinated omission).

import { build } from 'hdr-histogram-js'
import type { Histogram } from 'hdr-histogram-js'
import type { RosterClient } from '@roster/client'
import { customer } from './customer.js'
import type { Customer } from './customer.js'
import { journeys, signUp, WEIGHTS } from './journeys.js'
import type { JourneyName } from './journeys.js'

export interface LoadOptions {
  /** Journeys a second. */
  readonly rate: number
  readonly weights?: Partial<Record<JourneyName, number>>
  /** Accounts that take turns. Default 8. */
  readonly customers?: number
  /** Share of the calls that are traced. Default 0.02. */
  readonly sampled?: number
  readonly random?: () => number
}

/** ms */
export interface Times { readonly count: number, readonly failed: number, readonly p50: number, readonly p90: number, readonly p99: number, readonly max: number }

export interface LoadReport {
  readonly seconds: number
  readonly all: Times
  readonly journeys: Partial<Record<JourneyName, Times>>
  /** What went wrong, with its count: the ten most frequent. */
  readonly errors: Readonly<Record<string, number>>
}

export interface Load {
  /** Of everything since the start, or since the last `reset`. */
  report (): LoadReport
  reset (): void
  /** No new journeys; resolves with the report when those under way have ended. */
  stop (): Promise<LoadReport>
}

/** Journeys under way at most. More than this means that the shop stands still; those beyond it count as failures, at once. */
const MOST = 500
/** Kinds of errors that are told apart. */
const ERRORS = 50

class Tally {
  readonly times: Histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 120_000, numberOfSignificantValueDigits: 2, bitBucketSize: 32 })
  count = 0
  failed = 0

  add (ms: number, ok: boolean): void {
    this.count++
    if (!ok) this.failed++
    this.times.recordValue(Math.max(1, Math.round(ms)))
  }

  get result (): Times {
    const at = (percentile: number): number => this.count === 0 ? 0 : this.times.getValueAtPercentile(percentile)
    return { count: this.count, failed: this.failed, p50: at(50), p90: at(90), p99: at(99), max: this.count === 0 ? 0 : this.times.maxValue }
  }
}

/** @returns when the customers have their accounts and the load has begun */
export async function startLoad (roster: RosterClient, options: LoadOptions): Promise<Load> {
  const { rate, weights = WEIGHTS, customers: count = 8, sampled = 0.02, random = Math.random } = options
  const customers: Customer[] = []
  for (let i = 0; i < count; i++) {
    const one = customer(roster, { sampled, random })
    await signUp(one)
    customers.push(one)
  }
  const lots = (Object.entries(weights) as Array<[JourneyName, number]>).filter(([, weight]) => weight > 0)
  const total = lots.reduce((sum, [, weight]) => sum + weight, 0)
  const draw = (): JourneyName => {
    let left = random() * total
    for (const [name, weight] of lots) if ((left -= weight) < 0) return name
    return lots[0]![0]
  }

  let tallies = new Map<JourneyName | 'all', Tally>()
  let errors = new Map<string, number>()
  let since = performance.now()
  let turn = 0
  const underWay = new Set<Promise<void>>()

  const tally = (name: JourneyName | 'all'): Tally => tallies.get(name) ?? tallies.set(name, new Tally()).get(name)!
  const note = (name: JourneyName, ms: number, error?: unknown): void => {
    for (const key of ['all', name] as const) tally(key).add(ms, error === undefined)
    if (error === undefined) return
    const text = `${name}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200)
    if (errors.has(text) || errors.size < ERRORS) errors.set(text, (errors.get(text) ?? 0) + 1)
  }

  function begin (dueAt: number): void {
    const name = draw()
    if (underWay.size >= MOST) { note(name, 0, new Error('too many under way')); return }
    const journey: Promise<void> = journeys[name](customers[turn++ % customers.length]!, random)
      .then(() => note(name, performance.now() - dueAt), (error: unknown) => note(name, performance.now() - dueAt, error))
      .finally(() => underWay.delete(journey))
    underWay.add(journey)
  }

  // Arrivals are a Poisson process: customers do not agree on when to come.
  let next = performance.now()
  let timer: NodeJS.Timeout
  const tick = (): void => {
    // What is late is begun now and counted from when it was due.
    while (next <= performance.now()) {
      begin(next)
      next += -Math.log(1 - random()) * 1000 / rate
    }
    timer = setTimeout(tick, Math.max(1, next - performance.now()))
  }
  tick()

  const report = (): LoadReport => ({
    seconds: (performance.now() - since) / 1000,
    all: tally('all').result,
    journeys: Object.fromEntries(lots.map(([name]) => [name, tally(name).result])),
    errors: Object.fromEntries([...errors].sort(([, a], [, b]) => b - a).slice(0, 10)),
  })
  return {
    report,
    reset () {
      tallies = new Map()
      errors = new Map()
      since = performance.now()
    },
    async stop () {
      clearTimeout(timer)
      await Promise.all(underWay)
      return report()
    },
  }
}
