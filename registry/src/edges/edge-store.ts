// Who calls whom, as the callers say: each process that holds a lease sends every few seconds what its calls did, and this adds it up by pairs of services.
// Kept in memory alone: after a restart the map fills again within seconds. Whoever falls silent is forgotten, and so is whoever's lease ends.

import { LATENCY_BUCKETS, quantileMs } from './latency.js'
import { fold } from '../state/keys.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { Event } from '../engine/engine.js'
import type { State } from '../state/state.js'

/** How often senders are asked to report, ms. More: less work, an older picture. */
export const REPORT_EVERY_MS = 5000
/** A report counts for this long, ms; senders repeat themselves three times as often even when nothing happens. */
export const REPORT_LIFE_MS = 60_000
/** Edges of one lease; a report with more is refused. */
export const MAX_EDGES_PER_LEASE = 256
/** Instances that one edge names as put aside; a report with more is refused. */
export const MAX_EJECTED = 64
/** Edges of all reports together; beyond it those are forgotten that reported longest ago. */
export const MAX_EDGES = 20_000
/** Pairs of services whose counts go on from report to report, for metrics; the pairs beyond are shown but not counted. */
export const MAX_PAIRS_COUNTED = 2000
/** Readers are told of changes this often at most, ms. */
const TELL_EVERY_MS = 1000

/** What one process says of its calls to one service since its last report. */
export interface ReportedEdge {
  readonly from: string
  readonly to: string
  readonly requests: number
  /** Those of the requests that failed. */
  readonly errors: number
  /** Counts by bucket (latency.ts); shorter than all buckets where the rest is 0. */
  readonly latency: readonly number[]
  /** Instances that it has put aside, `node/service id`. */
  readonly ejected: readonly string[]
}

interface Report {
  readonly lease: string
  /** Monotonic, ms. */
  readonly at: number
  readonly windowMs: number
  readonly edges: readonly ReportedEdge[]
}

/** All that is known of calls from one service to another. */
export interface Edge {
  readonly from: string
  readonly to: string
  /** Requests a second, of all callers together. */
  readonly rate: number
  /** Share of them that failed, 0 to 1. */
  readonly errorRatio: number
  /** ms; null while nobody has called. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  /** Processes that report it. */
  readonly callers: number
  /** Instances put aside, and by how many callers. */
  readonly ejected: ReadonlyMap<string, number>
}

/** Counted since the pair was first reported. */
export interface PairCount { readonly from: string, readonly to: string, requests: number, errors: number }

export interface EdgeStoreOptions {
  readonly state: State
  readonly clock: Clock
  /** Called when what is known has changed, once a second at most. */
  readonly onChange: () => void
}

export class EdgeStore {
  readonly #state: State
  readonly #clock: Clock
  readonly #onChange: () => void
  readonly #silence: () => void
  /** By lease; the one that reported longest ago first. */
  readonly #reports = new Map<string, Report>()
  readonly #pairs = new Map<string, PairCount>()
  #size = 0
  #known: readonly Edge[] | undefined
  #tellTimer: CancelTimer | undefined
  #ageTimer: CancelTimer | undefined
  readonly stats = { reports: 0, forgotten: 0 }

  constructor ({ state, clock, onChange }: EdgeStoreOptions) {
    this.#state = state
    this.#clock = clock
    this.#onChange = onChange
    this.#silence = state.afterEvent(event => this.#follow(event))
  }

