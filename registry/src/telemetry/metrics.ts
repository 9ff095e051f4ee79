// What can be seen from outside, as data: name, help, type and where the number comes from. Nothing is counted here; rooms count, and this reads them
// when someone asks. The registry is prom-client's, loaded with the first scrape.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DNS_LATENCY_BUCKETS } from '../dns/stats.js'
import { MAX_PAIRS_COUNTED } from '../edges/edge-store.js'
import { LATENCY_BUCKETS } from './request-stats.js'
import type { Histogram as EventLoopHistogram } from 'node:perf_hooks'
import type { Registry } from 'prom-client'
import type { Histogram, RequestStats } from './request-stats.js'
import type { LogHub } from './log-hub.js'
import type { ClientLimits } from '../http/client-limits.js'
import type { CoordinateKeeper } from '../coordinates/keeper.js'
import type { DnsDoor } from '../dns/door.js'
import type { EdgeStore } from '../edges/edge-store.js'
import type { Feed } from '../follow/feed.js'
import type { Freshness } from '../freshness.js'
import type { LocalAgent } from '../local-agent/local-agent.js'
import type { EventKeeper } from '../events/keeper.js'
import type { Guard } from '../health/guard.js'
import type { SchedulerStats } from '../health/scheduler-stats.js'
import type { LeaseKeeper } from '../leases/keeper.js'
import type { Snapshots } from '../snapshot/snapshots.js'
import type { State } from '../state/state.js'
import type { StreamStats } from '../stream/connection.js'
import type { Watchers } from '../stream/watchers.js'

/** Batches and commit times of the engine. */
export class EngineStats {
  commits = 0
  flushes = 0
  failed = 0
  /** Seconds. */
  flushSeconds = 0
  /** Commits in the last flush. */
  lastBatch = 0
  lastFlushSeconds = 0

  flush (commits: number, ms: number, error?: unknown): void {
    this.flushes++
    this.commits += commits
    this.flushSeconds += ms / 1000
    this.lastFlushSeconds = ms / 1000
    this.lastBatch = commits
    if (error !== undefined) this.failed++
  }
}

/** Everything that is read. Doors that are not open give `undefined`. */
export interface Sources {
  readonly version: string
  readonly state: State
  readonly requests: RequestStats
  readonly limits: ClientLimits
  readonly engine: EngineStats
  readonly guard: Guard
  readonly leases: LeaseKeeper
  readonly freshness: Freshness
  readonly feed: Feed
  readonly localAgent: LocalAgent | undefined
  readonly edges: EdgeStore
  readonly events: EventKeeper
  readonly coordinates: CoordinateKeeper
  readonly snapshots: Snapshots
  readonly streams: StreamStats
  readonly watchers: Watchers
  readonly log: LogHub
  readonly checks: () => { readonly scheduler: SchedulerStats, readonly expired: number, readonly watched: number } | undefined
  readonly dns: () => DnsDoor | undefined
}

interface Value { readonly value: number, readonly labels?: Readonly<Record<string, string | number>>, readonly suffix?: string }

interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly read: (sources: Sources) => readonly Value[]
}

const one = (value: number): readonly Value[] => [{ value }]
const STATES: readonly string[] = ['passing', 'warning', 'critical']

