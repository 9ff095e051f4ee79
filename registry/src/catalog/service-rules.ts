// The laws that a service must keep to be registered, at the agent or in the catalog: what is refused, with Consul's texts, and what stands in for the unset.

import type { ProxyBody, UpstreamBody } from '../http/decode/bodies/proxy.js'
import type { NodeServiceBody } from '../http/decode/bodies/catalog.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { Locality } from '../state/nodes.js'
import type { ServiceAddress, ServicePort } from '../state/services.js'

/** What the laws look at; bodies of the agent and of the catalog both have it. */
export interface ServiceLike {
  readonly kind: string
  readonly port: number
  readonly socketPath: string
  readonly ports: readonly ServicePort[] | null
  readonly proxy: ProxyBody | null
  readonly connect: ServiceBody['connect'] | NodeServiceBody['connect']
  readonly locality: Locality | null
}

const GATEWAYS: readonly string[] = ['mesh-gateway', 'terminating-gateway', 'ingress-gateway', 'api-gateway']
/** Gateways whose listeners come from config entries, so that they need no port. */
const PORTLESS_GATEWAYS: readonly string[] = ['ingress-gateway', 'api-gateway']
export const isGateway = (kind: string): boolean => GATEWAYS.includes(kind)

/** go-multierror's text. */
export const severalErrors = (found: readonly string[]): string =>
  `${found.length === 1 ? '1 error' : `${found.length} errors`} occurred:\n${found.map(e => `\t* ${e}\n`).join('')}\n`

/** All that is wrong with a service, in Consul's order; empty when nothing is. */
export function serviceErrors (s: ServiceLike): string[] {
  const found: string[] = []
  if (s.locality !== null && s.locality.region === '' && s.locality.zone !== '') found.push('zone cannot be set without region')
  if (s.kind === 'connect-proxy') {
    if ((s.ports?.length ?? 0) > 0) found.push('Ports cannot be set for a connect-proxy')
    if (s.port === 0 && s.socketPath === '') found.push('Port or SocketPath must be set for a connect-proxy')
  }
  // A list of its own inside a list: go-multierror flattens it when it is appended.
  found.push(...agentServiceErrors(s))
  if ((s.ports?.length ?? 0) > 0 && s.port !== 0) found.push('Cannot set both Port and Ports')
  found.push(...portErrors(s.ports ?? []))
  return found
}

/** The part of the laws that the agent looks at itself, before the server does. */
export function agentServiceErrors (s: ServiceLike): string[] {
  const found: string[] = []
  if (s.kind === 'connect-proxy') found.push(...proxyErrors(s))
  if (isGateway(s.kind)) found.push(...gatewayErrors(s))
  const sidecar = s.connect?.sidecarService
  if (sidecar != null) {
    if (sidecar.id !== '') found.push('A SidecarService cannot specify an ID as this is managed by the agent')
    if (sidecar.connect?.sidecarService != null) found.push('A SidecarService cannot have a nested SidecarService')
  }
  if (s.connect?.native === true && s.port === 0 && s.socketPath === '') found.push('Port or SocketPath must be set for a Connect native service.')
  return found
}

