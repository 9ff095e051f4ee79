// Limits, and the parts of Roster's own that are numbers: leases, guard.

import { isNetwork } from './ip.js'
import type { Reader } from '../context.js'
import type { AgentFragment } from '../keys/agent.js'
import type { CheckConfig, GuardConfig, LeaseConfig, LimitConfig } from '../runtime-config.js'

export function buildLimits (settings: Reader<AgentFragment>, defaults: LimitConfig): LimitConfig {
  const { context } = settings
  const limits = settings.block('limits')
  const own = settings.block('roster').block('limits')
  const requests = limits.block('request_limits')
  const mode = requests.get('mode', defaults.requestLimits.mode)
  if (mode !== 'disabled' && mode !== 'permissive' && mode !== 'enforcing') context.problem(`limits.request_limits.mode: invalid mode: "${mode}"`, requests.at('mode'))
  const headerBytes = settings.block('http_config').get('max_header_bytes', 0)
  return {
    httpMaxConnsPerClient: Math.max(0, limits.get('http_max_conns_per_client', defaults.httpMaxConnsPerClient)),
    maxBodyBytes: own.number('max_body_bytes', defaults.maxBodyBytes, 1024),
    maxHeaderBytes: own.number('max_header_bytes', headerBytes > 0 ? headerBytes : defaults.maxHeaderBytes, 1024),
    httpsHandshakeTimeoutMs: limits.duration('https_handshake_timeout', defaults.httpsHandshakeTimeoutMs),
    headersTimeoutMs: own.positiveDuration('headers_timeout', defaults.headersTimeoutMs),
    requestTimeoutMs: own.positiveDuration('request_timeout', defaults.requestTimeoutMs),
    maxBlockingReaders: own.number('max_blocking_readers', defaults.maxBlockingReaders, 1),
    maxStreams: own.number('max_streams', defaults.maxStreams, 0),
    maxSubscriptionsPerStream: own.number('max_subscriptions_per_stream', defaults.maxSubscriptionsPerStream, 1),
    maxStreamBacklogBytes: own.number('max_stream_backlog_bytes', defaults.maxStreamBacklogBytes, 1),
    dnsRatePerSource: own.number('dns_rate_per_source', defaults.dnsRatePerSource, 0),
    dnsBurstPerSource: own.number('dns_burst_per_source', defaults.dnsBurstPerSource, 1),
    requestRatePerClient: own.number('request_rate_per_client', defaults.requestRatePerClient, 0),
    requestBurstPerClient: own.number('request_burst_per_client', defaults.requestBurstPerClient, 0),
    requestLimits: {
      mode: mode as LimitConfig['requestLimits']['mode'],
      readRate: requests.get('read_rate', defaults.requestLimits.readRate),
      writeRate: requests.get('write_rate', defaults.requestLimits.writeRate),
    },
    kvMaxValueBytes: limits.get('kv_max_value_size', defaults.kvMaxValueBytes),
    txnMaxBytes: limits.get('txn_max_req_len', defaults.txnMaxBytes),
  }
}

export function buildLeases (settings: Reader<AgentFragment>, defaults: LeaseConfig): LeaseConfig {
  const leases = settings.block('roster').block('leases')
  const built = {
    minTtlMs: leases.positiveDuration('min_ttl', defaults.minTtlMs),
    maxTtlMs: leases.positiveDuration('max_ttl', defaults.maxTtlMs),
    defaultDeregisterAfterMs: leases.positiveDuration('default_deregister_after', defaults.defaultDeregisterAfterMs),
    minDeregisterAfterMs: leases.positiveDuration('min_deregister_after', defaults.minDeregisterAfterMs),
  }
  if (built.minTtlMs > built.maxTtlMs) settings.context.problem('roster.leases.min_ttl: must not be more than max_ttl', leases.at('min_ttl') ?? leases.at('max_ttl'))
  return built
}

export function buildGuard (settings: Reader<AgentFragment>, defaults: GuardConfig): GuardConfig {
  const guard = settings.block('roster').block('guard')
  return {
    enabled: guard.get('enabled', defaults.enabled),
    ratio: guard.number('ratio', defaults.ratio, 0, 1),
    minOwners: guard.number('min_owners', defaults.minOwners, 1),
    windowMs: guard.positiveDuration('window', defaults.windowMs),
    quietMs: guard.positiveDuration('quiet', defaults.quietMs),
    maxHoldMs: guard.positiveDuration('max_hold', defaults.maxHoldMs),
  }
}

export function buildChecks (settings: Reader<AgentFragment>, defaults: CheckConfig): CheckConfig {
  const own = settings.block('roster').block('checks')
  const networks = (key: 'denied_networks' | 'allowed_networks', fallback: readonly string[]): readonly string[] => {
    const given = own.get(key, undefined)
    for (const network of given ?? []) if (!isNetwork(network)) settings.context.problem(`roster.checks.${key}: invalid cidr: ${network}`, own.at(key))
    return given ?? fallback
  }
  return {
    outputMaxBytes: settings.get('check_output_max_size', defaults.outputMaxBytes),
    updateIntervalMs: settings.duration('check_update_interval', defaults.updateIntervalMs),
    discardOutput: settings.get('discard_check_output', defaults.discardOutput),
    enableScripts: settings.get('enable_script_checks', defaults.enableScripts),
    enableLocalScripts: settings.get('enable_script_checks', false) || settings.get('enable_local_script_checks', defaults.enableLocalScripts),
    enableAgentTls: settings.get('enable_agent_tls_for_checks', defaults.enableAgentTls),
    deregisterMinMs: own.positiveDuration('deregister_min', defaults.deregisterMinMs),
    reapIntervalMs: own.positiveDuration('reap_interval', defaults.reapIntervalMs),
    deniedNetworks: networks('denied_networks', defaults.deniedNetworks),
    allowedNetworks: networks('allowed_networks', defaults.allowedNetworks),
    maxConcurrent: own.number('max_concurrent', defaults.maxConcurrent, 1),
    dockerHost: own.get('docker_host', defaults.dockerHost),
  }
}
