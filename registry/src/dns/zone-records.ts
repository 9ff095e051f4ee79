// Records about a zone itself: its SOA, and the servers that answer for it (NS with glue).

import { TYPE } from './codes.js'
import { nodeLocation } from './instance.js'
import { below } from './names.js'
import { addressRecord, fullName } from './record.js'
import type { Arrange, LookupContext } from './lookup.js'
import type { Zone } from './names.js'
import type { ResourceRecord } from './record.js'
import type { DnsConfig } from '../config/runtime-config.js'

/** Instances of this service are the servers. */
const SERVERS = 'consul'
const MAX_SERVERS = 3
/** What can stand as one label of a host name (RFC 1123 2.1). */
const HOST_LABEL = /^[a-z0-9-]{1,63}$/

/** @param second of now; a serial that only grows */
export function soaRecord (zone: string, second: number, { refreshSeconds, retrySeconds, expireSeconds, minTtlSeconds }: DnsConfig['soa']): ResourceRecord {
  return {
    name: zone,
    type: TYPE.SOA,
    ttl: minTtlSeconds,
    primary: below('ns', zone),
    mailbox: below('hostmaster', zone),
    serial: second >>> 0,
    refresh: refreshSeconds,
    retry: retrySeconds,
    expire: expireSeconds,
    minTtl: minTtlSeconds,
  }
}

/** Three at most, in any order; the zone's name as it was asked, theirs in small letters. */
export function nameServers ({ fit, settings: { nodeTtl: ttl }, datacenter }: LookupContext, zone: Zone, arrange: Arrange): { readonly records: ResourceRecord[], readonly glue: ResourceRecord[] } {
  const records: ResourceRecord[] = []
  const glue: ResourceRecord[] = []
  const seen = new Set<string>()
  for (const { node } of arrange(fit.named(SERVERS, false).rows)) {
    const label = node.name.toLowerCase()
    if (!HOST_LABEL.test(label) || seen.has(label)) continue
    seen.add(label)
    const target = below(`${label}.node.${datacenter}`, zone.name)
    records.push({ name: zone.written, type: TYPE.NS, ttl, target })
    const { text, ip } = nodeLocation(node, TYPE.NS)
    const name = ip === undefined ? fullName(text) : undefined
    if (ip !== undefined) glue.push(addressRecord(target, ttl, ip))
    else if (name !== undefined) glue.push({ name: target, type: TYPE.CNAME, ttl, target: name })
    if (records.length === MAX_SERVERS) break
  }
  return { records, glue }
}
