// The agent one talks to: its own services and checks, its members, its upkeep (`/v1/agent/…`). What all servers know of all nodes is the catalog (catalog.ts).

import type { AgentCheckBody } from './check-definition.js'
import { absentOn, dictionary, json, jsonAt, list, nothing, plainText, record } from './decode.js'
import type { CheckStatus, HealthCheck } from './health.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, Filtered } from './options.js'
import type { AgentServiceBody, ConnectConfig, Locality, ProxyConfig, ServiceAddress, ServiceKind, ServicePort, Weights } from './service-definition.js'
import type { Coordinate } from './coordinate.js'
import type { Streamed, Transport } from './transport.js'

/** A service as its agent knows it. */
export interface AgentService {
  readonly Kind?: ServiceKind
  readonly ID: string
  readonly Service: string
  readonly Tags: readonly string[]
  readonly Meta: Readonly<Record<string, string>>
  readonly Port: number
  readonly Ports?: readonly ServicePort[]
  readonly Address: string
  readonly SocketPath?: string
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>
  readonly Weights: Weights
  readonly EnableTagOverride: boolean
  readonly ContentHash?: string
  readonly Proxy?: ProxyConfig
  readonly Connect?: ConnectConfig
  readonly PeerName?: string
  readonly Datacenter?: string
  readonly Locality?: Locality
}

/** Number of a member's state on the wire. */
export const memberStatus = { none: 0, alive: 1, leaving: 2, left: 3, failed: 4 } as const

export interface Member {
  readonly Name: string
  readonly Addr: string
  readonly Port: number
  readonly Tags: Readonly<Record<string, string>>
  /** See `memberStatus`. */
  readonly Status: number
  readonly ProtocolMin: number
  readonly ProtocolMax: number
  readonly ProtocolCur: number
  readonly DelegateMin: number
  readonly DelegateMax: number
  readonly DelegateCur: number
}

/** The agent about itself. `Stats` has a map of texts for each part, `DebugConfig` whatever the server chooses to show. */
export interface AgentSelf {
  readonly Config: {
    readonly Datacenter: string
    readonly PrimaryDatacenter: string
    readonly NodeName: string
    readonly NodeID: string
    readonly Revision: string
    readonly Server: boolean
    readonly Version: string
    readonly BuildDate: string
    readonly BindAddr?: string
  }
  readonly DebugConfig: Readonly<Record<string, unknown>>
  readonly Coord: Coordinate | null
  readonly Member: Member
  readonly Stats: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly Meta: Readonly<Record<string, string>> | null
  readonly xDS?: Readonly<Record<string, unknown>>
}

export interface AgentVersion { readonly SHA: string, readonly BuildDate: string, readonly HumanVersion: string, readonly FIPS: string }

/** Facts of the machine; which ones is the server's choice. */
export interface AgentHost { readonly CollectionTime: number, readonly [part: string]: unknown }

interface Labelled { readonly Name: string, readonly Labels: Readonly<Record<string, string>> }
interface Sampled extends Labelled { readonly Count: number, readonly Rate: number, readonly Sum: number, readonly Min: number, readonly Max: number, readonly Mean: number, readonly Stddev: number }

/** Metrics of the last interval. */
export interface AgentMetrics {
  readonly Timestamp: string
  readonly Gauges: ReadonlyArray<Labelled & { readonly Value: number }>
  readonly Points: ReadonlyArray<{ readonly Name: string, readonly Points: readonly number[] }> | null
  readonly Counters: readonly Sampled[]
  readonly Samples: readonly Sampled[]
}

/** An instance with the worst of its checks. */
export interface AgentServiceHealth {
  readonly AggregatedStatus: CheckStatus | 'maintenance'
  readonly Service: AgentService | null
  readonly Checks: readonly HealthCheck[] | null
}

export interface ServiceHealthAnswer {
  readonly status: CheckStatus | 'maintenance'
  readonly instances: readonly AgentServiceHealth[]
}

export type TokenKind = 'default' | 'agent' | 'agent_recovery' | 'replication' | 'config_file_service_registration' | 'dns'

