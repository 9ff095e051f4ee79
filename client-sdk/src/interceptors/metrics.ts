// Counts of calls, as metrics of the caller's prom-client registry (an optional peer, never loaded from here: a metric is an object with a name and a `get`). Numbers are kept by
// service; an application that does not ask for metrics pays nothing.

import type { Clock } from '../clock.js'
import type { Handler, Interceptor } from './interceptor.js'
import { Watching } from './pass-on.js'
import type { Call } from './call.js'

type Labels = Readonly<Record<string, string | number>>
interface Value { readonly value: number, readonly labels: Labels, readonly metricName?: string }

/** What is used of prom-client's `Registry`. */
export interface MetricsRegistry {
  getSingleMetric (name: string): unknown
  registerMetric (metric: never): void
}

/** The metrics, as data. */
const metricList = [
  { name: 'roster_client_calls_total', type: 'counter', help: 'Calls to a service, retries not counted, by status class or code of the error' },
  { name: 'roster_client_call_duration_seconds', type: 'histogram', help: 'Time from a call to the end of its answer, retries included' },
  { name: 'roster_client_sends_total', type: 'counter', help: 'Requests that calls were sent as, retries included' },
  { name: 'roster_client_in_flight', type: 'gauge', help: 'Calls under way' },
] as const
type MetricName = (typeof metricList)[number]['name']

/** Upper bounds, seconds: prom-client's own, and finer below, where calls within one network are. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

class ServiceCounts {
  readonly calls = new Map<string, number>()
  readonly buckets = new Array<number>(BOUNDS.length).fill(0)
  seconds = 0
  ended = 0
  sends = 0
  inFlight = 0
}

export class CallMetrics {
  readonly #services = new Map<string, ServiceCounts>()

  /** @throws Error when the registry already has one of these metrics: two clients need two registries, or share one `CallMetrics` */
  constructor (registry: MetricsRegistry) {
    for (const { name, type, help } of metricList) {
      if (registry.getSingleMetric(name) !== undefined) throw new Error(`the metrics registry already has ${name}`)
      const metric = { name, help, type, aggregator: 'sum', labelNames: ['service'], get: async () => ({ name, help, type, aggregator: 'sum', values: this.#values(name) }), reset: () => { this.#services.clear() } }
      registry.registerMetric(metric as never)
    }
  }

  of (service: string): ServiceCounts {
    let counts = this.#services.get(service)
    if (counts === undefined) this.#services.set(service, counts = new ServiceCounts())
    return counts
  }

  #values (name: MetricName): Value[] {
    return [...this.#services].flatMap(([service, counts]) => values[name](counts, { service }))
  }
}

const values: Readonly<Record<MetricName, (counts: ServiceCounts, labels: Labels) => Value[]>> = {
  roster_client_calls_total: ({ calls }, labels) => [...calls].map(([result, value]) => ({ value, labels: { ...labels, result } })),
  roster_client_sends_total: ({ sends }, labels) => [{ value: sends, labels }],
  roster_client_in_flight: ({ inFlight }, labels) => [{ value: inFlight, labels }],
  roster_client_call_duration_seconds: ({ buckets, seconds, ended }, labels) => {
    const metricName = 'roster_client_call_duration_seconds'
    let below = 0
    return [
      ...BOUNDS.map((le, i) => ({ value: below += buckets[i]!, labels: { le, ...labels }, metricName: `${metricName}_bucket` })),
      { value: ended, labels: { le: '+Inf', ...labels }, metricName: `${metricName}_bucket` },
      { value: seconds, labels, metricName: `${metricName}_sum` },
      { value: ended, labels, metricName: `${metricName}_count` },
    ]
  },
}

export const metrics = (all: CallMetrics | undefined, clock: Clock): Interceptor => dispatch => {
  if (all === undefined) return dispatch
  return (request, handler) => {
    const counts = all.of(request.call.service)
    counts.inFlight++
    return dispatch(request, new Measured(handler, counts, request.call, clock))
  }
}

class Measured extends Watching {
  readonly #startedAt: number
  constructor (next: Handler, private readonly counts: ServiceCounts, private readonly call: Call, private readonly clock: Clock) {
    super(next)
    this.#startedAt = clock.monotonic()
  }

  protected override over (status: number, error: Error | undefined): void {
    const { counts } = this
    const seconds = (this.clock.monotonic() - this.#startedAt) / 1000
    const result = error === undefined ? `${Math.floor(status / 100)}xx` : codeOf(error)
    counts.inFlight--
    counts.calls.set(result, (counts.calls.get(result) ?? 0) + 1)
    if (this.call.taken !== undefined) counts.sends += this.call.attempt
    counts.ended++
    counts.seconds += seconds
    const bucket = BOUNDS.findIndex(bound => seconds <= bound)
    if (bucket >= 0) counts.buckets[bucket]!++
  }
}

/** Codes are few; names stand in for errors that have none. */
const codeOf = (error: Error): string => {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : error.name
}