const METRICS: readonly Metric[] = [
  { name: 'roster_build_info', help: 'Always 1; the version is a label.', type: 'gauge', read: s => [{ value: 1, labels: { version: s.version } }] },
  { name: 'roster_index', help: 'Newest index of the state (X-Consul-Index). Stands still while nothing changes; never goes back.', type: 'gauge', read: s => one(s.state.base + s.state.revision) },
  { name: 'roster_nodes', help: 'Nodes in the catalog.', type: 'gauge', read: s => one(s.state.nodes.size) },
  { name: 'roster_service_instances', help: 'Service instances in the catalog.', type: 'gauge', read: s => one(s.state.services.size) },
  { name: 'roster_checks', help: 'Checks in the catalog by state. Alert on a sudden rise of critical.', type: 'gauge', read: s => STATES.map(status => ({ value: s.state.checks.countInState(status), labels: { status } })) },
  { name: 'roster_http_requests_total', help: 'HTTP requests answered, by route pattern and status code.', type: 'counter', read: s => [...s.requests.routes].flatMap(([route, r]) => [...r.byStatus].map(([code, value]) => ({ value, labels: { route, code } }))) },
  { name: 'roster_http_request_seconds', help: 'Time from the request to the end of the answer by route pattern; blocking queries include their wait.', type: 'histogram', read: s => [...s.requests.routes].flatMap(([route, r]) => buckets(r.latency, { route })) },
  { name: 'roster_http_hot_answers_total', help: 'HTTP answers sent from bytes that were encoded for an earlier request.', type: 'counter', read: s => one(s.requests.hot) },
  { name: 'roster_http_blocking_readers', help: 'Blocking queries held right now (limit: max_blocking_readers).', type: 'gauge', read: s => one(s.requests.blockingReaders) },
  { name: 'roster_http_blocking_refused_total', help: 'Blocking queries refused with 429 because too many were held.', type: 'counter', read: s => one(s.requests.blockingRefused) },
  { name: 'roster_http_connections_refused_total', help: 'Connections refused because one address held too many (limit: http_max_conns_per_client).', type: 'counter', read: s => one(s.limits.stats.connectionsRefused) },
  { name: 'roster_http_requests_refused_total', help: 'Requests refused with 429 because one address asked too often (limit: request_rate_per_client).', type: 'counter', read: s => one(s.limits.stats.requestsRefused) },
  { name: 'roster_waiters', help: 'Waiters on topics: blocking queries and views of watch streams.', type: 'gauge', read: s => one(s.state.topics.waiting) },
  { name: 'roster_streams', help: 'Watch streams open.', type: 'gauge', read: s => one(s.streams.open) },
  { name: 'roster_stream_subscriptions', help: 'Subscriptions on watch streams.', type: 'gauge', read: s => one(s.watchers.size) },
  { name: 'roster_stream_frames_sent_total', help: 'Frames sent on watch streams.', type: 'counter', read: s => one(s.streams.framesSent) },
  { name: 'roster_stream_frames_received_total', help: 'Frames received on watch streams.', type: 'counter', read: s => one(s.streams.framesReceived) },
  { name: 'roster_stream_resyncs_total', help: 'Slow readers that were moved to the newest state.', type: 'counter', read: s => one(s.streams.resyncs) },
  { name: 'roster_stream_closed_total', help: 'Watch streams closed by the server, by reason.', type: 'counter', read: s => [{ value: s.streams.closedSlow, labels: { reason: 'slow' } }, { value: s.streams.closedFlood, labels: { reason: 'flood' } }] },
  { name: 'roster_stream_refused_total', help: 'Watch streams and subscriptions refused at a limit (max_streams, max_subscriptions_per_stream).', type: 'counter', read: s => one(s.streams.refused) },
  { name: 'roster_queries', help: 'Prepared queries.', type: 'gauge', read: s => one(s.state.queries.size) },
  { name: 'roster_events_remembered', help: 'User events that this agent remembers, 256 at most.', type: 'gauge', read: s => one(s.events.list().length) },
  { name: 'roster_coordinate_updates_waiting', help: 'Nodes whose coordinate waits to be written, 4096 at most.', type: 'gauge', read: s => one(s.coordinates.waiting) },
  { name: 'roster_snapshots_total', help: 'Snapshots, by what became of them: saved, restored, or refused when they were to be restored. Alert when none was saved for longer than your backups are apart.', type: 'counter', read: s => Object.entries(s.snapshots.stats).map(([outcome, value]) => ({ value, labels: { outcome } })) },
  { name: 'roster_leases', help: 'Leases held.', type: 'gauge', read: s => one(s.state.leases.byId.size) },
  { name: 'roster_lease_renewals_total', help: 'Lease renewals.', type: 'counter', read: s => one(s.leases.stats.renewals) },
  { name: 'roster_lease_expiries_total', help: 'Leases that were not renewed in time.', type: 'counter', read: s => one(s.leases.stats.lapses) },
  { name: 'roster_lease_removals_total', help: 'Expired leases removed with all that they owned.', type: 'counter', read: s => one(s.leases.stats.removals) },
  { name: 'roster_edges', help: 'Edges that callers report: pairs of one process and one service that it calls, 20,000 at most.', type: 'gauge', read: s => one(s.edges.size) },
  { name: 'roster_edge_requests_total', help: 'Requests from one service to another, as callers report them; 2,000 pairs at most. A pair that nobody reports for a minute begins anew.', type: 'counter', read: s => [...s.edges.counted()].map(({ from, to, requests }) => ({ value: requests, labels: { from, to } })) },
  { name: 'roster_edge_errors_total', help: 'Requests from one service to another that failed, as callers report them.', type: 'counter', read: s => [...s.edges.counted()].map(({ from, to, errors }) => ({ value: errors, labels: { from, to } })) },
  { name: 'roster_edge_latency_seconds', help: 'Times of requests from one service to another in the last reports, by quantile.', type: 'gauge', read: s => s.edges.list().slice(0, MAX_PAIRS_COUNTED).flatMap(({ from, to, p50Ms, p99Ms }) => [[0.5, p50Ms] as const, [0.99, p99Ms] as const].flatMap(([quantile, ms]) => ms === null ? [] : [{ value: ms / 1000, labels: { from, to, quantile } }])) },
  { name: 'roster_edge_ejected_instances', help: 'Instances of the second service that callers of the first have put aside because calls to them fail.', type: 'gauge', read: s => s.edges.list().slice(0, MAX_PAIRS_COUNTED).map(({ from, to, ejected }) => ({ value: ejected.size, labels: { from, to } })) },
  { name: 'roster_view_age_seconds', help: 'How old the view is that reads are answered from; 0 while it follows. Alert above 60.', type: 'gauge', read: s => one(s.freshness.hasView() ? s.freshness.ageMs() / 1000 : 0) },
  { name: 'roster_local_agents', help: 'Local agents by state: alive, failed (their lease lapsed), left.', type: 'gauge', read: s => agentStates(s.state) },
  { name: 'roster_followers', help: 'Local agents that follow this server now.', type: 'gauge', read: s => one(s.feed.size) },
  { name: 'roster_follower_views_total', help: 'Views given to followers: whole, or partial (what was newer than theirs).', type: 'counter', read: s => [{ value: s.feed.stats.whole, labels: { extent: 'whole' } }, { value: s.feed.stats.partial, labels: { extent: 'partial' } }] },
  { name: 'roster_followers_cut_total', help: 'Followers cut off because they were too slow; they come again.', type: 'counter', read: s => one(s.feed.stats.cut) },
  { name: 'roster_agent_attached', help: '1 while this local agent follows a server; absent on a server. Alert when it stays 0.', type: 'gauge', read: s => s.localAgent === undefined ? [] : one(s.localAgent.attached ? 1 : 0) },
  { name: 'roster_agent_losses_total', help: 'How often this local agent has lost its server.', type: 'counter', read: s => s.localAgent === undefined ? [] : one(s.localAgent.stats.losses) },
  { name: 'roster_agent_reports_total', help: 'Reports of this local agent to its server (signs of life included), by outcome.', type: 'counter', read: s => s.localAgent === undefined ? [] : [{ value: s.localAgent.stats.reports - s.localAgent.stats.reportsFailed, labels: { outcome: 'sent' } }, { value: s.localAgent.stats.reportsFailed, labels: { outcome: 'failed' } }] },
  { name: 'roster_agent_forwarded_total', help: 'Requests that this local agent handed on to a server, by outcome.', type: 'counter', read: s => s.localAgent === undefined ? [] : [{ value: s.localAgent.forwarded.forwarded, labels: { outcome: 'answered' } }, { value: s.localAgent.forwarded.failed, labels: { outcome: 'failed' } }] },
  { name: 'roster_guard_active', help: '1 while the mass-expiry guard holds removals back. Alert on it: either very many services or this server have lost the network.', type: 'gauge', read: s => one(s.guard.active ? 1 : 0) },
  { name: 'roster_guard_kept', help: 'Owners whose removal the guard holds back.', type: 'gauge', read: s => one(s.guard.status().kept) },
  { name: 'roster_guard_trips_total', help: 'How often the guard has begun to hold.', type: 'counter', read: s => one(s.guard.trips) },
  { name: 'roster_checks_watched', help: 'Checks that this server runs or keeps the time of.', type: 'gauge', read: s => one(s.checks()?.watched ?? 0) },
  { name: 'roster_check_runs_total', help: 'Runs of active checks started.', type: 'counter', read: s => one(s.checks()?.scheduler.started ?? 0) },
  { name: 'roster_check_runs_waiting', help: 'Runs of active checks that are due and wait for a place. Alert when it stays above 0.', type: 'gauge', read: s => one(s.checks()?.scheduler.waiting ?? 0) },
  { name: 'roster_check_lag_seconds_total', help: 'Sum of (actual - planned start) of check runs; divided by roster_check_runs_total it is the mean lag.', type: 'counter', read: s => one((s.checks()?.scheduler.lagSumMs ?? 0) / 1000) },
  { name: 'roster_check_lag_seconds_max', help: 'Largest (actual - planned start) of a check run since the start.', type: 'gauge', read: s => one((s.checks()?.scheduler.lagMaxMs ?? 0) / 1000) },
  { name: 'roster_ttl_expiries_total', help: 'TTL checks that were not renewed in time.', type: 'counter', read: s => one(s.checks()?.expired ?? 0) },
  { name: 'roster_engine_commits_total', help: 'Transactions committed.', type: 'counter', read: s => one(s.engine.commits) },
  { name: 'roster_engine_flushes_total', help: 'Flushes to the store; commits divided by flushes is the mean batch.', type: 'counter', read: s => one(s.engine.flushes) },
  { name: 'roster_engine_flush_failures_total', help: 'Flushes that failed (disk full, I/O error). Alert on any.', type: 'counter', read: s => one(s.engine.failed) },
  { name: 'roster_engine_flush_seconds_total', help: 'Time spent in flushes.', type: 'counter', read: s => one(s.engine.flushSeconds) },
  { name: 'roster_engine_last_flush_seconds', help: 'Duration of the last flush.', type: 'gauge', read: s => one(s.engine.lastFlushSeconds) },
  { name: 'roster_engine_last_batch', help: 'Transactions in the last flush.', type: 'gauge', read: s => one(s.engine.lastBatch) },
  { name: 'roster_dns_answers_total', help: 'DNS answers by RCODE (0 no error, 2 failure, 3 no such name, 5 refused).', type: 'counter', read: s => (s.dns()?.stats.answers ?? []).map((value, rcode) => ({ value, labels: { rcode } })) },
  { name: 'roster_dns_answer_seconds', help: 'Time from a DNS question to its answer.', type: 'histogram', read: s => { const d = s.dns(); return d === undefined ? [] : buckets(d.stats.latency, {}, DNS_LATENCY_BUCKETS) } },
  { name: 'roster_dns_questions_total', help: 'DNS messages received, by transport.', type: 'counter', read: s => Object.entries(s.dns()?.stats.received ?? {}).map(([transport, value]) => ({ value, labels: { transport } })) },
  { name: 'roster_dns_limited_total', help: 'DNS questions that got silence because their source asked too often (limit: dns_rate_per_source).', type: 'counter', read: s => one(s.dns()?.stats.limited ?? 0) },
  { name: 'roster_dns_ignored_total', help: 'DNS messages that were no questions and got silence.', type: 'counter', read: s => one(s.dns()?.stats.ignored ?? 0) },
  { name: 'roster_dns_connections_refused_total', help: 'DNS connections over TCP refused because too many were open.', type: 'counter', read: s => one(s.dns()?.stats.connections.refused ?? 0) },
  { name: 'roster_dns_recursions_total', help: 'Questions handed to recursors, by outcome.', type: 'counter', read: s => { const r = s.dns()?.recursorStats; return r === undefined ? [] : [{ value: r.asked - r.failed, labels: { outcome: 'answered' } }, { value: r.failed, labels: { outcome: 'failed' } }] } },
  { name: 'roster_log_records_total', help: 'Log records by level.', type: 'counter', read: s => Object.entries(s.log.counts).map(([level, value]) => ({ value, labels: { level: level.toLowerCase() } })) },
]

