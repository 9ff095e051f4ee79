// What names mean to the DNS door: domains, times to live, limits, recursors.

import { ConfigError } from '../config-error.js'
import { readDuration, type Reader } from '../context.js'
import { isAny } from './ip.js'
import type { AgentFragment } from '../keys/agent.js'
import type { DnsConfig } from '../runtime-config.js'

export function buildDns (settings: Reader<AgentFragment>, defaults: DnsConfig): DnsConfig {
  const { context } = settings
  const dns = settings.block('dns_config')
  const soa = dns.block('soa').fragment
  const serviceTtlMs: Record<string, number> = Object.create(null) as Record<string, number>
  for (const [service, text] of Object.entries(dns.get('service_ttl', {}))) {
    serviceTtlMs[service] = readDuration(context, `dns_config.service_ttl["${service}"]`, text, dns.at('service_ttl'))
  }
  const recursorStrategy = dns.get('recursor_strategy', '') === '' ? defaults.recursorStrategy : dns.get('recursor_strategy', '')
  if (recursorStrategy !== 'sequential' && recursorStrategy !== 'random') context.problem(`dns_config.recursor_strategy: invalid strategy: "${recursorStrategy}"`, dns.at('recursor_strategy'))
  return {
    domain: domainName(settings.get('domain', defaults.domain)),
    altDomain: domainName(settings.get('alt_domain', defaults.altDomain)),
    nodeTtlMs: dns.duration('node_ttl', defaults.nodeTtlMs),
    serviceTtlMs,
    soa: {
      refreshSeconds: soa.refresh ?? defaults.soa.refreshSeconds,
      retrySeconds: soa.retry ?? defaults.soa.retrySeconds,
      expireSeconds: soa.expire ?? defaults.soa.expireSeconds,
      minTtlSeconds: soa.min_ttl ?? defaults.soa.minTtlSeconds,
    },
    onlyPassing: dns.get('only_passing', defaults.onlyPassing),
    enableTruncate: dns.get('enable_truncate', defaults.enableTruncate),
    disableCompression: dns.get('disable_compression', defaults.disableCompression),
    udpAnswerLimit: dns.get('udp_answer_limit', defaults.udpAnswerLimit),
    aRecordLimit: dns.get('a_record_limit', defaults.aRecordLimit),
    enableAdditionalNodeMetaTxt: dns.get('enable_additional_node_meta_txt', defaults.enableAdditionalNodeMetaTxt),
    recursors: recursors(settings),
    recursorStrategy: recursorStrategy as DnsConfig['recursorStrategy'],
    recursorTimeoutMs: dns.duration('recursor_timeout', defaults.recursorTimeoutMs, 'recursor_timeout'),
    allowStale: dns.get('allow_stale', defaults.allowStale),
    maxStaleMs: dns.duration('max_stale', defaults.maxStaleMs),
    useCache: dns.get('use_cache', defaults.useCache),
    cacheMaxAgeMs: dns.duration('cache_max_age', defaults.cacheMaxAgeMs),
  }
}

/** Small letters and one dot at the end; '' stays. */
function domainName (text: string): string {
  const name = text.toLowerCase().replace(/\.+$/, '')
  return name === '' ? '' : `${name}.`
}

/** Each with its port, every one once. @throws ConfigError for what can never answer */
function recursors (settings: Reader<AgentFragment>): readonly string[] {
  const at = settings.at('recursors')
  const found = settings.get('recursors', []).flatMap(text => text.split(/\s+/)).filter(text => text !== '').map(text => {
    if (text.startsWith('unix://')) throw new ConfigError(`DNS Recursors cannot be unix sockets: ${text}`, at === undefined ? [] : [at])
    const [, v6, v6Port, host, port] = /^\[([^\]]*)\](?::(\d+))?$|^([^:]*)(?::(\d+))?$/.exec(text) ?? [undefined, text]
    const name = v6 ?? host!
    if (isAny(name)) throw new ConfigError('DNS recursor address cannot be 0.0.0.0, :: or [::]', at === undefined ? [] : [at])
    return `${v6 === undefined ? name : `[${name}]`}:${v6Port ?? port ?? '53'}`
  })
  return [...new Set(found)]
}