function proxyErrors (s: ServiceLike): string[] {
  const found: string[] = []
  const target = s.proxy?.DestinationServiceName ?? ''
  if (target.trim() === '') found.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services')
  if (target === '*') found.push('Proxy.DestinationServiceName must not be a wildcard for Connect proxy services')
  if (s.connect?.native === true) found.push('A Proxy cannot also be Connect Native, only typical services')
  const seen = new Set<string>()
  const bound = new Set<string>()
  for (const upstream of s.proxy?.Upstreams ?? []) {
    const wrong = upstreamErrors(upstream)
    if (wrong.length > 0) {
      found.push(...wrong)
      continue
    }
    const name = upstreamName(upstream)
    if (seen.has(name)) {
      found.push(`upstreams cannot contain duplicates of ${name}`)
      continue
    }
    seen.add(name)
    const address = upstream.LocalBindSocketPath !== '' ? upstream.LocalBindSocketPath : `${upstream.LocalBindAddress === '' ? '127.0.0.1' : upstream.LocalBindAddress}:${upstream.LocalBindPort}`
    if (bound.has(address) && !upstream.CentrallyConfigured) {
      found.push(`upstreams cannot contain duplicates by local bind address and port or unix path; "${address}" is specified twice`)
      continue
    }
    bound.add(address)
  }
  const listeners = new Set<number>()
  for (const path of s.proxy?.Expose.Paths ?? []) {
    if (path.Path === '') found.push('expose.paths: empty path exposed')
    if (listeners.has(path.ListenerPort)) found.push('expose.paths: duplicate listener ports exposed')
    listeners.add(path.ListenerPort)
    if (path.ListenerPort <= 0 || path.ListenerPort > 65535) found.push(`expose.paths: invalid listener port: ${path.ListenerPort}`)
    if (!['', 'http', 'http2'].includes(path.Protocol.toLowerCase())) found.push(`protocol '${path.Protocol.toLowerCase()}' not supported for path: ${path.Path}, must be in: [http http2]`)
  }
  return found
}

/** How an upstream is named in messages; two with the same name are the same upstream. */
const upstreamName = (u: UpstreamBody): string =>
  `[type="${u.DestinationType === '' ? 'service' : u.DestinationType}", name="${u.DestinationName}", partition="${u.DestinationPartition}", namespace="${u.DestinationNamespace}", peer="${u.DestinationPeer}", datacenter="${u.Datacenter}"]`

function upstreamErrors (u: UpstreamBody): string[] {
  if (!['', 'service', 'prepared_query'].includes(u.DestinationType)) return [`unknown upstream destination type: "${u.DestinationType}"`]
  const found: string[] = []
  if (u.DestinationName === '') found.push('upstream destination name cannot be empty')
  if (u.DestinationName === '*' && !u.CentrallyConfigured) found.push('upstream destination name cannot be a wildcard')
  if (u.LocalBindPort === 0 && u.LocalBindSocketPath === '' && !u.CentrallyConfigured) found.push('upstream local bind port or local socket path must be defined and nonzero')
  if (u.LocalBindPort !== 0 && u.LocalBindSocketPath !== '' && !u.CentrallyConfigured) found.push('only one of upstream local bind port or local socket path can be defined and nonzero')
  return found
}

function gatewayErrors (s: ServiceLike): string[] {
  const found: string[] = []
  if ((s.ports?.length ?? 0) > 0) found.push(`Ports cannot be set for a ${s.kind}`)
  if (s.port === 0 && !PORTLESS_GATEWAYS.includes(s.kind)) found.push(`Port must be non-zero for a ${s.kind}`)
  if (s.connect?.sidecarService != null) found.push(`A ${s.kind} cannot have a sidecar service defined`)
  const p = s.proxy
  if (p === null) return found
  const invalid = (field: string): void => { found.push(`The Proxy.${field} configuration is invalid for a ${s.kind}`) }
  if (p.DestinationServiceName !== '') invalid('DestinationServiceName')
  if (p.DestinationServiceID !== '') invalid('DestinationServiceID')
  if (p.LocalServiceAddress !== '') invalid('LocalServiceAddress')
  if (p.LocalServicePort !== 0) invalid('LocalServicePort')
  if (p.LocalServiceSocketPath !== '') invalid('LocalServiceSocketPath')
  if ((p.Upstreams?.length ?? 0) !== 0) invalid('Upstreams')
  return found
}

/** Only the first fault is told. */
function portErrors (ports: readonly ServicePort[]): string[] {
  const names = new Set<string>()
  for (const port of ports) {
    if (port.name.trim() === '') return ['Ports.Name cannot be empty']
    if (port.port <= 0) return ['Ports.Port must be greater than zero']
    if (names.has(port.name)) return [`Ports.Name "${port.name}" has to be unique`]
    names.add(port.name)
  }
  const defaults = ports.filter(p => p.default).length
  if (defaults > 1) return ['Only one port can be marked as default']
  return ports.length > 0 && defaults === 0 ? ['One of the Ports must be marked as Default'] : []
}