/** How many local agents are in each state. */
function agentStates ({ leases }: State): Value[] {
  const counts = { alive: 0, failed: 0, left: 0 }
  for (const { value: { agent, lapsed } } of leases.byId.values()) if (agent !== undefined) counts[agent.left ? 'left' : lapsed ? 'failed' : 'alive']++
  return Object.entries(counts).map(([state, value]) => ({ value, labels: { state } }))
}

function buckets (histogram: Pick<Histogram, 'counts' | 'count' | 'sum'>, labels: Readonly<Record<string, string>>, bounds: readonly number[] = LATENCY_BUCKETS): Value[] {
  const out: Value[] = []
  let below = 0
  bounds.forEach((le, i) => {
    below += histogram.counts[i]!
    out.push({ value: below, labels: { ...labels, le }, suffix: '_bucket' })
  })
  out.push({ value: histogram.count, labels: { ...labels, le: '+Inf' }, suffix: '_bucket' }, { value: histogram.sum, labels, suffix: '_sum' }, { value: histogram.count, labels, suffix: '_count' })
  return out
}

export class Metrics {
  readonly #sources: Sources
  readonly #delay: EventLoopHistogram & { enable (): boolean, disable (): boolean }
  #registry: Promise<Registry> | undefined

  constructor (sources: Sources) {
    this.#sources = sources
    this.#delay = monitorEventLoopDelay({ resolution: 20 }) as EventLoopHistogram & { enable (): boolean, disable (): boolean }
    this.#delay.enable()
  }

