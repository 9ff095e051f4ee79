// What dns_config means for answers, worked out once for each change of the settings.

import { zonesOf } from './names.js'
import type { DnsConfig } from '../config/runtime-config.js'
import type { Zones } from './names.js'

export interface DnsSettings {
  readonly config: DnsConfig
  readonly zones: Zones
  /** Seconds. */
  readonly nodeTtl: number
  /** Seconds for a service, by its name in small letters. */
  readonly serviceTtl: (name: string) => number
  readonly recurses: boolean
}

export function dnsSettings (config: DnsConfig): DnsSettings {
  return {
    config,
    zones: zonesOf(config.domain, config.altDomain),
    nodeTtl: wholeSeconds(config.nodeTtlMs),
    serviceTtl: serviceTtl(config.serviceTtlMs),
    recurses: config.recursors.length > 0,
  }
}

/** A name itself first, then the longest `prefix*`; nothing that fits is 0. */
function serviceTtl (byPattern: Readonly<Record<string, number>>): (name: string) => number {
  const exact = new Map<string, number>()
  const prefixes: Array<readonly [prefix: string, ttl: number]> = []
  for (const [pattern, ms] of Object.entries(byPattern)) {
    if (pattern.endsWith('*')) prefixes.push([pattern.slice(0, -1), wholeSeconds(ms)])
    else exact.set(pattern, wholeSeconds(ms))
  }
  prefixes.sort(([a], [b]) => b.length - a.length)
  return name => exact.get(name) ?? prefixes.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 0
}

/** The most that a TTL can say (RFC 2181 8). */
const MAX_TTL = 2 ** 31 - 1

const wholeSeconds = (ms: number): number => Math.min(Math.max(Math.floor(ms / 1000), 0), MAX_TTL)
