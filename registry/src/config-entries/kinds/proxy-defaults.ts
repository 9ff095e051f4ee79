// proxy-defaults: what holds for every proxy of the mesh. There is one, `global`.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, hidden, shape } from '../../http/decode/weak/shape.js'
import { anyMap, optional, texts } from '../../http/decode/weak/weak-lists.js'
import { text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import { accessLogs, accessLogsProblem, envoyExtensions, expose, extensionProblem, meshGateway, mutualTlsMode, mutualTlsProblem, proxyMode, transparentProxy } from '../parts/proxy-parts.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

export const failoverPolicy = shape('structs.ServiceResolverFailoverPolicy', { Mode: filled(text), Regions: filled(texts) })
export const prioritizeByLocality = shape('structs.ServiceResolverPrioritizeByLocality', { Mode: filled(text) })

const fields = shape('structs.ProxyConfigEntry', {
  Kind: always(text),
  Name: always(text),
  /** Free settings of the proxy. */
  Config: always(anyMap),
  /** As `Config.protocol` says. */
  Protocol: hidden(text),
  Mode: filled(proxyMode),
  TransparentProxy: filled(transparentProxy, 'transparent_proxy'),
  MutualTLSMode: filled(mutualTlsMode, 'mutual_tls_mode'),
  MeshGateway: filled(meshGateway, 'mesh_gateway'),
  Expose: filled(expose),
  AccessLogs: filled(accessLogs, 'access_logs'),
  EnvoyExtensions: filled(envoyExtensions, 'envoy_extensions'),
  FailoverPolicy: filled(optional(failoverPolicy), 'failover_policy'),
  PrioritizeByLocality: filled(optional(prioritizeByLocality), 'prioritize_by_locality'),
  ...COMMON,
})

export type ProxyDefaults = WeakValue<typeof fields>

const NAME = 'global'

/** The free setting `protocol`, in any letter case, as text; `undefined` when it is no text nor becomes one. */
function protocolOf (config: ProxyDefaults['Config']): string | undefined {
  const key = config === null ? undefined : Object.hasOwn(config, 'protocol') ? 'protocol' : Object.keys(config).find(k => k.toLowerCase() === 'protocol')
  const value = key === undefined ? '' : config![key] ?? ''
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : typeof value === 'boolean' ? (value ? '1' : '0') : undefined
}

const POLICIES: readonly string[] = ['', 'sequential', 'order-by-locality']

export const failoverPolicyProblem = (policy: WeakValue<typeof failoverPolicy> | null): string | undefined =>
  policy === null || POLICIES.includes(policy.Mode) ? undefined : "Failover-policy mode must be one of '', 'sequential', or 'order-by-locality'"

export const localityProblem = (priority: WeakValue<typeof prioritizeByLocality> | null): string | undefined =>
  priority === null || priority.Mode === '' ? undefined : 'Prioritize-by-locality requires Consul Enterprise '

const MAX_SOCKET_DIR = 70

function configProblem (config: ProxyDefaults['Config']): string | undefined {
  const dir = config?.['envoy_hcp_metrics_bind_socket_dir']
  return typeof dir === 'string' && Buffer.byteLength(dir) > MAX_SOCKET_DIR
    ? `Config: envoy_hcp_metrics_bind_socket_dir length ${Buffer.byteLength(dir)} exceeds max ${MAX_SOCKET_DIR}`
    : undefined
}

export const proxyDefaults: EntryKind<ProxyDefaults> = {
  kind: 'proxy-defaults',
  shape: fields,
  onlyName: NAME,
  normalize: entry => ({ ...entry, Name: entry.Name === '' ? NAME : entry.Name, Protocol: protocolOf(entry.Config) ?? '' }),
  problem: entry => first([
    entry.Name === NAME ? undefined : `invalid name (${goQuote(entry.Name)}), only ${goQuote(NAME)} is supported`,
    protocolOf(entry.Config) === undefined ? "decoding failed due to the following error(s):\n\n'protocol' expected type 'string', got unconvertible type 'map[string]interface {}'" : undefined,
    accessLogsProblem(entry.AccessLogs),
    metaProblem(entry.Meta),
    configProblem(entry.Config),
    extensionProblem(entry.EnvoyExtensions),
    failoverPolicyProblem(entry.FailoverPolicy),
    localityProblem(entry.PrioritizeByLocality),
    mutualTlsProblem(entry.MutualTLSMode),
  ]),
}
