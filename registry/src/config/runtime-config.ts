// What the agent runs on: the one typed, frozen result of files, flags and environment (load-config.ts). Whoever has it validates nothing again.
// Units stand in the names (`Ms`, `Bytes`, `Seconds`); defaults.ts holds the values that nobody set.

import type { CheckBody } from '../http/decode/bodies/check.js'
import type { LocalityBody, ServiceBody } from '../http/decode/bodies/service.js'

export interface RuntimeConfig {
  /** Everything in memory, nothing kept (`-dev`). */
  readonly dev: boolean
  /** Absolute. Undefined only with `dev`, unless one was given. */
  readonly dataDir: string | undefined
  /** `memory` with `-dev`, else `embedded`; `etcd` for several servers. */
  readonly engine: 'memory' | 'embedded' | 'etcd'
  readonly etcd: EtcdConfig
  /** This server among several over one etcd. */
  readonly cluster: ClusterConfig
  /** False: a local agent, which follows the servers in `join.lan`. */
  readonly server: boolean
  readonly localAgent: LocalAgentConfig
  readonly bootstrap: boolean
  readonly bootstrapExpect: number
  readonly datacenter: string
  /** The datacenter itself where none is named. */
  readonly primaryDatacenter: string
  /** Consul's version that clients are told: node meta `consul-version`, `version`, member tags. */
  readonly version: string
  readonly node: NodeConfig
  readonly addresses: AddressConfig
  readonly listen: ListenConfig
  readonly ports: PortConfig
  readonly log: LogConfig
  readonly http: HttpConfig
  readonly dns: DnsConfig
  readonly limits: LimitConfig
  readonly leases: LeaseConfig
  readonly guard: GuardConfig
  readonly checks: CheckConfig
  /**
   * Definitions from files, in the order of reading, in the shape of the API's bodies. A service's `check` is null: it stands last in `checks`.
   * Checks of their own have no service where `serviceId` is ''.
   */
  readonly definitions: { readonly services: readonly ServiceBody[], readonly checks: readonly CheckBody[] }
  readonly query: QueryConfig
  readonly acl: AclConfig
  readonly connect: ConnectConfig
  readonly ui: UiConfig
  readonly telemetry: TelemetryConfig
  readonly leave: LeaveConfig
  readonly tls: TlsConfig
  readonly join: JoinConfig
  /** Handlers that the agent runs itself when what they watch changes: each as written. */
  readonly watches: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** Config entries to write at the first start: each as written. */
  readonly configEntriesBootstrap: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** Shortest session TTL, ms. */
  readonly sessionTtlMinMs: number
  readonly disableCoordinates: boolean
  readonly disableKvKeyValidation: boolean
  readonly disableRemoteExec: boolean
  readonly enableCentralServiceConfig: boolean
  readonly peeringEnabled: boolean
  readonly enableDebug: boolean
  readonly autoReloadConfig: boolean
  readonly pidFile: string
  readonly experiments: readonly string[]
  /** '' leaves it to the ACLs' own default. */
  readonly defaultIntentionPolicy: string
  readonly autopilot: AutopilotConfig
  readonly raft: { readonly multiplier: number, readonly protocol: number }
  /** Where the settings came from, for a reload and for messages. */
  readonly sources: readonly string[]
  /** To be logged once the log runs: keys with old names, addresses that strangers reach, … */
  readonly warnings: readonly string[]
}

export interface LocalAgentConfig {
  /** ms without a sign of life after which the servers call the node critical. More: a busy host is not taken for dead; less: a dead one is seen sooner. */
  readonly leaseTtlMs: number
  /** Nobody has said what the node's address is, so it is the one from which the agent reaches its server. */
  readonly learnAddress: boolean
}

/** Where the engine `etcd` keeps everything. */
export interface EtcdConfig {
  /** `http://host:port` or `https://host:port` each. */
  readonly endpoints: readonly string[]
  /** Beginning of all keys; a registry of its own for each. */
  readonly prefix: string
  /** Absolute paths of PEM files; '' is none. */
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  /** '' where etcd asks for none. */
  readonly user: string
  readonly password: string
}