export interface MonitorOptions extends CallOptions {
  /** `trace`, `debug`, `info` (default), `warn`, `error`. */
  readonly logLevel?: string
  readonly logJson?: boolean
}

export const agentApi = (http: Transport) => ({
  // === itself ===
  self: (options: CallOptions = {}): Promise<Answer<AgentSelf>> => http.call({ method: 'GET', path: '/v1/agent/self', decode: json(record<AgentSelf>()) }, options),
  version: (options: CallOptions = {}): Promise<Answer<AgentVersion>> => http.call({ method: 'GET', path: '/v1/agent/version', decode: json(record<AgentVersion>()) }, options),
  host: (options: CallOptions = {}): Promise<Answer<AgentHost>> => http.call({ method: 'GET', path: '/v1/agent/host', decode: json(record<AgentHost>()) }, options),
  metrics: (options: CallOptions = {}): Promise<Answer<AgentMetrics>> => http.call({ method: 'GET', path: '/v1/agent/metrics', decode: json(record<AgentMetrics>()) }, options),
  /** The same as Prometheus reads it; empty when the agent keeps none (`meta.reason` says why). */
  prometheusMetrics: (options: CallOptions = {}): Promise<Answer<string>> =>
    http.call({ method: 'GET', path: '/v1/agent/metrics', query: { format: 'prometheus' }, decode: plainText }, options),
  /** Metrics of each interval as one JSON text a line, without end. */
  metricsStream: (options: CallOptions = {}): Promise<Streamed> => http.stream({ method: 'GET', path: '/v1/agent/metrics/stream' }, options),
  /** Log lines as they are written, without end. */
  monitor: ({ logLevel, logJson, ...options }: MonitorOptions = {}): Promise<Streamed> =>
    http.stream({ method: 'GET', path: '/v1/agent/monitor', query: { loglevel: logLevel, logjson: logJson } }, options),
  reload: (options: CallOptions = {}): Promise<Answer<void>> => http.call({ method: 'PUT', path: '/v1/agent/reload', idempotent: true, decode: nothing }, options),
  /** The agent leaves its cluster and its process ends. */
  leave: (options: CallOptions = {}): Promise<Answer<void>> => http.call({ method: 'PUT', path: '/v1/agent/leave', decode: nothing }, options),
  /** Node maintenance: a critical check on the node. @param reason shown in the check; the first one stays while it is on */
  maintenance: (enable: boolean, { reason, ...options }: CallOptions & { readonly reason?: string } = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: '/v1/agent/maintenance', query: { enable: String(enable), reason }, idempotent: true, decode: nothing }, options),
  setToken: (kind: TokenKind, token: string, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/token/${kind}`, body: { Token: token }, idempotent: true, decode: nothing }, options),

  // === members ===
  members: ({ wan, segment, ...options }: CallOptions & Filtered & { readonly wan?: boolean, readonly segment?: string } = {}): Promise<Answer<readonly Member[]>> =>
    http.call({ method: 'GET', path: '/v1/agent/members', query: { wan: wan === true ? '1' : undefined, segment }, decode: json(list(record<Member>())) }, options),
  join: (address: string, { wan, ...options }: CallOptions & { readonly wan?: boolean } = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/join/${address}`, query: { wan: wan === true ? '1' : undefined }, idempotent: true, decode: nothing }, options),
  /** Takes a failed member for left. @param prune forget it altogether */
  forceLeave: (node: string, { prune, wan, ...options }: CallOptions & { readonly prune?: boolean, readonly wan?: boolean } = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/force-leave/${node}`, query: { prune, wan }, idempotent: true, decode: nothing }, options),

  // === services ===
  /** The agent's services by id. */
  services: (options: CallOptions & Filtered = {}): Promise<Answer<Readonly<Record<string, AgentService>>>> =>
    http.call({ method: 'GET', path: '/v1/agent/services', decode: json(dictionary(record<AgentService>())) }, options),
  /** One service with its `ContentHash`. With `hash` it waits while the hash is the same. @throws NotFoundError for an unknown id */
  service: (id: string, options: CallOptions & { readonly hash?: string, readonly waitMs?: number } = {}): Promise<Answer<AgentService>> =>
    http.call({ method: 'GET', path: path`/v1/agent/service/${id}`, decode: json(record<AgentService>()) }, options),
  /**
   * Registers, or replaces the definition under the same id; an identical one changes nothing and wakes nobody.
   * @param replaceExistingChecks drop checks that are not in the body; otherwise they stay
   */
  registerService: (body: AgentServiceBody, { replaceExistingChecks, ...options }: CallOptions & { readonly replaceExistingChecks?: boolean } = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: '/v1/agent/service/register', query: { 'replace-existing-checks': replaceExistingChecks === true ? 'true' : undefined }, body, idempotent: true, decode: nothing }, options),
  /** @throws NotFoundError for an unknown id, also when somebody else was faster */
  deregisterService: (id: string, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/service/deregister/${id}`, decode: nothing }, options),
  serviceMaintenance: (id: string, enable: boolean, { reason, ...options }: CallOptions & { readonly reason?: string } = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/service/maintenance/${id}`, query: { enable: String(enable), reason }, idempotent: true, decode: nothing }, options),

  // === health of own services; 429 (warning), 503 (critical) and 404 (none) are answers here ===
  /** All instances of a name on this agent with their worst check. `undefined`: there are none. */
  serviceHealthByName: (name: string, options: CallOptions = {}): Promise<Answer<ServiceHealthAnswer | undefined>> => health(http, path`/v1/agent/health/service/name/${name}`, options),
  /** One instance with its worst check. `undefined`: there is none. */
  serviceHealthById: (id: string, options: CallOptions = {}): Promise<Answer<ServiceHealthAnswer | undefined>> => health(http, path`/v1/agent/health/service/id/${id}`, options),

  // === checks ===
  /** The agent's checks by id. */
  checks: (options: CallOptions & Filtered = {}): Promise<Answer<Readonly<Record<string, HealthCheck>>>> =>
    http.call({ method: 'GET', path: '/v1/agent/checks', decode: json(dictionary(record<HealthCheck>())) }, options),
  registerCheck: (body: AgentCheckBody, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: '/v1/agent/check/register', body, idempotent: true, decode: nothing }, options),
  deregisterCheck: (id: string, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/check/deregister/${id}`, decode: nothing }, options),
  /** Reports to a TTL check. @param note becomes its output; without one the output is empty */
  passCheck: (id: string, options: CallOptions & { readonly note?: string } = {}): Promise<Answer<void>> => report(http, 'pass', id, options),
  warnCheck: (id: string, options: CallOptions & { readonly note?: string } = {}): Promise<Answer<void>> => report(http, 'warn', id, options),
  failCheck: (id: string, options: CallOptions & { readonly note?: string } = {}): Promise<Answer<void>> => report(http, 'fail', id, options),
  /** The same with the status as a value, for output that does not fit into a URL. */
  updateCheck: (id: string, update: { readonly Status: CheckStatus, readonly Output?: string }, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/agent/check/update/${id}`, body: update, idempotent: true, decode: nothing }, options),
})

const report = (http: Transport, verb: 'pass' | 'warn' | 'fail', id: string, { note, ...options }: CallOptions & { readonly note?: string }): Promise<Answer<void>> =>
  http.call({ method: 'PUT', path: path`/v1/agent/check/${verb}/${id}`, query: { note: note === '' ? undefined : note }, idempotent: true, decode: nothing }, options)

function health (http: Transport, target: string, options: CallOptions): Promise<Answer<ServiceHealthAnswer | undefined>> {
  const one = record<AgentServiceHealth>()
  const many = list(one)
  const decode = json(value => judged(Array.isArray(value) ? many(value) : [one(value)]))
  return http.call({ method: 'GET', path: target, accept: jsonAt(404, 429, 503), decode: absentOn(404, decode) }, options)
}

/** The worst of several instances, as the agent ranks them. */
const judged = (instances: readonly AgentServiceHealth[]): ServiceHealthAnswer => ({
  status: (['maintenance', 'critical', 'warning'] as const).find(status => instances.some(instance => instance.AggregatedStatus === status)) ?? 'passing',
  instances,
})