  /** Edges of all reports together. */
  get size (): number { return this.#size }

  /** Replaces what the lease reported before. */
  report (lease: string, windowMs: number, edges: readonly ReportedEdge[]): void {
    this.stats.reports++
    this.#forget(lease)
    if (edges.length > 0) {
      this.#reports.set(lease, { lease, at: this.#clock.monotonic(), windowMs, edges })
      this.#size += edges.length
      for (const edge of edges) this.#count(edge)
      while (this.#size > MAX_EDGES) {
        this.stats.forgotten++
        this.#forget(this.#reports.keys().next().value!)
      }
      this.#arm()
    }
    this.#changed()
  }

  /** By caller, then by the one called. Made anew after a change only. */
  list (): readonly Edge[] { return this.#known ??= summed([...this.#reports.values()]) }

  /** Counts of pairs, for metrics. */
  counted (): Iterable<PairCount> { return this.#pairs.values() }

  stop (): void {
    this.#silence()
    this.#tellTimer?.()
    this.#ageTimer?.()
    this.#reports.clear()
    this.#pairs.clear()
  }

  #count ({ from, to, requests, errors }: ReportedEdge): void {
    const key = pairKey(from, to)
    let pair = this.#pairs.get(key)
    if (pair === undefined) {
      if (this.#pairs.size >= MAX_PAIRS_COUNTED) return
      this.#pairs.set(key, pair = { from, to, requests: 0, errors: 0 })
    }
    pair.requests += requests
    pair.errors += errors
  }

  /** A lease that ends takes its edges along. */
  #follow (event: Event): void {
    if (this.#reports.size === 0) return
    for (const row of event.rows) {
      if (row.value !== undefined || !row.key.startsWith('lease/')) continue
      const { id } = row.gone as { id: string }
      if (this.#reports.has(id)) {
        this.#forget(id)
        this.#changed()
      }
    }
  }

  #forget (lease: string): void {
    const report = this.#reports.get(lease)
    if (report === undefined) return
    this.#reports.delete(lease)
    this.#size -= report.edges.length
  }

  #changed (): void {
    this.#known = undefined
    this.#tellTimer ??= this.#clock.after(TELL_EVERY_MS, () => {
      this.#tellTimer = undefined
      this.#onChange()
    })
  }

  /** Looks when the oldest report is due. */
  #arm (): void {
    const oldest = this.#reports.values().next().value as Report | undefined
    if (oldest === undefined || this.#ageTimer !== undefined) return
    this.#ageTimer = this.#clock.after(Math.max(1, oldest.at + REPORT_LIFE_MS - this.#clock.monotonic()), () => {
      this.#ageTimer = undefined
      this.#age()
      this.#arm()
    })
  }

  #age (): void {
    const now = this.#clock.monotonic()
    const before = this.#reports.size
    for (const { lease, at } of this.#reports.values()) {
      if (now - at < REPORT_LIFE_MS) break
      this.#forget(lease)
    }
    if (this.#reports.size === before) return
    // Counts of pairs that nobody reports any more go with them: a counter that begins anew is what metrics expect of a restart.
    const live = new Set(this.list().map(({ from, to }) => pairKey(from, to)))
    for (const key of this.#pairs.keys()) if (!live.has(key)) this.#pairs.delete(key)
    this.#changed()
  }

  /** Service that a lease's report is about when it does not say: its first. '' when the lease is not known. */
  firstService (lease: string): string {
    const entry = this.#state.leases.byId.get(lease)
    const id = entry?.value.serviceIds[0]
    return id === undefined ? '' : this.#state.services.get(entry!.value.node, id)?.value.name ?? ''
  }
}

const pairKey = (from: string, to: string): string => `${fold(from)}\0${fold(to)}`

interface Sum { readonly from: string, readonly to: string, rate: number, requests: number, errors: number, callers: number, readonly latency: number[], readonly ejected: Map<string, number> }

function summed (reports: readonly Report[]): readonly Edge[] {
  const sums = new Map<string, Sum>()
  for (const { windowMs, edges } of reports) {
    for (const edge of edges) {
      const key = pairKey(edge.from, edge.to)
      let sum = sums.get(key)
      if (sum === undefined) sums.set(key, sum = { from: edge.from, to: edge.to, rate: 0, requests: 0, errors: 0, callers: 0, latency: new Array<number>(LATENCY_BUCKETS).fill(0), ejected: new Map() })
      sum.callers++
      sum.rate += edge.requests * 1000 / windowMs
      sum.requests += edge.requests
      sum.errors += edge.errors
      edge.latency.forEach((count, i) => { sum.latency[i]! += count })
      for (const id of edge.ejected) sum.ejected.set(id, (sum.ejected.get(id) ?? 0) + 1)
    }
  }
  return [...sums].sort(([a], [b]) => a < b ? -1 : 1).map(([, { from, to, rate, requests, errors, callers, latency, ejected }]) => ({
    from, to, rate, callers, ejected, errorRatio: requests === 0 ? 0 : errors / requests, p50Ms: quantileMs(latency, 0.5), p99Ms: quantileMs(latency, 0.99),
  }))
}
