// What the web page asks (`/v1/internal/ui/…`): summaries that the other endpoints would need many questions for.

import type { NodeService } from './catalog.js'
import { absentOn, emptyAt, json, list, record, shaped } from './decode.js'
import type { HealthCheck } from './health.js'
import type { Intention } from './intentions.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, Filtered, ReadOptions } from './options.js'
import type { ServiceKind } from './service-definition.js'
import type { Transport } from './transport.js'

export interface UiService {
  readonly Kind?: ServiceKind
  readonly Name: string
  readonly Datacenter: string
  readonly Tags: readonly string[] | null
  readonly Nodes: readonly string[]
  readonly ExternalSources: readonly string[] | null
  readonly InstanceCount: number
  readonly ChecksPassing: number
  readonly ChecksWarning: number
  readonly ChecksCritical: number
  readonly GatewayConfig: Readonly<Record<string, unknown>>
  readonly TransparentProxy: boolean
  readonly ConnectNative: boolean
  readonly ConnectedWithProxy: boolean
  readonly ConnectedWithGateway: boolean
}

export interface UiNode {
  readonly ID: string
  readonly Node: string
  readonly Address: string
  readonly TaggedAddresses: Readonly<Record<string, string>> | null
  readonly Meta: Readonly<Record<string, string>> | null
  readonly Services: readonly NodeService[]
  readonly Checks: readonly HealthCheck[]
}

export interface TopologyService {
  readonly Name: string
  readonly Datacenter: string
  readonly Nodes: readonly string[]
  readonly InstanceCount: number
  readonly ChecksPassing: number
  readonly ChecksWarning: number
  readonly ChecksCritical: number
  readonly Source?: string
  readonly Intention?: Readonly<Record<string, unknown>>
  readonly [more: string]: unknown
}

export interface Topology {
  readonly Protocol: string
  readonly TransparentProxy: boolean
  readonly Upstreams: readonly TopologyService[]
  readonly Downstreams: readonly TopologyService[]
  readonly FilteredByACLs: boolean
}

export interface HealthCount { readonly Name?: string, readonly Total: number, readonly Passing: number, readonly Warning: number, readonly Critical: number }
export interface CatalogOverview { readonly Nodes: readonly HealthCount[], readonly Services: readonly HealthCount[], readonly Checks: readonly HealthCount[] }

const node = shaped<UiNode>({ Services: list(record<NodeService>()), Checks: list(record<HealthCheck>()) })
const counts = list(record<HealthCount>())

export const uiApi = (http: Transport) => ({
  services: (options: ReadOptions & Filtered = {}): Promise<Answer<readonly UiService[]>> => http.call({ method: 'GET', path: '/v1/internal/ui/services', decode: json(list(record<UiService>())) }, options),
  nodes: (options: ReadOptions & Filtered = {}): Promise<Answer<readonly UiNode[]>> => http.call({ method: 'GET', path: '/v1/internal/ui/nodes', decode: json(list(node)) }, options),
  node: (name: string, options: ReadOptions = {}): Promise<Answer<UiNode | undefined>> =>
    http.call({ method: 'GET', path: path`/v1/internal/ui/node/${name}`, accept: emptyAt(404), decode: absentOn(404, json(node)) }, options),
  /** Who calls a service and whom it calls. @param kind `ingress-gateway` for a gateway, else empty */
  serviceTopology: (service: string, { kind = '', ...options }: ReadOptions & { readonly kind?: '' | 'ingress-gateway' } = {}): Promise<Answer<Topology>> =>
    http.call({ method: 'GET', path: path`/v1/internal/ui/service-topology/${service}`, query: { kind }, decode: json(shaped<Topology>({ Upstreams: list(record<TopologyService>()), Downstreams: list(record<TopologyService>()) })) }, options),
  gatewayServicesNodes: (gateway: string, options: ReadOptions = {}): Promise<Answer<readonly UiService[]>> =>
    http.call({ method: 'GET', path: path`/v1/internal/ui/gateway-services-nodes/${gateway}`, decode: json(list(record<UiService>())) }, options),
  gatewayIntentions: (gateway: string, options: ReadOptions = {}): Promise<Answer<readonly Intention[]>> =>
    http.call({ method: 'GET', path: path`/v1/internal/ui/gateway-intentions/${gateway}`, decode: json(list(record<Intention>())) }, options),
  /** Brought up to date every few seconds, empty at first. */
  catalogOverview: (options: CallOptions = {}): Promise<Answer<CatalogOverview>> =>
    http.call({ method: 'GET', path: '/v1/internal/ui/catalog-overview', decode: json(shaped<CatalogOverview>({ Nodes: counts, Services: counts, Checks: counts })) }, options),
  /** Services exported to a peer. */
  exportedServices: (peer: string, options: ReadOptions = {}): Promise<Answer<readonly UiService[]>> =>
    http.call({ method: 'GET', path: '/v1/internal/ui/exported-services', query: { peer }, decode: json(list(record<UiService>())) }, options),
})
