// From merged settings to the RuntimeConfig: every part from its builder, and what is left over.

import { resolve } from 'node:path'
import { buildAddresses, type Machine } from './addresses.js'
import { buildCheck, buildService } from './definitions.js'
import { buildDns } from './dns.js'
import { buildCluster, buildEtcd, SHARED_NODE } from './etcd.js'
import { buildChecks, buildGuard, buildLeases, buildLimits } from './limits.js'
import { buildAcl, buildConnect, buildTls } from './security.js'
import { buildHttp, buildLog, buildTelemetry, buildUi } from './views.js'
import type { Reader } from '../context.js'
import type { AgentFragment } from '../keys/agent.js'
import type { RuntimeConfig } from '../runtime-config.js'

export interface Surroundings {
  readonly cwd: string
  readonly hostname: string
  readonly machine: Machine
  readonly sources: readonly string[]
}

/** Keys that say what the node's address is. */
const ADDRESS_KEYS = ['advertise_addr', 'advertise_addr_ipv4', 'advertise_addr_ipv6', 'bind_addr'] as const

/** Everything but the node's ID, which is only looked at. Problems of single values are collected in the context. @throws ConfigError for addresses */
export function buildRuntime (settings: Reader<AgentFragment>, defaults: RuntimeConfig, { cwd, hostname, machine, sources }: Surroundings): RuntimeConfig {
  const { context } = settings
  const { addresses, listen, ports } = buildAddresses(settings, defaults, machine)
  const datacenter = settings.get('datacenter', defaults.datacenter).toLowerCase()
  const primary = settings.get('primary_datacenter', '').toLowerCase()
  const dataDir = settings.get('data_dir', '')
  const expect = settings.get('bootstrap_expect', defaults.bootstrapExpect)
  const name = settings.get('node_name', '').trim()
  const engine = settings.block('roster').get('engine', defaults.engine) as RuntimeConfig['engine']
  const autopilot = settings.block('autopilot')
  const locality = settings.fragment.locality
  const server = settings.get('server', true)
  if (expect === 1) context.warn('BootstrapExpect is set to 1; this is the same as Bootstrap mode.')
  return {
    dev: defaults.dev,
    dataDir: dataDir === '' ? undefined : resolve(cwd, dataDir),
    engine,
    etcd: buildEtcd(settings, defaults.etcd, cwd),
    cluster: buildCluster(settings, defaults.cluster),
    server,
    localAgent: {
      leaseTtlMs: settings.block('roster').block('local_agent').positiveDuration('lease_ttl', defaults.localAgent.leaseTtlMs),
      learnAddress: !server && ADDRESS_KEYS.every(key => settings.fragment[key] === undefined),
    },
    bootstrap: settings.get('bootstrap', defaults.bootstrap) || expect === 1,
    bootstrapExpect: expect === 1 ? 0 : expect,
    datacenter,
    primaryDatacenter: primary === '' ? datacenter : primary,
    version: settings.get('version', defaults.version),
    node: {
      // Several servers are one agent: whichever a client reaches.
      name: name !== '' ? name : engine === 'etcd' ? SHARED_NODE : hostname,
      id: settings.get('node_id', '').toLowerCase(),
      meta: settings.get('node_meta', defaults.node.meta),
      locality: locality === undefined ? undefined : { region: locality.region ?? '', zone: locality.zone ?? '' },
    },
    addresses,
    listen,
    ports,
    log: buildLog(settings, defaults.log),
    http: buildHttp(settings, defaults.http),
    dns: buildDns(settings, defaults.dns),
    limits: buildLimits(settings, defaults.limits),
    leases: buildLeases(settings, defaults.leases),
    guard: buildGuard(settings, defaults.guard),
    checks: buildChecks(settings, defaults.checks),
    definitions: {
      services: settings.get('services', []).map(service => buildService(context, service)),
      checks: settings.get('checks', []).map(check => buildCheck(context, check)),
    },
    query: {
      holdMs: settings.block('performance').duration('rpc_hold_timeout', defaults.query.holdMs),
      defaultTimeMs: settings.duration('default_query_time', defaults.query.defaultTimeMs),
      maxTimeMs: settings.duration('max_query_time', defaults.query.maxTimeMs),
      discoveryMaxStaleMs: settings.duration('discovery_max_stale', defaults.query.discoveryMaxStaleMs),
      useStreamingBackend: settings.get('use_streaming_backend', defaults.query.useStreamingBackend),
    },
    acl: buildAcl(settings, defaults.acl),
    connect: buildConnect(settings, defaults.connect),
    ui: buildUi(settings, defaults.ui),
    telemetry: buildTelemetry(settings, defaults.telemetry),
    leave: {
      // An agent that is told to end takes its node along; a server stays a member.
      onTerminate: settings.get('leave_on_terminate', server ? defaults.leave.onTerminate : true),
      skipOnInterrupt: settings.get('skip_leave_on_interrupt', server ? defaults.leave.skipOnInterrupt : false),
      drainMs: settings.block('performance').duration('leave_drain_time', defaults.leave.drainMs),
    },
    tls: buildTls(settings, defaults.tls),
    join: {
      lan: settings.get('retry_join', defaults.join.lan),
      wan: settings.get('retry_join_wan', defaults.join.wan),
      retryIntervalMs: settings.duration('retry_interval', defaults.join.retryIntervalMs),
      retryMax: settings.get('retry_max', defaults.join.retryMax),
    },
    watches: settings.get('watches', defaults.watches),
    configEntriesBootstrap: settings.block('config_entries').get('bootstrap', defaults.configEntriesBootstrap),
    sessionTtlMinMs: settings.duration('session_ttl_min', defaults.sessionTtlMinMs),
    disableCoordinates: settings.get('disable_coordinates', defaults.disableCoordinates),
    disableKvKeyValidation: settings.get('disable_kv_key_validation', defaults.disableKvKeyValidation),
    disableRemoteExec: settings.get('disable_remote_exec', defaults.disableRemoteExec),
    enableCentralServiceConfig: settings.get('enable_central_service_config', defaults.enableCentralServiceConfig),
    peeringEnabled: settings.block('peering').get('enabled', defaults.peeringEnabled),
    enableDebug: settings.get('enable_debug', defaults.enableDebug),
    autoReloadConfig: settings.get('auto_reload_config', defaults.autoReloadConfig),
    pidFile: settings.get('pid_file', defaults.pidFile),
    experiments: settings.get('experiments', defaults.experiments),
    defaultIntentionPolicy: settings.get('default_intention_policy', defaults.defaultIntentionPolicy),
    autopilot: {
      cleanupDeadServers: autopilot.get('cleanup_dead_servers', defaults.autopilot.cleanupDeadServers),
      lastContactThresholdMs: autopilot.duration('last_contact_threshold', defaults.autopilot.lastContactThresholdMs),
      maxTrailingLogs: autopilot.get('max_trailing_logs', defaults.autopilot.maxTrailingLogs),
      minQuorum: autopilot.get('min_quorum', defaults.autopilot.minQuorum),
      serverStabilizationTimeMs: autopilot.duration('server_stabilization_time', defaults.autopilot.serverStabilizationTimeMs),
    },
    raft: {
      multiplier: settings.block('performance').get('raft_multiplier', defaults.raft.multiplier),
      protocol: settings.get('raft_protocol', defaults.raft.protocol),
    },
    sources,
    warnings: [],
  }
}
