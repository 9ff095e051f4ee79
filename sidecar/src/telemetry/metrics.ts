// What can be seen from outside, as data: name, help, type, where the number comes from, and what Envoy and linkerd call the like. Nothing is counted here; this reads when somebody scrapes.
// The table in docs/sidecar.md is made of this list.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Registry } from 'prom-client'
import type { Readiness } from '../lifecycle/readiness.js'
import type { NamedUpstream } from '../upstreams/named-upstream.js'
import { VERSION } from '../version.js'
import type { AccessLog } from './access-log.js'
import { LATENCY_BOUNDS } from './traffic.js'
import type { Histogram, ServiceTraffic, Traffic } from './traffic.js'

/** Everything that is read. */
export interface MetricSources {
  readonly traffic: Traffic
  readonly upstreams: () => readonly NamedUpstream[]
  readonly accessLog: AccessLog | undefined
  readonly readiness: () => Readiness
  /** Requests and connections under way, by direction. */
  readonly active: () => Readonly<Record<'inbound' | 'outbound', number>>
  readonly policy: () => { readonly reloads: number, readonly refusals: number }
}

interface Value { readonly value: number, readonly labels?: Readonly<Record<string, string | number>>, readonly suffix?: string }

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Names that others know the like by; empty: they have none. */
  readonly envoy: string
  readonly linkerd: string
  readonly read: (sources: MetricSources) => readonly Value[]
}

const one = (value: number): readonly Value[] => [{ value }]
const each = ({ traffic }: MetricSources, read: (traffic: ServiceTraffic, labels: { readonly direction: string, readonly service: string }) => readonly Value[]): readonly Value[] =>
  [...traffic.entries()].flatMap(([direction, service, found]) => read(found, { direction, service }))
const byKey = (counts: ReadonlyMap<string, number>, labels: Readonly<Record<string, string>>, key: string): readonly Value[] => [...counts].map(([word, value]) => ({ value, labels: { ...labels, [key]: word } }))
const DIRECTIONS = ['inbound', 'outbound'] as const

