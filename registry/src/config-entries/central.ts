// Settings of a proxy or gateway with what config entries say laid under: first of the proxy itself, then service-defaults of the service that it stands for,
// then proxy-defaults. What is called through it is settled call by call: defaults for all, then what is said of one.

import { accessLogs, expose } from './parts/proxy-parts.js'
import { upstreamConfig } from './parts/upstream-config.js'
import { ANY } from './entry-kind.js'
import { nonEmpty } from '../catalog/service-rules.js'
import { proxyTarget } from '../state/services.js'
import type { ServiceRecord } from '../state/services.js'
import type { EntrySource } from './entry-source.js'
import type { ProxyDefaults } from './kinds/proxy-defaults.js'
import type { ServiceDefaults } from './kinds/service-defaults.js'
import type { UpstreamConfig } from './parts/upstream-config.js'

type Data = Readonly<Record<string, unknown>>

/** What is known of one that is called; the key tells clusters apart. */
interface Upstream { readonly name: string, readonly peer: string, readonly config: Data }

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0) || (isData(value) && Object.keys(value).length === 0)

/** `own`, and where it says nothing, `defaults`; objects field by field. */
function under (own: Data, defaults: Data): Data {
  const out: Record<string, unknown> = { ...own }
  for (const [key, value] of Object.entries(defaults)) {
    const held = out[key]
    if (isEmpty(held)) out[key] = value
    else if (isData(held) && isData(value)) out[key] = under(held, value)
  }
  return out
}

/** Whom a proxy's settings come from: the service that it stands for; a gateway's from its own name. */
export const centralName = (service: ServiceRecord): string => proxyTarget(service) || service.name

/** Proxies and gateways take settings from config entries. */
export const hasCentralConfig = (service: ServiceRecord): boolean => service.kind !== ''

/** Entries that a proxy's settings come from: what a reader of them depends on. */
export const centralEntries = (service: ServiceRecord): ReadonlyArray<readonly [kind: string, name: string]> => [
  ['proxy-defaults', 'global'],
  ['service-defaults', centralName(service)],
  ...upstreamsOf(service.proxy ?? {}).map(upstream => ['service-defaults', nameOf(upstream)] as const),
]

const upstreamsOf = (proxy: Data): readonly Data[] => Array.isArray(proxy['Upstreams']) ? proxy['Upstreams'] as readonly Data[] : []
const nameOf = (upstream: Data): string => String(upstream['DestinationName'] ?? '')
const peerOf = (upstream: Data): string => String(upstream['DestinationPeer'] ?? '')
const isService = (upstream: Data): boolean => ['', 'service', undefined].includes(upstream['DestinationType'] as string | undefined)
const modeOf = (value: unknown): string => isData(value) ? String(value['Mode'] ?? '') : ''

/** The proxy's settings (wire shape, as rows keep them) as they are in force. */
export function mergedProxy (source: EntrySource, service: ServiceRecord): Data {
  const own = service.proxy ?? {}
  const global = source.entry('proxy-defaults', 'global')
  const defaults = source.entry('service-defaults', centralName(service))
  const mode = String(own['Mode'] ?? '') || defaults?.Mode || global?.Mode || ''
  const gatewayMode = modeOf(own['MeshGateway']) || defaults?.MeshGateway.Mode || global?.MeshGateway.Mode || ''
  const out: Record<string, unknown> = {
    ...own,
    Mode: mode,
    Config: under((own['Config'] ?? {}) as Data, proxyConfig(global, defaults)),
    MeshGateway: some({ Mode: gatewayMode }),
    Expose: under((own['Expose'] ?? {}) as Data, exposed(global, defaults)),
    TransparentProxy: some(under((own['TransparentProxy'] ?? {}) as Data, {
      OutboundListenerPort: defaults?.TransparentProxy.OutboundListenerPort || global?.TransparentProxy.OutboundListenerPort || 0,
      DialedDirectly: defaults?.TransparentProxy.DialedDirectly === true || global?.TransparentProxy.DialedDirectly === true,
    })),
    MutualTLSMode: own['MutualTLSMode'] || defaults?.MutualTLSMode || global?.MutualTLSMode || '',
    AccessLogs: some(under((own['AccessLogs'] ?? {}) as Data, global === undefined ? {} : accessLogs.show(global.AccessLogs) as Data)),
    EnvoyExtensions: [...global?.EnvoyExtensions ?? [], ...defaults?.EnvoyExtensions ?? []].map(({ Name, Required, Arguments }) => ({ Name, Required, Arguments, ConsulVersion: '', EnvoyVersion: '' })),
    Upstreams: mergedUpstreams(own, resolvedUpstreams(source, own, mode, global, defaults), mode),
  }
  // Three fields always stand, the others only when there is something in them.
  for (const [name, value] of Object.entries(out)) if (!['Mode', 'MeshGateway', 'Expose'].includes(name) && isEmpty(value)) delete out[name]
  return out
}

const some = (of: Data): Data => (nonEmpty(of) ?? {}) as Data

/** Free settings that the entries give. */
function proxyConfig (global: ProxyDefaults | undefined, defaults: ServiceDefaults | undefined): Data {
  return {
    ...global?.Config,
    ...some(defaults === undefined
      ? {}
      : {
          protocol: defaults.Protocol,
          balance_inbound_connections: defaults.BalanceInboundConnections,
          max_inbound_connections: Math.max(0, defaults.MaxInboundConnections),
          local_connect_timeout_ms: Math.max(0, defaults.LocalConnectTimeoutMs),
          local_request_timeout_ms: Math.max(0, defaults.LocalRequestTimeoutMs),
        }),
    ...(defaults?.MaxRequestHeadersKB == null ? {} : { max_request_headers_kb: defaults.MaxRequestHeadersKB }),
  }
}

