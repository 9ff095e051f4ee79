// Tells the registry every few seconds what the calls of this process did, service by service: from that the registry draws who calls whom. A bounded summary, sent
// with the lease that the process holds anyway; without a lease nothing is sent. Losing a report loses a few seconds of a picture, so nothing is tried again.

import type { EdgeBody } from '../api/lease.js'
import type { RosterApi } from '../api/index.js'
import { isRefused } from '../api/errors.js'
import type { CallCounts } from '../balance/call-counts.js'
import type { CancelTimer, Clock } from '../clock.js'
import { spread } from '../discovery/backoff.js'

/** A service that this process calls. */
export interface CalledService {
  readonly service: string
  /** The service on whose behalf, where the lease has several. Default: the lease's first. */
  readonly from?: string
  readonly counts: CallCounts
  /** Ids of instances that are put aside now, `node/service id`. */
  readonly aside: readonly string[]
}

export interface EdgeReporterParts {
  readonly api: { readonly lease: Pick<RosterApi['lease'], 'edges'> }
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** The lease that is held now. */
  readonly lease: () => string | undefined
  /** Whether it is this one's turn to report, where several hold the lease. Default always. */
  readonly reports?: () => boolean
  /** With the same `counts` each time. Several entries of one pair of services are one edge. */
  readonly upstreams: () => Iterable<CalledService>
}

/** Until the first report, ms: soon, so that the picture is there when somebody looks after a start. */
const FIRST_MS = 1000
/** Between reports until the registry says how often, ms. */
const EVERY_MS = 5000
/** Shortest pause that the registry may ask for, ms. */
const MIN_EVERY_MS = 1000
const MAX_EVERY_MS = 60_000
/** Silence after which even nothing is reported, ms: the registry forgets who is silent for a minute. */
const REPEAT_MS = 20_000
/** The registry's bounds: the busiest edges, and so many instances of each. */
const MAX_EDGES = 256
const MAX_ASIDE = 64

/** Statuses of a registry that does not know the endpoint, or does not want it of this token. */
const NEVER: readonly number[] = [403, 404, 405]

interface Told { requests: number, errors: number, latency: readonly number[] }
const NOTHING: Told = { requests: 0, errors: 0, latency: [] }

export class EdgeReporter {
  readonly #parts: EdgeReporterParts
  /** Counts as of the last report. */
  #told = new WeakMap<CallCounts, Told>()
  #toldAt: number
  /** The last report told of something: that it is over is news. */
  #wasBusy = false
  #everyMs = EVERY_MS
  #cancel: CancelTimer | undefined
  #sending = false
  /** The registry does not take reports. */
  #refused = false

  constructor (parts: EdgeReporterParts) {
    this.#parts = parts
    this.#toldAt = parts.clock.monotonic()
  }

  /** To be called when there is a lease; again is fine. Ends by itself when there is none any more. */
  start (): void {
    if (this.#refused || this.#cancel !== undefined) return
    this.#schedule(FIRST_MS * (0.5 + this.#parts.random()))
  }

  /** Idempotent. A report under way is let finish. */
  stop (): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #schedule (ms: number): void {
    this.#cancel = this.#parts.clock.after(ms, () => {
      void this.#report().finally(() => {
        if (this.#cancel === undefined || this.#refused || this.#parts.lease() === undefined) this.#cancel = undefined
        else this.#schedule(spread(this.#everyMs, this.#parts.random))
      })
    })
  }

  async #report (): Promise<void> {
    const { api, clock, lease, upstreams, reports } = this.#parts
    const id = lease()
    const now = clock.monotonic()
    const windowMs = now - this.#toldAt
    if (id === undefined || reports?.() === false || this.#sending || windowMs < 100) return
    const all = [...upstreams()]
    const edges = summed(all.map(upstream => this.#edge(upstream)))
    const busy = edges.some(edge => edge.Requests > 0 || edge.Ejected!.length > 0)
    if (all.length === 0 || (!busy && !this.#wasBusy && windowMs < REPEAT_MS)) return
    this.#sending = true
    this.#toldAt = now
    this.#wasBusy = busy
    for (const { counts } of all) this.#told.set(counts, { requests: counts.requests, errors: counts.errors, latency: [...counts.latency] })
    const busiest = edges.sort((a, b) => b.Requests - a.Requests).slice(0, MAX_EDGES)
    try {
      const { value } = await api.lease.edges(id, { WindowMs: Math.round(windowMs), Edges: busiest }, { timeoutMs: this.#everyMs })
      if (value !== undefined && Number.isFinite(value.EveryMs)) this.#everyMs = Math.min(MAX_EVERY_MS, Math.max(MIN_EVERY_MS, value.EveryMs))
    } catch (error) {
      // A registry that is older than this endpoint; all else passes, and the next report tells anew.
      if (isRefused(error) && NEVER.includes(error.status)) this.#refused = true
    } finally { this.#sending = false }
  }

  #edge ({ service, from, counts, aside }: CalledService): EdgeBody {
    const told = this.#told.get(counts) ?? NOTHING
    const latency = counts.latency.map((count, i) => count - (told.latency[i] ?? 0))
    while (latency.at(-1) === 0) latency.pop()
    return { ...from !== undefined && { From: from }, To: service, Requests: counts.requests - told.requests, Errors: counts.errors - told.errors, Latency: latency, Ejected: aside.slice(0, MAX_ASIDE) }
  }
}

/** One edge a pair of services, whichever client of this process called. */
function summed (edges: readonly EdgeBody[]): EdgeBody[] {
  const byPair = new Map<string, EdgeBody>()
  for (const edge of edges) {
    const key = JSON.stringify([edge.From, edge.To])
    const known = byPair.get(key)
    byPair.set(key, known === undefined ? edge : { ...known, Requests: known.Requests + edge.Requests, Errors: known.Errors + edge.Errors, Latency: sums(known.Latency ?? [], edge.Latency ?? []), Ejected: [...new Set([...known.Ejected ?? [], ...edge.Ejected ?? []])].slice(0, MAX_ASIDE) })
  }
  return [...byPair.values()]
}

const sums = (a: readonly number[], b: readonly number[]): number[] => Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0))
