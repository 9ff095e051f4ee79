// The discovery chain: what resolvers, splitters and routers of a service come to (`/v1/discovery-chain/:service`). A graph of nodes; following it is the caller's work.

import type { LoadBalancer, ResolverSubset, ServiceRoute, ServiceSplit } from './config-entries.js'
import { dictionary, json, record, shaped, text } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { ReadOptions } from './options.js'
import type { Transport } from './transport.js'

/** Which instances: a service, perhaps one subset of it, in a datacenter or at a peer. */
export interface ChainTarget {
  readonly ID: string
  readonly Service: string
  readonly ServiceSubset?: string
  readonly Namespace?: string
  readonly Partition?: string
  readonly Datacenter?: string
  readonly Peer?: string
  readonly MeshGateway?: { readonly Mode?: string }
  readonly Subset: ResolverSubset
  readonly ConnectTimeout?: string
  readonly External?: boolean
  readonly SNI?: string
  readonly Name?: string
}

export interface ChainResolver {
  readonly Default?: boolean
  readonly ConnectTimeout: string
  readonly RequestTimeout?: string
  /** Key of `Targets`. */
  readonly Target: string
  /** Keys of `Targets`, in order. */
  readonly Failover?: { readonly Targets: readonly string[] }
}

/** `NextNode` is a key of `Nodes`. */
export interface ChainNode {
  readonly Type: 'router' | 'splitter' | 'resolver'
  readonly Name: string
  readonly Routes?: ReadonlyArray<{ readonly Definition?: ServiceRoute, readonly NextNode: string }>
  readonly Splits?: ReadonlyArray<{ readonly Definition?: ServiceSplit, readonly Weight: number, readonly NextNode: string }>
  readonly Resolver?: ChainResolver
  readonly LoadBalancer?: LoadBalancer
}

export interface DiscoveryChain {
  readonly ServiceName: string
  readonly Namespace: string
  readonly Partition: string
  readonly Datacenter: string
  /** No entry says anything about the service. */
  readonly Default?: boolean
  readonly Protocol: string
  readonly StartNode: string
  readonly Nodes: Readonly<Record<string, ChainNode>>
  readonly Targets: Readonly<Record<string, ChainTarget>>
  readonly CustomizationHash?: string
  readonly AutoVirtualIPs?: readonly string[] | null
  readonly ManualVirtualIPs?: readonly string[] | null
}

/** Compile as if these were configured. */
export interface ChainOverrides { readonly OverrideProtocol?: string, readonly OverrideConnectTimeout?: string, readonly OverrideMeshGateway?: { readonly Mode: string } }

const answer = shaped<{ Chain: DiscoveryChain }>({
  Chain: shaped<DiscoveryChain>({ StartNode: text, Nodes: dictionary(record<ChainNode>()), Targets: dictionary(record<ChainTarget>()) }),
})

export const discoveryChainApi = (http: Transport) => ({
  /** @param overrides sent by POST, which waits as a GET does */
  get: async (service: string, { compileDatacenter, overrides, ...options }: ReadOptions & { readonly compileDatacenter?: string, readonly overrides?: ChainOverrides } = {}): Promise<Answer<DiscoveryChain>> => {
    const { value, meta } = await http.call({
      method: overrides === undefined ? 'GET' : 'POST',
      path: path`/v1/discovery-chain/${service}`,
      query: { 'compile-dc': compileDatacenter },
      body: overrides,
      idempotent: true,
      decode: json(answer),
    }, options)
    return { value: value.Chain, meta }
  },
})
