// ingress-gateway: which services of the mesh are reached from outside, on which ports and by which host names.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, optional, textMap, texts } from '../../http/decode/weak/weak-lists.js'
import { flag, int, text, uint32 } from '../../http/decode/weak/weak-scalars.js'
import { ANY, COMMON, first } from '../entry-kind.js'
import { isDomainName } from '../parts/domain-name.js'
import { changesNothing, headerModifiers, isHttpLike } from '../parts/http-parts.js'
import { metaProblem } from '../parts/meta-rules.js'
import { tlsProblem } from '../parts/tls-rules.js'
import { passiveHealthCheck } from '../parts/upstream-config.js'
import { cipherSuites, tlsVersion } from './mesh.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

/** Where certificates are fetched from (Envoy's secret discovery service). */
const sds = shape('structs.GatewayTLSSDSConfig', { ClusterName: filled(text, 'cluster_name'), CertResource: filled(text, 'cert_resource') })

const tls = shape('structs.GatewayTLSConfig', {
  Enabled: always(flag),
  SDS: filled(optional(sds)),
  TLSMinVersion: filled(tlsVersion, 'tls_min_version'),
  TLSMaxVersion: filled(tlsVersion, 'tls_max_version'),
  CipherSuites: filled(cipherSuites, 'cipher_suites'),
})

const service = shape('structs.IngressService', {
  /** `*` for all that speak the listener's protocol. */
  Name: always(text),
  Hosts: always(texts),
  TLS: filled(optional(shape('structs.GatewayServiceTLSConfig', { SDS: filled(optional(sds)) }))),
  RequestHeaders: filled(optional(headerModifiers), 'request_headers'),
  ResponseHeaders: filled(optional(headerModifiers), 'response_headers'),
  MaxConnections: filled(uint32, 'max_connections'),
  MaxPendingRequests: filled(uint32, 'max_pending_requests'),
  MaxConcurrentRequests: filled(uint32, 'max_concurrent_requests'),
  PassiveHealthCheck: filled(optional(passiveHealthCheck), 'passive_health_check'),
  Meta: filled(textMap),
})

const listener = shape('structs.IngressListener', {
  Port: always(int),
  /** tcp, http, http2 or grpc. */
  Protocol: always(text),
  TLS: filled(optional(tls)),
  Services: always(list(service)),
})

const fields = shape('structs.IngressGatewayConfigEntry', {
  Kind: always(text),
  Name: always(text),
  TLS: always(tls),
  Listeners: always(list(listener)),
  Defaults: filled(optional(shape('structs.IngressServiceConfig', {
    MaxConnections: always(uint32),
    MaxPendingRequests: always(uint32),
    MaxConcurrentRequests: always(uint32),
    PassiveHealthCheck: filled(optional(passiveHealthCheck), 'passive_health_check'),
  }))),
  ...COMMON,
})

export type IngressGateway = WeakValue<typeof fields>
export type IngressListener = WeakValue<typeof listener>
type IngressService = WeakValue<typeof service>
type Tls = WeakValue<typeof tls>

const PROTOCOLS: readonly string[] = ['tcp', 'http', 'http2', 'grpc']
const tlsConfigProblem = (config: Tls): string | undefined => tlsProblem(config.TLSMinVersion, config.TLSMaxVersion, config.CipherSuites)

/** Certificates of gateway, listener and service are laid over each other: wherever one is named, the cluster that has it must be known. */
function sdsProblem (gateway: Tls, of: IngressListener, to: IngressService): string | undefined {
  const [above, own, inner] = [gateway.SDS, of.TLS?.SDS ?? null, to.TLS?.SDS ?? null]
  const has = (from: WeakValue<typeof sds> | null, field: 'ClusterName' | 'CertResource'): boolean => from !== null && from[field] !== ''
  const on = `listener on port ${of.Port}`
  if (!has(above, 'ClusterName') && has(above, 'CertResource')) return 'TLS.SDS.ClusterName is required if CertResource is set'
  if (has(above, 'ClusterName') && !has(above, 'CertResource') && !has(own, 'CertResource')) return `TLS.SDS.CertResource is required if ClusterName is set for gateway (${on})`
  if (has(own, 'ClusterName') && !has(own, 'CertResource')) return `TLS.SDS.CertResource is required if ClusterName is set for listener (${on})`
  if (has(own, 'CertResource') && !has(own, 'ClusterName') && !has(above, 'ClusterName')) return `TLS.SDS.ClusterName is required if CertResource is set (${on})`
  if (!has(inner, 'CertResource')) return undefined
  if (to.Hosts === null || to.Hosts.length === 0) return `A service specifying TLS.SDS.CertResource must have at least one item in Hosts (service ${goQuote(to.Name)} on ${on})`
  if (![above, own, inner].some(from => has(from, 'ClusterName'))) return `TLS.SDS.ClusterName is required if CertResource is set (service ${goQuote(to.Name)} on ${on})`
  return undefined
}