/** 0.0.0.0 and ::, which nobody can call. */
export const isAnyAddress = (address: string): boolean => address === '0.0.0.0' || /^\[?(::|0:0:0:0:0:0:0:0)\]?$/.test(address)

/** A proxy's settings as answers show them: what is empty is left out but for three fields that always stand. Free settings stay as they were sent. */
export function proxyJson (p: ProxyBody | null): Readonly<Record<string, unknown>> | null {
  if (p === null) return null
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(p)) {
    const shown = name in SHOWN_AS ? SHOWN_AS[name]!(p) : nonEmpty(value)
    if (shown !== undefined) out[name] = shown
  }
  return proxyOrNull(out)
}

/** Three fields always stand; settings that are nothing but those are none. */
export const proxyOrNull = (proxy: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null =>
  Object.keys(proxy).length === 3 && proxy['Mode'] === '' && same0(proxy['MeshGateway']) && same0(proxy['Expose']) ? null : proxy

const SHOWN_AS: Readonly<Record<string, (p: ProxyBody) => unknown>> = {
  Mode: p => p.Mode,
  MeshGateway: p => nonEmpty(p.MeshGateway) ?? {},
  Expose: p => nonEmpty(p.Expose) ?? {},
  Config: p => emptyToNull(p.Config) ?? undefined,
  Upstreams: p => upstreamsJson(p.Upstreams),
  EnvoyExtensions: p => p.EnvoyExtensions === null || p.EnvoyExtensions.length === 0 ? undefined : p.EnvoyExtensions,
}

const same0 = (value: unknown): boolean => Object.keys(value as object).length === 0

/** Drops zero values at every depth; `undefined` when nothing is left. Lists keep their length. */
export function nonEmpty (value: unknown): unknown {
  if (value === '' || value === 0 || value === false || value === null || value === undefined) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(v => v !== null && typeof v === 'object' ? nonEmpty(v) ?? {} : v)
  if (typeof value !== 'object') return value
  const out: Record<string, unknown> = {}
  for (const [k, v] of Object.entries(value)) {
    const kept = nonEmpty(v)
    if (kept !== undefined) out[k] = kept
  }
  return Object.keys(out).length === 0 ? undefined : out
}

function upstreamsJson (list: ProxyBody['Upstreams']): unknown {
  if (list === null || list.length === 0) return undefined
  return list.map(u => {
    const config = emptyToNull(u.Config)
    return {
      ...(nonEmpty({ ...u, Config: undefined }) as object | undefined),
      DestinationType: u.DestinationType,
      DestinationName: u.DestinationName,
      Datacenter: u.Datacenter,
      MeshGateway: nonEmpty(u.MeshGateway) ?? {},
      ...(config === null ? {} : { Config: config }),
    }
  })
}

/** `Connect` as answers show it. */
export const connectJson = (native: boolean): Readonly<Record<string, unknown>> | null => native ? { Native: true } : null

/** Weights that the catalog takes; others become 1 and 1. */
export function catalogWeights (w: { readonly passing: number, readonly warning: number } | null): { passing: number, warning: number } {
  const fits = w !== null && w.passing >= 1 && w.passing <= 65535 && w.warning >= 0 && w.warning <= 65535
  return fits ? { passing: w.passing, warning: w.warning } : { passing: 1, warning: 1 }
}

export const emptyToNull = <T extends object>(map: T | null): T | null => map === null || Object.keys(map).length === 0 ? null : map

/** The port that is reported: the default one of several. */
export const portOf = (s: { readonly port: number, readonly ports: readonly ServicePort[] | null }): number => s.ports?.find(p => p.default)?.port ?? s.port

export type TaggedServiceAddresses = Readonly<Record<string, ServiceAddress>>