export interface ClusterConfig {
  /** '' until it was settled: the host's name and a random part that is kept in the data directory. */
  readonly serverId: string
  /** `http://host:port` at which other servers reach this one; '' is the first HTTP listener. */
  readonly advertiseHttp: string
  /** Refuses writes and owns no timers: a server for reading alone. */
  readonly readOnly: boolean
}

export interface NodeConfig {
  readonly name: string
  /** UUID, small letters. */
  readonly id: string
  readonly meta: Readonly<Record<string, string>>
  readonly locality: LocalityBody | undefined
}

export interface AddressConfig {
  /** IP that the server's own ports would bind, as text; `0.0.0.0` and `::` are allowed. */
  readonly bind: string
  /** Where clients reach HTTP and DNS unless `listen` says otherwise; IPs, or `unix://…` for HTTP. */
  readonly client: readonly string[]
  /** IP that the node is known by. */
  readonly advertise: string
  readonly advertiseWan: string
  /** `lan`, `lan_ipv4`, `wan`, `wan_ipv4` (or `_ipv6`) and whatever the file adds. */
  readonly tagged: Readonly<Record<string, string>>
  /** Tagged WAN addresses stand in for plain ones in answers to other datacenters. */
  readonly translateWan: boolean
  /** Addresses given that are not loopback: strangers may reach the API, so the start warns. */
  readonly reachableByStrangers: boolean
}

/** One socket to listen on. Port 0 asks the system for a free one (tests). */
export type Listener =
  | { readonly kind: 'tcp', readonly host: string, readonly port: number }
  | { readonly kind: 'unix', readonly path: string }

/** Empty lists: that door stays shut. */
export interface ListenConfig {
  readonly http: readonly Listener[]
  readonly https: readonly Listener[]
  /** Each UDP and TCP. */
  readonly dns: ReadonlyArray<Extract<Listener, { kind: 'tcp' }>>
  readonly grpc: readonly Listener[]
  readonly grpcTls: readonly Listener[]
  /** Owner and mode of unix sockets; '' leaves them as the process makes them. */
  readonly unixSockets: { readonly user: string, readonly group: string, readonly mode: string }
}

