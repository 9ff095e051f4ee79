// The values of all settings that nobody set, in one literal, and what `-dev` changes of them. Reasons stand beside the numbers that are Roster's own;
// the others are Consul's, which its users count on.

import type { RuntimeConfig, TlsListenerConfig } from './runtime-config.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const tlsListener: TlsListenerConfig = {
  caFile: '', caPath: '', certFile: '', keyFile: '', minVersion: 'TLSv1.2', cipherSuites: [], verifyIncoming: false, verifyOutgoing: false,
}

/** Everything that does not depend on the machine. Node name and id, addresses and listeners are worked out from it and from what was set. */
export const defaults: RuntimeConfig = {
  dev: false,
  dataDir: undefined,
  engine: 'embedded',
  etcd: { endpoints: ['http://127.0.0.1:2379'], prefix: 'roster/', caFile: '', certFile: '', keyFile: '', user: '', password: '' },
  cluster: { serverId: '', advertiseHttp: '', readOnly: false },
  // Consul's default is a client, which would find nobody where there is one machine and no server to join.
  server: true,
  localAgent: {
    leaseTtlMs: 10 * SECOND, // as long as gossip takes to be sure that an agent is dead; renewed three times in it
    learnAddress: false,
  },
  bootstrap: false,
  bootstrapExpect: 0,
  datacenter: 'dc1',
  primaryDatacenter: '',
  version: '1.23.0',
  node: { name: '', id: '', meta: {}, locality: undefined },
  addresses: {
    // Consul binds every address; with ACLs off whoever reaches the port may write, so strangers have to be asked in.
    bind: '127.0.0.1', client: ['127.0.0.1'], advertise: '127.0.0.1', advertiseWan: '127.0.0.1', tagged: {}, translateWan: false, reachableByStrangers: false,
  },
  listen: { http: [], https: [], dns: [], grpc: [], grpcTls: [], unixSockets: { user: '', group: '', mode: '' } },
  ports: {
    http: 8500, https: -1, dns: 8600, grpc: -1, grpcTls: 8503, server: 8300, serfLan: 8301, serfWan: 8302, sidecarMin: 21000, sidecarMax: 21255, exposeMin: 21500, exposeMax: 21755,
  },
  log: { level: 'INFO', json: false, file: '', rotateDurationMs: 24 * HOUR, rotateBytes: 0, rotateMaxFiles: 0 },
  http: {
    responseHeaders: {}, blockEndpoints: [], allowWriteFrom: [], useCache: true, disableUnprintableCharFilter: false, allowedHosts: [], allowedOrigins: [],
  },
  dns: {
    domain: 'consul.',
    altDomain: 'roster.',
    nodeTtlMs: 0,
    serviceTtlMs: {},
    soa: { refreshSeconds: 3600, retrySeconds: 600, expireSeconds: 86400, minTtlSeconds: 0 },
    onlyPassing: false,
    enableTruncate: false,
    disableCompression: false,
    udpAnswerLimit: 3,
    aRecordLimit: 0,
    enableAdditionalNodeMetaTxt: true,
    recursors: [],
    recursorStrategy: 'sequential',
    recursorTimeoutMs: 2 * SECOND,
    allowStale: true,
    maxStaleMs: 87600 * HOUR,
    useCache: false,
    cacheMaxAgeMs: 0,
  },
  limits: {
    httpMaxConnsPerClient: 200, // Consul's; a client that opens more leaks them
    maxBodyBytes: 2 * 1024 * 1024, // four times the largest value of the KV store; a registration is some KB
    maxHeaderBytes: 32 * 1024, // clients of Consul send 20 KB of headers and are served
    httpsHandshakeTimeoutMs: 5 * SECOND,
    headersTimeoutMs: 10 * SECOND, // a slow network needs one; a slow attacker takes as long as it gets
    requestTimeoutMs: 60 * SECOND, // the largest body over a line of 300 kbit/s
    maxBlockingReaders: 50_000, // some 10 KB each: half a GB at the bound
    maxStreams: 20_000, // some 25 KB each
    maxSubscriptionsPerStream: 4000, // two a name (instances and chain), and more names than one process has ever been seen to need
    maxStreamBacklogBytes: 1024 * 1024, // a snapshot of some thousand instances; past it the newest state is cheaper to send than the list of changes
    dnsRatePerSource: 1000, // ten times a busy resolver without a cache; an amplifier needs far more to be of use
    dnsBurstPerSource: 2000, // two seconds of the rate: what piles up while a resolver restarts
    requestRatePerClient: 0,
    requestBurstPerClient: 0, // 0: as many as a second of the rate
    requestLimits: { mode: 'disabled', readRate: -1, writeRate: -1 },
    kvMaxValueBytes: 512 * 1024,
    txnMaxBytes: 512 * 1024,
  },
  leases: {
    minTtlMs: SECOND, // less would be lost in the scheduling noise of a busy host
    maxTtlMs: 24 * HOUR,
    defaultDeregisterAfterMs: MINUTE, // long enough for a restart of the process, short enough for lists to stay true
    minDeregisterAfterMs: SECOND,
  },
  guard: {
    enabled: true,
    ratio: 0.15, // more than one of seven owners at once is rarely the owners' own doing
    minOwners: 10, // a rolling restart of a small cluster stays below
    windowMs: 30 * SECOND, // two or three heartbeats of 10 to 15 s
    quietMs: MINUTE, // everyone has shown up again by then, or is truly gone
    maxHoldMs: 10 * MINUTE, // lists full of the dead are a trouble of their own
  },
  checks: {
    outputMaxBytes: 4096,
    updateIntervalMs: 5 * MINUTE,
    discardOutput: false,
    enableScripts: false,
    enableLocalScripts: false,
    enableAgentTls: false,
    deregisterMinMs: MINUTE,
    reapIntervalMs: 30 * SECOND,
    // Link-local addresses hold the metadata services of clouds, which hand out credentials to whoever asks from this host.
    deniedNetworks: ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', 'fd20:ce::254/128', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32'],
    allowedNetworks: [],
    maxConcurrent: 4096, // a network that swallows the packets of 5,000 checks holds 5,000 runs for their whole time limit: the others must not wait behind them
    dockerHost: 'unix:///var/run/docker.sock',
  },
  definitions: { services: [], checks: [] },
  query: { holdMs: 7 * SECOND, defaultTimeMs: 5 * MINUTE, maxTimeMs: 10 * MINUTE, discoveryMaxStaleMs: 0, useStreamingBackend: true },
  acl: {
    enabled: false,
    defaultPolicy: 'allow',
    downPolicy: 'extend-cache',
    tokenTtlMs: 30 * SECOND,
    policyTtlMs: 30 * SECOND,
    roleTtlMs: 0,
    enableKeyListPolicy: false,
    enableTokenPersistence: false,
    enableTokenReplication: false,
    tokens: { initialManagement: '', default: '', agent: '', agentRecovery: '', replication: '', configFileRegistration: '', dns: '' },
  },
  connect: { enabled: true, caProvider: '', caConfig: {} },
  ui: {
    enabled: false,
    readOnly: false,
    contentPath: '/ui/',
    dir: '',
    metricsProvider: '',
    metricsProviderFiles: [],
    metricsProviderOptionsJson: '',
    metricsProxy: { baseUrl: '', addHeaders: [], pathAllowlist: [] },
    dashboardUrlTemplates: {},
  },
  telemetry: { disableHostname: false, metricsPrefix: 'consul', prometheusRetentionMs: 0, filterDefault: true, allowedPrefixes: [], blockedPrefixes: [] },
  leave: { onTerminate: false, skipOnInterrupt: true, drainMs: 5 * SECOND },
  tls: { https: tlsListener, grpc: tlsListener },
  join: { lan: [], wan: [], retryIntervalMs: 30 * SECOND, retryMax: 0 },
  watches: [],
  configEntriesBootstrap: [],
  sessionTtlMinMs: 0,
  disableCoordinates: false,
  disableKvKeyValidation: false,
  disableRemoteExec: true,
  enableCentralServiceConfig: true,
  peeringEnabled: true,
  enableDebug: false,
  autoReloadConfig: false,
  pidFile: '',
  experiments: [],
  defaultIntentionPolicy: '',
  autopilot: { cleanupDeadServers: true, lastContactThresholdMs: 200, maxTrailingLogs: 250, minQuorum: 0, serverStabilizationTimeMs: 10 * SECOND },
  raft: { multiplier: 5, protocol: 3 },
  sources: [],
  warnings: [],
}

/** What `-dev` sets beneath files and flags: a server to try things on. */
export const devDefaults: RuntimeConfig = {
  ...defaults,
  dev: true,
  engine: 'memory',
  ports: { ...defaults.ports, grpc: 8502 },
  log: { ...defaults.log, level: 'DEBUG' },
  ui: { ...defaults.ui, enabled: true },
  enableDebug: true,
  raft: { ...defaults.raft, multiplier: 1 },
}