function exposed (global: ProxyDefaults | undefined, defaults: ServiceDefaults | undefined): Data {
  const paths = (defaults?.Expose.Paths?.length ?? 0) > 0 ? defaults!.Expose.Paths : global?.Expose.Paths ?? null
  return expose.show({ Checks: defaults?.Expose.Checks === true || global?.Expose.Checks === true, Paths: paths }) as Data
}

/** What an upstream's settings say, as the free settings of an upstream have it. */
function upstreamData (of: UpstreamConfig): Data {
  const shown = upstreamConfig.show(of) as Data
  return some({
    envoy_listener_json: of.EnvoyListenerJSON,
    envoy_cluster_json: of.EnvoyClusterJSON,
    protocol: of.Protocol,
    connect_timeout_ms: of.ConnectTimeoutMs,
    mesh_gateway: shown['MeshGateway'],
    limits: shown['Limits'],
    passive_health_check: shown['PassiveHealthCheck'],
    balance_outbound_connections: of.BalanceOutboundConnections,
  })
}

const gatewayData = (mode: string): Data => mode === '' ? {} : { mesh_gateway: { Mode: mode } }

/** What the entries say of each that is called: those that the proxy names, those that service-defaults name, and (`*`) all others. */
function resolvedUpstreams (source: EntrySource, own: Data, mode: string, global: ProxyDefaults | undefined, defaults: ServiceDefaults | undefined): Upstream[] {
  const named = upstreamsOf(own).filter(isService).map(upstream => ({ name: nameOf(upstream), peer: peerOf(upstream) }))
  // Without calls of its own only a transparent proxy, which may call anybody, has something to settle.
  if (named.length === 0 && mode !== 'transparent') return []
  const overrides = defaults?.UpstreamConfig?.Overrides ?? []
  const ownMode = modeOf(own['MeshGateway'])
  const entryMode = defaults?.MeshGateway.Mode || global?.MeshGateway.Mode || ''
  const forAll = defaults?.UpstreamConfig?.Defaults ?? undefined
  const defaultData = forAll === undefined ? {} : upstreamData(forAll.MeshGateway.Mode === '' ? { ...forAll, MeshGateway: { Mode: entryMode } } : forAll)
  const wildcard: Data = { ...(global?.Config?.['mesh_gateway'] === undefined ? {} : { mesh_gateway: global.Config['mesh_gateway'] }), ...gatewayData(entryMode), ...defaultData, ...gatewayData(ownMode) }
  const resolved: Upstream[] = Object.keys(wildcard).length === 0 ? [] : [{ name: ANY, peer: '', config: wildcard }]
  const seen = new Set<string>()
  for (const { name, peer } of [...named, ...overrides.map(of => ({ name: of.Name, peer: of.Peer }))]) {
    if (seen.has(`${peer}/${name}`)) continue
    seen.add(`${peer}/${name}`)
    const override = overrides.find(of => of.Name === name && of.Peer === peer)
    const config: Data = {
      ...some({ protocol: global?.Protocol ?? '' }),
      ...wildcard,
      ...some({ protocol: source.entry('service-defaults', name)?.Protocol ?? '' }),
      ...gatewayData(entryMode),
      ...defaultData,
      ...gatewayData(ownMode),
      ...(override === undefined ? {} : upstreamData(override)),
    }
    if (Object.keys(config).length > 0) resolved.push({ name, peer, config })
  }
  return resolved
}

/** The proxy's own calls with what was settled of them; a transparent proxy has the others too. */
function mergedUpstreams (own: Data, resolved: readonly Upstream[], mode: string): Data[] {
  const local = new Set<string>()
  const merged = upstreamsOf(own).map((upstream): Data => {
    if (!isService(upstream)) return upstream
    local.add(`${peerOf(upstream)}/${nameOf(upstream)}`)
    const central = resolved.find(of => of.name === nameOf(upstream) && of.peer === peerOf(upstream))
    if (central === undefined) return upstream
    const config: Record<string, unknown> = { ...under((upstream['Config'] ?? {}) as Data, central.config) }
    // The protocol of another cluster's service is that cluster's to say.
    if (peerOf(upstream) !== '') {
      const before = (upstream['Config'] as Data | undefined)?.['protocol']
      if (before === undefined) delete config['protocol']
      else config['protocol'] = before
    }
    delete config['mesh_gateway']
    const { Config: _, ...rest } = upstream
    return { ...rest, MeshGateway: some({ Mode: modeOf(upstream['MeshGateway']) || modeOf(central.config['mesh_gateway']) }), ...(Object.keys(config).length === 0 ? {} : { Config: config }) }
  })
  if (mode !== 'transparent') return merged
  for (const { name, peer, config } of resolved) {
    if (local.has(`${peer}/${name}`)) continue
    merged.push({
      DestinationType: '',
      DestinationNamespace: 'default',
      DestinationPartition: 'default',
      ...(peer === '' ? {} : { DestinationPeer: peer }),
      DestinationName: name,
      Datacenter: '',
      MeshGateway: some({ Mode: modeOf(config['mesh_gateway']) }),
      Config: config,
      CentrallyConfigured: true,
    })
  }
  return merged
}