/** -1: off. */
export interface PortConfig {
  readonly http: number
  readonly https: number
  readonly dns: number
  readonly grpc: number
  readonly grpcTls: number
  readonly server: number
  readonly serfLan: number
  readonly serfWan: number
  /** Range for sidecars that name no port. */
  readonly sidecarMin: number
  readonly sidecarMax: number
  readonly exposeMin: number
  readonly exposeMax: number
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

export interface LogConfig {
  readonly level: LogLevel
  readonly json: boolean
  /** '' is standard output alone. A path ending in `/` is a folder, where `consul.log` is written. */
  readonly file: string
  /** 0: by size alone. */
  readonly rotateDurationMs: number
  /** 0: by time alone. */
  readonly rotateBytes: number
  /** 0 keeps all, -1 none but the current one. */
  readonly rotateMaxFiles: number
}

export interface HttpConfig {
  /** Added to every answer. */
  readonly responseHeaders: Readonly<Record<string, string>>
  /** Path prefixes that answer 403. */
  readonly blockEndpoints: readonly string[]
  /** CIDRs that may write; empty: everyone. */
  readonly allowWriteFrom: readonly string[]
  /** `?cached` is served from the agent's cache. */
  readonly useCache: boolean
  /** Answers 400 to keys and paths with unprintable characters, unless this is set. */
  readonly disableUnprintableCharFilter: boolean
  /** Names besides IPs and `localhost` that a loopback listener answers to in `Host`. */
  readonly allowedHosts: readonly string[]
  /** Origins besides the server's own that a browser may send changes or open watch streams from. */
  readonly allowedOrigins: readonly string[]
}

export interface DnsConfig {
  /** Small letters, one dot at the end. */
  readonly domain: string
  /** As `domain`; '' when there is none. */
  readonly altDomain: string
  readonly nodeTtlMs: number
  /** By service name, `prefix*` or `*`. */
  readonly serviceTtlMs: Readonly<Record<string, number>>
  readonly soa: { readonly refreshSeconds: number, readonly retrySeconds: number, readonly expireSeconds: number, readonly minTtlSeconds: number }
  readonly onlyPassing: boolean
  readonly enableTruncate: boolean
  readonly disableCompression: boolean
  readonly udpAnswerLimit: number
  /** 0: no limit. */
  readonly aRecordLimit: number
  readonly enableAdditionalNodeMetaTxt: boolean
  /** `host:port` each. */
  readonly recursors: readonly string[]
  readonly recursorStrategy: 'sequential' | 'random'
  readonly recursorTimeoutMs: number
  readonly allowStale: boolean
  readonly maxStaleMs: number
  readonly useCache: boolean
  readonly cacheMaxAgeMs: number
}

/** Each limit has a metric and an answer of its own; see the field. */
export interface LimitConfig {
  /** Open HTTP connections from one address; loopback counts none. Answer past it: 429 and the connection is closed. 0: no limit. */
  readonly httpMaxConnsPerClient: number
  /** Bytes of a request body that no other limit is for. Answer: 413. */
  readonly maxBodyBytes: number
  /** Bytes of a request's header block. Answer: 431. */
  readonly maxHeaderBytes: number
  /** ms in which a TLS handshake must be done. Answer: the connection is closed. */
  readonly httpsHandshakeTimeoutMs: number
  /** ms from the connection to the last byte of a header block. Answer: 408. */
  readonly headersTimeoutMs: number
  /** ms from the first byte of a request to the last of its body. Answer: 408. */
  readonly requestTimeoutMs: number
  /** Blocking queries held at once. Answer: 429 with `Retry-After`. */
  readonly maxBlockingReaders: number
  /** Watch streams open at once. Answer: 429 with `Retry-After`. */
  readonly maxStreams: number
  /** Subscriptions on one watch stream. Answer: an `error` frame. */
  readonly maxSubscriptionsPerStream: number
  /** Bytes that may wait for one stream's reader before it counts as slow: nothing more is sent, and when it has read it is moved to the newest state. */
  readonly maxStreamBacklogBytes: number
  /** DNS questions a second from one address; loopback counts none. 0: no limit. Answer past it: silence on UDP. */
  readonly dnsRatePerSource: number
  /** DNS questions that one address may ask at once before the rate counts. */
  readonly dnsBurstPerSource: number
  /** HTTP requests a second from one address. 0: off. Answer: 429 with `Retry-After`. */
  readonly requestRatePerClient: number
  readonly requestBurstPerClient: number
  /** `limits.request_limits`: all clients together, as Consul counts them. */
  readonly requestLimits: { readonly mode: 'disabled' | 'permissive' | 'enforcing', readonly readRate: number, readonly writeRate: number }
  /** Bytes. Answer: 413. */
  readonly kvMaxValueBytes: number
  /** Bytes. Answer: 413. */
  readonly txnMaxBytes: number
}

export interface LeaseConfig {
  readonly minTtlMs: number
  readonly maxTtlMs: number
  /** Deregister time of a lease that names none. */
  readonly defaultDeregisterAfterMs: number
  readonly minDeregisterAfterMs: number
}

/** When the registry suspects itself rather than those who fell silent. */
export interface GuardConfig {
  /** False: removal never stops. */
  readonly enabled: boolean
  /** Share of all owners that must fall silent within the window, 0 to 1. More: it holds later. */
  readonly ratio: number
  /** Owners that must fall silent besides. More: small clusters are never held. */
  readonly minOwners: number
  readonly windowMs: number
  /** None may fall silent for so long before removal goes on. */
  readonly quietMs: number
  /** Removal goes on at the latest after so long. */
  readonly maxHoldMs: number
}

export interface CheckConfig {
  /** Bytes of output that are kept. */
  readonly outputMaxBytes: number
  /** How long a change of output alone may wait for the catalog; 0: not at all. */
  readonly updateIntervalMs: number
  /** No output is kept at all. */
  readonly discardOutput: boolean
  /** Script checks may be registered over HTTP (and in files). */
  readonly enableScripts: boolean
  /** Script checks may be defined in files. */
  readonly enableLocalScripts: boolean
  /** Checks present the agent's own certificate. */
  readonly enableAgentTls: boolean
  /** Shortest `deregister_critical_service_after`; lower ones are raised. */
  readonly deregisterMinMs: number
  /** How often the reaper looks. */
  readonly reapIntervalMs: number
  /** CIDRs that no HTTP check reaches: not by address, not by name, not by redirect. */
  readonly deniedNetworks: readonly string[]
  /** CIDRs that are reached all the same. */
  readonly allowedNetworks: readonly string[]
  /** Checks running at once. More: a burst is over sooner; less: fewer sockets and children. */
  readonly maxConcurrent: number
  /** `unix:///…` or `tcp://host:port` of the Docker daemon. */
  readonly dockerHost: string
}

export interface QueryConfig {
  /** ms that a request which needs a leader waits for one to be in reach (a local agent's server) before it is answered `No cluster leader`. */
  readonly holdMs: number
  /** Wait of a blocking query that names none. */
  readonly defaultTimeMs: number
  readonly maxTimeMs: number
  /** 0: reads of discovery are consistent unless they say `stale`. */
  readonly discoveryMaxStaleMs: number
  /** Agents ask for pushed updates rather than poll. */
  readonly useStreamingBackend: boolean
}

export interface AclConfig {
  readonly enabled: boolean
  readonly defaultPolicy: 'allow' | 'deny'
  readonly downPolicy: 'allow' | 'deny' | 'extend-cache' | 'async-cache'
  readonly tokenTtlMs: number
  readonly policyTtlMs: number
  readonly roleTtlMs: number
  readonly enableKeyListPolicy: boolean
  readonly enableTokenPersistence: boolean
  readonly enableTokenReplication: boolean
  readonly tokens: {
    readonly initialManagement: string
    readonly default: string
    readonly agent: string
    readonly agentRecovery: string
    readonly replication: string
    readonly configFileRegistration: string
    readonly dns: string
  }
}

export interface ConnectConfig {
  readonly enabled: boolean
  /** '' is `consul`. */
  readonly caProvider: string
  /** Provider settings as written (`cluster_id`, `leaf_cert_ttl`, …). */
  readonly caConfig: Readonly<Record<string, unknown>>
}

export interface UiConfig {
  readonly enabled: boolean
  /** The page shows and changes nothing: writes that a browser says come from it are refused. */
  readonly readOnly: boolean
  /** Begins and ends with `/`. */
  readonly contentPath: string
  readonly dir: string
  readonly metricsProvider: string
  readonly metricsProviderFiles: readonly string[]
  readonly metricsProviderOptionsJson: string
  readonly metricsProxy: {
    readonly baseUrl: string
    readonly addHeaders: ReadonlyArray<{ readonly name: string, readonly value: string }>
    readonly pathAllowlist: readonly string[]
  }
  readonly dashboardUrlTemplates: Readonly<Record<string, string>>
}

export interface TelemetryConfig {
  readonly disableHostname: boolean
  readonly metricsPrefix: string
  /** 0: `/v1/agent/metrics?format=prometheus` is refused. */
  readonly prometheusRetentionMs: number
  readonly filterDefault: boolean
  /** Begins of names that are let through. */
  readonly allowedPrefixes: readonly string[]
  readonly blockedPrefixes: readonly string[]
}

export interface LeaveConfig {
  /** SIGTERM leaves before it ends. */
  readonly onTerminate: boolean
  /** SIGINT ends without leaving. */
  readonly skipOnInterrupt: boolean
  /** How long what is in flight may take when leaving, ms. */
  readonly drainMs: number
}

export interface TlsListenerConfig {
  readonly caFile: string
  readonly caPath: string
  readonly certFile: string
  readonly keyFile: string
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly cipherSuites: readonly string[]
  readonly verifyIncoming: boolean
  readonly verifyOutgoing: boolean
}

export interface TlsConfig { readonly https: TlsListenerConfig, readonly grpc: TlsListenerConfig }

export interface JoinConfig {
  readonly lan: readonly string[]
  readonly wan: readonly string[]
  readonly retryIntervalMs: number
  /** 0: for ever. */
  readonly retryMax: number
}

export interface AutopilotConfig {
  readonly cleanupDeadServers: boolean
  readonly lastContactThresholdMs: number
  readonly maxTrailingLogs: number
  readonly minQuorum: number
  readonly serverStabilizationTimeMs: number
}