export const METRICS: readonly Metric[] = [
  { name: 'roster_sidecar_build_info', help: 'Always 1; the version is a label.', type: 'gauge', envoy: 'server.version', linkerd: 'proxy_build_info', read: () => [{ value: 1, labels: { version: VERSION } }] },
  { name: 'roster_sidecar_ready', help: '1 while calls may come.', type: 'gauge', envoy: 'server.live', linkerd: '', read: s => one(s.readiness().ready ? 1 : 0) },
  { name: 'roster_sidecar_responses_total', help: 'Exchanges ended, by status class of the answer that the client got (none: it got none).', type: 'counter', envoy: 'cluster.<name>.upstream_rq_<class>', linkerd: 'response_total', read: s => each(s, (t, labels) => byKey(t.responses, labels, 'class')) },
  { name: 'roster_sidecar_grpc_responses_total', help: 'gRPC calls ended, by their status (by trailer, not by HTTP status).', type: 'counter', envoy: 'cluster.<name>.grpc.<status>', linkerd: 'response_total{grpc_status}', read: s => each(s, (t, labels) => byKey(t.grpc, labels, 'grpc_status')) },
  { name: 'roster_sidecar_reasons_total', help: 'Exchanges that the proxy answered or cut by itself, by x-roster-reason.', type: 'counter', envoy: 'cluster.<name>.upstream_rq_timeout, _pending_overflow, _rx_reset', linkerd: 'response_total{error}', read: s => each(s, (t, labels) => byKey(t.reasons, labels, 'reason')) },
  { name: 'roster_sidecar_request_duration_seconds', help: 'From the head of a request to the end of its answer, retries included.', type: 'histogram', envoy: 'cluster.<name>.upstream_rq_time', linkerd: '', read: s => each(s, (t, labels) => buckets(t.duration, labels)) },
  { name: 'roster_sidecar_response_latency_seconds', help: 'From the head of a request to the head of its answer.', type: 'histogram', envoy: '', linkerd: 'response_latency_ms', read: s => each(s, (t, labels) => buckets(t.head, labels)) },
  { name: 'roster_sidecar_attempts_total', help: 'Times that requests were sent, or tried to be.', type: 'counter', envoy: 'cluster.<name>.upstream_rq_total', linkerd: 'request_total', read: s => each(s, (t, labels) => [{ value: t.attempts, labels }]) },
  { name: 'roster_sidecar_retried_total', help: 'Exchanges that were sent more than once, by how they ended.', type: 'counter', envoy: 'cluster.<name>.upstream_rq_retry, _retry_success', linkerd: 'retry_total', read: s => each(s, (t, labels) => [{ value: t.retriedWell, labels: { ...labels, result: 'success' } }, { value: t.retried - t.retriedWell, labels: { ...labels, result: 'failure' } }]) },
  { name: 'roster_sidecar_bytes_total', help: 'Bytes of bodies and of raw TCP; in is what the client sent.', type: 'counter', envoy: 'cluster.<name>.upstream_cx_rx_bytes_total, _tx_bytes_total', linkerd: 'tcp_read_bytes_total, tcp_write_bytes_total', read: s => each(s, (t, labels) => [{ value: t.bytesIn, labels: { ...labels, flow: 'in' } }, { value: t.bytesOut, labels: { ...labels, flow: 'out' } }]) },
  { name: 'roster_sidecar_tcp_connections_total', help: 'Raw TCP connections ended, by result.', type: 'counter', envoy: 'tcp.<prefix>.downstream_cx_total', linkerd: 'tcp_open_total', read: s => each(s, (t, labels) => t.tcpConnections === 0 ? [] : [{ value: t.tcpConnections - t.tcpFailures, labels: { ...labels, result: 'ok' } }, { value: t.tcpFailures, labels: { ...labels, result: 'failed' } }]) },
  { name: 'roster_sidecar_connections', help: 'Connections of clients that are open.', type: 'gauge', envoy: 'http.<prefix>.downstream_cx_active', linkerd: 'tcp_open_connections', read: s => DIRECTIONS.map(direction => ({ value: s.traffic.connections[direction].open, labels: { direction } })) },
  { name: 'roster_sidecar_connections_total', help: 'Connections of clients that were taken.', type: 'counter', envoy: 'http.<prefix>.downstream_cx_total', linkerd: 'tcp_open_total', read: s => DIRECTIONS.map(direction => ({ value: s.traffic.connections[direction].total, labels: { direction } })) },
  { name: 'roster_sidecar_requests_active', help: 'Requests under way, tunnels and streams included.', type: 'gauge', envoy: 'http.<prefix>.downstream_rq_active', linkerd: '', read: s => Object.entries(s.active()).map(([direction, value]) => ({ value, labels: { direction } })) },
  { name: 'roster_sidecar_endpoints', help: 'Instances of an upstream by state: candidate, out (put aside for failing), or not called for another reason.', type: 'gauge', envoy: 'cluster.<name>.membership_total, _healthy, outlier_detection.ejections_active', linkerd: 'outbound_http_balancer_endpoints{endpoint_state}', read: endpoints },
  { name: 'roster_sidecar_list_age_seconds', help: 'Since an upstream\'s list was last known to be right; 0 while the registry is listened to. Alert when it stays above a minute.', type: 'gauge', envoy: 'cluster.<name>.assignment_stale', linkerd: '', read: s => s.upstreams().map(({ name, source }) => ({ value: Math.min(source.snapshot().ageMs / 1000, 1e9), labels: { service: name } })) },
  { name: 'roster_sidecar_list_revision', help: 'Revision of an upstream\'s list; stands still while nothing changes.', type: 'gauge', envoy: 'cluster_manager.cds.version', linkerd: '', read: s => s.upstreams().map(({ name, source }) => ({ value: source.snapshot().index, labels: { service: name } })) },
  { name: 'roster_sidecar_policy_reloads_total', help: 'Changes of the policy file, taken or refused (the old one stays). Alert on refused.', type: 'counter', envoy: 'listener_manager.lds.update_success, _rejected', linkerd: '', read: s => [{ value: s.policy().reloads, labels: { result: 'taken' } }, { value: s.policy().refusals, labels: { result: 'refused' } }] },
  { name: 'roster_sidecar_access_log_dropped_total', help: 'Lines of the access log that were dropped because their reader was too slow.', type: 'counter', envoy: 'access_logs.<name>.logs_dropped', linkerd: '', read: s => one(s.accessLog?.dropped ?? 0) },
]

function endpoints (s: MetricSources): readonly Value[] {
  return s.upstreams().flatMap(({ name, service }) => {
    const { instances } = service.explain()
    const candidate = instances.filter(found => found.candidate).length
    const out = instances.filter(({ reason }) => reason.startsWith('put aside')).length
    return [['candidate', candidate], ['out', out], ['other', instances.length - candidate - out]].map(([state, value]) => ({ value: value as number, labels: { service: name, state: state as string } }))
  })
}

function buckets (histogram: Histogram, labels: Readonly<Record<string, string>>): readonly Value[] {
  let below = 0
  return [
    ...LATENCY_BOUNDS.map((le, i) => ({ value: below += histogram.counts[i]!, labels: { ...labels, le }, suffix: '_bucket' })),
    { value: histogram.count, labels: { ...labels, le: '+Inf' }, suffix: '_bucket' },
    { value: histogram.sum, labels, suffix: '_sum' },
    { value: histogram.count, labels, suffix: '_count' },
  ]
}

/** The registry is prom-client's, loaded with the first scrape. */
export class Metrics {
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })
  #registry: Promise<Registry> | undefined

  constructor (private readonly sources: MetricSources) { this.#delay.enable() }

  async scrape (): Promise<{ readonly text: string, readonly contentType: string }> {
    const registry = await (this.#registry ??= this.#make())
    return { text: await registry.metrics(), contentType: registry.contentType }
  }

  close (): void { this.#delay.disable() }

  async #make (): Promise<Registry> {
    const { default: prom } = await import('prom-client')
    const registry = new prom.Registry()
    prom.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
    for (const { name, help, type, read } of METRICS) {
      const get = async () => ({ name, help, type, aggregator: 'sum', values: read(this.sources).map(({ suffix, labels = {}, value }) => ({ value, labels, ...suffix !== undefined && { metricName: name + suffix } })) })
      registry.registerMetric({ name, help, type, aggregator: 'sum', labelNames: [], get, reset () {} } as never)
    }
    return registry
  }
}
