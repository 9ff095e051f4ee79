// What takes effect on SIGHUP and PUT /v1/agent/reload, as data: the rest of the settings waits for a restart. Whoever reads one of these keeps no copy.

import { isDeepStrictEqual } from 'node:util'
import { freeze } from './freeze.js'
import type { RuntimeConfig } from './runtime-config.js'

/** Paths in RuntimeConfig that a reload takes over, whole. */
export const RELOADED: readonly string[] = [
  'definitions',
  'watches',
  'log.level',
  'dns.nodeTtlMs',
  'dns.serviceTtlMs',
  'dns.soa',
  'dns.onlyPassing',
  'dns.enableTruncate',
  'dns.disableCompression',
  'dns.udpAnswerLimit',
  'dns.aRecordLimit',
  'dns.enableAdditionalNodeMetaTxt',
  'dns.recursors',
  'dns.recursorStrategy',
  'dns.recursorTimeoutMs',
  'dns.allowStale',
  'dns.maxStaleMs',
  'dns.useCache',
  'dns.cacheMaxAgeMs',
  'limits.httpMaxConnsPerClient',
  'limits.maxBodyBytes',
  'limits.maxBlockingReaders',
  'limits.maxStreams',
  'limits.maxSubscriptionsPerStream',
  'limits.maxStreamBacklogBytes',
  'limits.dnsRatePerSource',
  'limits.dnsBurstPerSource',
  'limits.requestRatePerClient',
  'limits.requestBurstPerClient',
  'limits.requestLimits',
  'limits.kvMaxValueBytes',
  'limits.txnMaxBytes',
  'guard',
  'query.discoveryMaxStaleMs',
  'http.responseHeaders',
  'http.blockEndpoints',
  'http.allowWriteFrom',
  'checks.updateIntervalMs',
  'checks.discardOutput',
  'checks.deniedNetworks',
  'checks.allowedNetworks',
]

/** Parts that are no settings: how they were come by, and what the first start has settled. */
const ABOUT: readonly string[] = ['sources', 'warnings', 'node.id', 'cluster.serverId']

/** Is something below this path treated apart from the rest? */
const isParted = (path: string): boolean => [...RELOADED, ...ABOUT].some(other => other.startsWith(`${path}.`))

export interface Reloaded {
  /** The running settings with what a reload takes over. */
  readonly config: RuntimeConfig
  /** Paths whose new values wait for a restart. */
  readonly waiting: readonly string[]
}

/**
 * @param running what the agent runs on
 * @param read what `readConfig` gives now for the same arguments
 */
export function reloaded (running: RuntimeConfig, read: RuntimeConfig): Reloaded {
  const waiting: string[] = []
  const take = (before: unknown, now: unknown, path: string): unknown => {
    if (RELOADED.includes(path)) return now
    if (ABOUT.includes(path)) return before
    if (isBlock(before) && isBlock(now) && isParted(path)) {
      return Object.fromEntries(Object.keys(before).map(key => [key, take(before[key], now[key], `${path}.${key}`)]))
    }
    if (!isDeepStrictEqual(before, now)) waiting.push(path)
    return before
  }
  const config = Object.fromEntries(Object.entries(running).map(([key, before]) => [key, take(before, read[key as keyof RuntimeConfig], key)])) as unknown as RuntimeConfig
  return { config: freeze({ ...config, sources: read.sources, warnings: read.warnings }), waiting }
}

const isBlock = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)