  /** The text of a scrape and its content type. */
  async scrape (): Promise<{ readonly text: string, readonly contentType: string }> {
    const registry = await (this.#registry ??= this.#make())
    return { text: await registry.metrics(), contentType: registry.contentType }
  }

  /** Event loop delay since the last call, seconds. */
  #loopDelay (): readonly Value[] {
    const values = [0.5, 0.9, 0.99, 1].map(quantile => ({ value: (quantile === 1 ? this.#delay.max : this.#delay.percentile(quantile * 100)) / 1e9, labels: { quantile } }))
    this.#delay.reset()
    return values
  }

  async #make (): Promise<Registry> {
    const { default: prom } = await import('prom-client')
    const registry = new prom.Registry()
    prom.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
    const all: readonly Metric[] = [...METRICS, { name: 'roster_event_loop_delay_seconds', help: 'Delay of the event loop beyond its 20 ms timer since the last scrape, by quantile. Alert on p99 above 0.1.', type: 'gauge', read: () => this.#loopDelay() }]
    for (const metric of all) registry.registerMetric(plain(metric, this.#sources) as never)
    return registry
  }

  stop (): void { this.#delay.disable() }
}

/** The shape that prom-client's registry reads. */
const plain = ({ name, help, type, read }: Metric, sources: Sources): object => ({
  name,
  help,
  type,
  aggregator: 'sum',
  get: async () => ({
    name,
    help,
    type,
    aggregator: 'sum',
    values: read(sources).map(({ value, labels = {}, suffix }) => ({ value, labels, ...(suffix === undefined ? {} : { metricName: name + suffix }) })),
  }),
  getMetric () { return this },
  reset () {},
})