function hostProblem (host: string, tlsEnabled: boolean): string | undefined {
  if (host === ANY) return tlsEnabled ? "Host '*' is not allowed when TLS is enabled, all hosts must be valid DNS records to add as a DNSSAN" : undefined
  if (!isDomainName(host)) return `Host ${goQuote(host)} must be a valid DNS hostname`
  return host.replace(/^\*\./, '').includes(ANY) ? `Host ${goQuote(host)} is not valid, a wildcard specifier is only allowed as the leftmost label` : undefined
}

function serviceProblem (of: IngressListener, to: IngressService): string | undefined {
  const on = `(listener on port ${of.Port})`
  for (const [word, changes] of [['request', to.RequestHeaders], ['response', to.ResponseHeaders]] as const) {
    if (!changesNothing(changes) && !isHttpLike(of.Protocol)) return `${word} headers only valid for http, http2 and grpc protocols (service ${goQuote(to.Name)} on listener on port ${of.Port})`
  }
  const hosts = to.Hosts ?? []
  if (of.Protocol === 'tcp' && to.Name === ANY) return `Wildcard service name is only valid for protocol = 'http' ${on}`
  if (of.Protocol === 'tcp' && hosts.length > 0) return `Associating hosts to a service is not supported for the ${of.Protocol} protocol ${on}`
  if (to.Name === '') return `Service name cannot be blank ${on}`
  return to.Name === ANY && hosts.length > 0 ? `Associating hosts to a wildcard service is not supported ${on}` : undefined
}

function * listenerProblems (gateway: IngressGateway, of: IngressListener): Iterable<string | undefined> {
  const on = `(listener on port ${of.Port})`
  const services = of.Services ?? []
  if (!PROTOCOLS.includes(of.Protocol)) yield `protocol must be 'tcp', 'http', 'http2', or 'grpc'. '${of.Protocol}' is an unsupported protocol`
  if (services.length === 0) yield `No service declared for listener with port ${of.Port}`
  if (services.length > 1 && !isHttpLike(of.Protocol)) yield `Multiple services per listener are only supported for L7 protocols, 'http', 'grpc' and 'http2' ${on}`
  if (of.TLS !== null) yield tlsConfigProblem(of.TLS)
  const names = new Set<string>()
  const hosts = new Set<string>()
  for (const to of services) {
    yield serviceProblem(of, to)
    if (names.has(to.Name)) yield `Service ${to.Name} cannot be added multiple times ${on}`
    names.add(to.Name)
    yield sdsProblem(gateway.TLS, of, to)
    for (const host of to.Hosts ?? []) {
      if (hosts.has(host)) yield `Hosts must be unique within a specific listener ${on}`
      hosts.add(host)
      yield hostProblem(host, gateway.TLS.Enabled)
    }
  }
}

function * problems (entry: IngressGateway): Iterable<string | undefined> {
  yield metaProblem(entry.Meta)
  yield tlsConfigProblem(entry.TLS)
  const ports = new Set<number>()
  for (const of of entry.Listeners ?? []) {
    if (ports.has(of.Port)) yield `port ${of.Port} declared on two listeners`
    ports.add(of.Port)
    yield * listenerProblems(entry, of)
  }
}

export const ingressGateway: EntryKind<IngressGateway> = {
  kind: 'ingress-gateway',
  shape: fields,
  normalize: entry => ({ ...entry, Listeners: entry.Listeners?.map(of => ({ ...of, Protocol: of.Protocol === '' ? 'tcp' : of.Protocol.toLowerCase() })) ?? null }),
  problem: entry => first(problems(entry)),
}
