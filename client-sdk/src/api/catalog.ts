// The catalog: nodes and service instances as all servers know them (`/v1/catalog/…`). With checks beside them: health.ts; registered through an agent: agent.ts.

import { anything, dictionary, flag, json, list, optional, record, shaped, text } from './decode.js'
import { path } from './options.js'
import type { Cached, CallOptions, Filtered, Near, NodeMeta, ReadOptions } from './options.js'
import type { CheckDefinition } from './check-definition.js'
import type { CheckStatus } from './health.js'
import type { Answer } from './meta.js'
import type { ConnectConfig, Locality, ProxyConfig, ServiceAddress, ServiceKind, ServicePort, Weights } from './service-definition.js'
import type { Transport } from './transport.js'

export interface CatalogNode {
  /** Empty for nodes that were registered without. */
  readonly ID: string
  readonly Node: string
  readonly Address: string
  readonly Datacenter: string
  readonly TaggedAddresses: Readonly<Record<string, string>> | null
  readonly Meta: Readonly<Record<string, string>> | null
  readonly Locality?: Locality
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** An instance, as answers about one node or about health show it. */
export interface NodeService {
  readonly Kind?: ServiceKind
  readonly ID: string
  readonly Service: string
  readonly Tags: readonly string[] | null
  /** Empty: the node's address. */
  readonly Address: string
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>
  readonly Meta: Readonly<Record<string, string>> | null
  /** Absent when 0. */
  readonly Port?: number
  readonly Ports?: readonly ServicePort[]
  readonly SocketPath?: string
  readonly Weights: Weights
  readonly EnableTagOverride: boolean
  readonly Locality?: Locality
  readonly Proxy: ProxyConfig
  readonly Connect: ConnectConfig
  readonly PeerName: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** An instance with its node in one flat row. `Address` is the node's. */
export interface CatalogService {
  readonly ID: string
  readonly Node: string
  readonly Address: string
  readonly Datacenter: string
  readonly TaggedAddresses: Readonly<Record<string, string>> | null
  readonly NodeMeta: Readonly<Record<string, string>> | null
  readonly ServiceKind: ServiceKind
  readonly ServiceID: string
  readonly ServiceName: string
  readonly ServiceTags: readonly string[]
  /** Empty: the node's address. */
  readonly ServiceAddress: string
  readonly ServiceTaggedAddresses?: Readonly<Record<string, ServiceAddress>>
  readonly ServiceWeights: Weights
  readonly ServiceMeta: Readonly<Record<string, string>>
  readonly ServicePort: number
  readonly ServicePorts: readonly ServicePort[] | null
  readonly ServiceSocketPath: string
  readonly ServiceEnableTagOverride: boolean
  readonly ServiceProxy: ProxyConfig
  readonly ServiceConnect: ConnectConfig
  readonly ServiceLocality: Locality | null
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A node and its services by id. */
export interface CatalogNodeServices {
  readonly Node: CatalogNode
  readonly Services: Readonly<Record<string, NodeService>>
}

/** A node and its services as a list. */
export interface CatalogNodeServiceList {
  readonly Node: CatalogNode
  readonly Services: readonly NodeService[]
}

/** A service behind a gateway. */
export interface GatewayService {
  readonly Gateway: { readonly Name: string }
  readonly Service: { readonly Name: string }
  readonly GatewayKind: ServiceKind
  readonly Port?: number
  readonly Protocol?: string
  readonly Hosts?: readonly string[]
  readonly CAFile?: string
  readonly CertFile?: string
  readonly KeyFile?: string
  readonly SNI?: string
  readonly FromWildcard?: boolean
  readonly AutoHostRewrite?: boolean
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A service of a catalog registration. Here its name is `Service`, not `Name`. */
export interface CatalogServiceBody {
  readonly Kind?: ServiceKind
  readonly ID?: string
  readonly Service: string
  readonly Tags?: readonly string[]
  readonly Address?: string
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>
  readonly Meta?: Readonly<Record<string, string>>
  readonly Port?: number
  readonly Ports?: readonly ServicePort[]
  readonly SocketPath?: string
  readonly Weights?: Weights
  readonly EnableTagOverride?: boolean
  readonly Locality?: Locality
  readonly Proxy?: ProxyConfig
  readonly Connect?: ConnectConfig
}

/** A check of a catalog registration, with the result that its monitor found. */
export interface CatalogCheckBody {
  readonly Node?: string
  readonly CheckID?: string
  readonly Name?: string
  /** Default critical. */
  readonly Status?: CheckStatus
  readonly Notes?: string
  readonly Output?: string
  readonly ServiceID?: string
  readonly ServiceName?: string
  readonly Type?: string
  readonly Definition?: CheckDefinition
}

export interface CatalogRegistration {
  readonly ID?: string
  readonly Node: string
  /** Needed unless SkipNodeUpdate. */
  readonly Address?: string
  readonly Datacenter?: string
  readonly TaggedAddresses?: Readonly<Record<string, string>>
  readonly NodeMeta?: Readonly<Record<string, string>>
  readonly Service?: CatalogServiceBody
  readonly Check?: CatalogCheckBody
  readonly Checks?: readonly CatalogCheckBody[]
  /** Leave the node's own fields as they are. */
  readonly SkipNodeUpdate?: boolean
  readonly Locality?: Locality
}

/** The node alone: it and everything on it. With ServiceID or CheckID: only that. */
export interface CatalogDeregistration {
  readonly Node: string
  readonly Datacenter?: string
  readonly ServiceID?: string
  readonly CheckID?: string
}

export interface CatalogServiceOptions extends ReadOptions, Cached, Filtered, Near, NodeMeta {
  /** Instances that have all of these tags, in any letter case. */
  readonly tags?: readonly string[]
  readonly mergeCentralConfig?: boolean
  readonly peer?: string
}

const nodeService = record<NodeService>()

export const catalogApi = (http: Transport) => ({
  /** Writes a node, and with it a service and checks, into the catalog. On a node of an agent the agent's own view wins sooner or later. */
  register: (registration: CatalogRegistration, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'PUT', path: '/v1/catalog/register', body: registration, idempotent: true, decode: json(flag) }, options),
  /** Takes a node, a service or a check out of the catalog; also `true` when it was not there. */
  deregister: (deregistration: CatalogDeregistration, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'PUT', path: '/v1/catalog/deregister', body: deregistration, idempotent: true, decode: json(flag) }, options),
  /** Names of the known datacenters, the nearest first. Never waits. */
  datacenters: (options: CallOptions & Cached = {}): Promise<Answer<readonly string[]>> =>
    http.call({ method: 'GET', path: '/v1/catalog/datacenters', decode: json(list(text)) }, options),
  nodes: (options: ReadOptions & Filtered & Near & NodeMeta = {}): Promise<Answer<readonly CatalogNode[]>> =>
    http.call({ method: 'GET', path: '/v1/catalog/nodes', decode: json(list(record<CatalogNode>())) }, options),
  /** Service names, each with all tags that any instance has. */
  services: (options: ReadOptions & Cached & Filtered & NodeMeta = {}): Promise<Answer<Readonly<Record<string, readonly string[]>>>> =>
    http.call({ method: 'GET', path: '/v1/catalog/services', decode: json(dictionary(list(text))) }, options),
  /** Instances of a service, whatever their health; an unknown service is an empty list. */
  service: (name: string, options: CatalogServiceOptions = {}): Promise<Answer<readonly CatalogService[]>> =>
    http.call({ method: 'GET', path: path`/v1/catalog/service/${name}`, decode: json(list(record<CatalogService>())) }, options),
  /** Proxies for a service, and its mesh-native instances. */
  connect: (name: string, options: CatalogServiceOptions = {}): Promise<Answer<readonly CatalogService[]>> =>
    http.call({ method: 'GET', path: path`/v1/catalog/connect/${name}`, decode: json(list(record<CatalogService>())) }, options),
  /** A node (by name or id) and its services by id; `undefined` when there is none. */
  node: (node: string, options: ReadOptions & Filtered = {}): Promise<Answer<CatalogNodeServices | undefined>> =>
    http.call({ method: 'GET', path: path`/v1/catalog/node/${node}`, decode: json(optional(shaped<CatalogNodeServices>({ Node: record(), Services: dictionary(nodeService) }))) }, options),
  /** The same with the services as a list; `undefined` when there is no such node. */
  nodeServices: async (node: string, options: ReadOptions & Filtered & { readonly mergeCentralConfig?: boolean } = {}): Promise<Answer<CatalogNodeServiceList | undefined>> => {
    const { value, meta } = await http.call({
      method: 'GET',
      path: path`/v1/catalog/node-services/${node}`,
      decode: json(shaped<{ Node: unknown, Services: readonly NodeService[] }>({ Node: anything, Services: list(nodeService) })),
    }, options)
    return { value: value.Node === null || value.Node === undefined ? undefined : value as CatalogNodeServiceList, meta }
  },
  /** Services behind a terminating or ingress gateway. */
  gatewayServices: (gateway: string, options: ReadOptions = {}): Promise<Answer<readonly GatewayService[]>> =>
    http.call({ method: 'GET', path: path`/v1/catalog/gateway-services/${gateway}`, decode: json(list(record<GatewayService>())) }, options),
})
