// service-defaults: what holds for every instance of a service and for every proxy that calls it.

import { isIP } from 'node:net'
import { severalErrors } from '../../catalog/service-rules.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, listOfSome, optional, texts } from '../../http/decode/weak/weak-lists.js'
import { int, text, uint32 } from '../../http/decode/weak/weak-scalars.js'
import { ANY, COMMON } from '../entry-kind.js'
import { isDomainName } from '../parts/domain-name.js'
import { metaErrors } from '../parts/meta-rules.js'
import { envoyExtensions, expose, extensionErrors, meshGateway, mutualTlsMode, mutualTlsProblem, proxyMode, transparentProxy } from '../parts/proxy-parts.js'
import { isConnectionBalance, normalUpstream, upstreamConfig, upstreamErrors } from '../parts/upstream-config.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const rateLimits = shape('structs.RateLimits', {
  InstanceLevel: always(shape('structs.InstanceLevelRateLimits', {
    RequestsPerSecond: always(int, 'requests_per_second'),
    RequestsMaxBurst: always(int, 'requests_max_burst'),
    Routes: always(list(shape('structs.InstanceLevelRouteRateLimits', {
      PathExact: always(text, 'path_exact'),
      PathPrefix: always(text, 'path_prefix'),
      PathRegex: always(text, 'path_regex'),
      RequestsPerSecond: always(int, 'requests_per_second'),
      RequestsMaxBurst: always(int, 'requests_max_burst'),
    }))),
  }), 'instance_level'),
})

const fields = shape('structs.ServiceConfigEntry', {
  Kind: always(text),
  Name: always(text),
  /** '' means: as proxy-defaults say, else tcp. */
  Protocol: always(text),
  /** '', transparent or direct; not judged when it is stored. */
  Mode: filled(proxyMode),
  TransparentProxy: filled(transparentProxy, 'transparent_proxy'),
  MutualTLSMode: filled(mutualTlsMode, 'mutual_tls_mode'),
  MeshGateway: filled(meshGateway, 'mesh_gateway'),
  Expose: filled(expose),
  ExternalSNI: filled(text, 'external_sni'),
  UpstreamConfig: filled(optional(shape('structs.UpstreamConfiguration', {
    /** By name of what is called. */
    Overrides: filled(listOfSome(upstreamConfig)),
    Defaults: filled(optional(upstreamConfig)),
  })), 'upstream_config'),
  /** Where a service outside of the mesh is found. */
  Destination: filled(optional(shape('structs.DestinationConfig', { Addresses: filled(texts), Port: filled(int) }))),
  MaxInboundConnections: filled(int, 'max_inbound_connections'),
  LocalConnectTimeoutMs: filled(int, 'local_connect_timeout_ms'),
  LocalRequestTimeoutMs: filled(int, 'local_request_timeout_ms'),
  BalanceInboundConnections: filled(text, 'balance_inbound_connections'),
  RateLimits: filled(optional(rateLimits), 'rate_limits'),
  EnvoyExtensions: filled(envoyExtensions, 'envoy_extensions'),
  ...COMMON,
  MaxRequestHeadersKB: filled(optional(uint32)),
})

export type ServiceDefaults = WeakValue<typeof fields>

function normalize (entry: ServiceDefaults): ServiceDefaults {
  const upstreams = entry.UpstreamConfig
  return {
    ...entry,
    Protocol: entry.Protocol.toLowerCase(),
    UpstreamConfig: upstreams && {
      Overrides: upstreams.Overrides?.map(normalUpstream) ?? null,
      Defaults: upstreams.Defaults && normalUpstream(upstreams.Defaults),
    },
  }
}

const isAddress = (address: string): boolean => (isIP(address) !== 0 && !address.includes('%')) || (isDomainName(address) && !address.includes(ANY))

function destinationErrors ({ Addresses, Port }: NonNullable<ServiceDefaults['Destination']>): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  if (Addresses === null || Addresses.length === 0) found.push('Destination must contain at least one valid address')
  for (const address of Addresses ?? []) {
    if (seen.has(address)) found.push(`Duplicate address '${address}' is not allowed`)
    else if (!isAddress(address)) found.push(`Destination address '${address}' is invalid Could not validate address ${address} as an IP or Hostname`)
    seen.add(address)
  }
  if (Port < 1 || Port > 65535) found.push(`Invalid Port number ${Port}`)
  return found
}

/** What an upstream broke, as one line of the list. */
const inUpstream = (where: string, found: readonly string[]): string[] =>
  found.length === 0 ? [] : [`error in upstream ${where}: ${found.length === 1 && /^(Name |Wildcard )/.test(found[0]!) ? found[0]! : severalErrors(found)}`]

function problem (entry: ServiceDefaults): string | undefined {
  if (entry.Name === '') return 'Name is required'
  if (entry.Name === ANY) return 'service-defaults name must be the name of a service, and not a wildcard'
  const found = metaErrors(entry.Meta)
  if (!isConnectionBalance(entry.BalanceInboundConnections)) found.push(`invalid value for balance_inbound_connections: ${entry.BalanceInboundConnections}`)
  if (!['', 'http', 'http2', 'grpc', 'tcp'].includes(entry.Protocol)) found.push(`invalid value for protocol: ${entry.Protocol}`)
  if (entry.UpstreamConfig !== null && entry.Destination !== null) {
    return severalErrors([...found, 'UpstreamConfig and Destination are mutually exclusive for service defaults'])
  }
  for (const upstream of entry.UpstreamConfig?.Overrides ?? []) {
    found.push(...inUpstream(`override for ${upstream.Name}:${upstream.Name === '' ? '' : upstream.Peer}`, upstreamErrors(upstream, true)))
  }
  const defaults = entry.UpstreamConfig?.Defaults
  if (defaults != null) found.push(...inUpstream('defaults', upstreamErrors(defaults, false)))
  if (entry.Destination !== null) found.push(...destinationErrors(entry.Destination))
  if (entry.RateLimits !== null) found.push('invalid rate_limits config. Rate limiting is a consul enterprise feature')
  found.push(...extensionErrors(entry.EnvoyExtensions))
  return mutualTlsProblem(entry.MutualTLSMode) ?? (found.length === 0 ? undefined : severalErrors(found))
}

export const serviceDefaults: EntryKind<ServiceDefaults> = { kind: 'service-defaults', shape: fields, normalize, problem }
