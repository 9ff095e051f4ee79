// The discovery chain of a service: what its config entries say about how it is reached, as a graph. A router's routes lead to splitters and resolvers,
// a splitter's splits to resolvers, a resolver to a target: instances of one service (or subset) in one datacenter.

import type { LoadBalancer } from '../config-entries/kinds/service-resolver.js'
import type { ServiceRoute } from '../config-entries/kinds/service-router.js'
import type { ServiceSplit } from '../config-entries/kinds/service-splitter.js'

/** There is one namespace and one partition; both stand in the names of nodes and targets. */
export const DEFAULT = 'default'

export interface Route {
  readonly definition: ServiceRoute
  /** Key of a node. */
  readonly next: string
}

export interface Split {
  readonly definition: ServiceSplit
  /** Percent; of a split of splits the product. */
  readonly weight: number
  /** Key of a node. */
  readonly next: string
}

export interface RouterNode {
  readonly type: 'router'
  readonly name: string
  readonly routes: readonly Route[]
}

export interface SplitterNode {
  readonly type: 'splitter'
  readonly name: string
  splits: readonly Split[]
  balancer: LoadBalancer | null
}

export interface ResolverNode {
  readonly type: 'resolver'
  /** The target's id. */
  readonly name: string
  /** Nothing is said about the service. */
  readonly isDefault: boolean
  /** ns */
  readonly connectTimeoutNs: number
  /** ns; 0 for none. */
  readonly requestTimeoutNs: number
  /** Ids of targets, in the order in which they are tried; empty for none. */
  failover: readonly string[]
  failoverPolicy: { readonly Mode: string, readonly Regions: readonly string[] | null } | null
  readonly balancer: LoadBalancer | null
}

export type ChainNode = RouterNode | SplitterNode | ResolverNode

/** What a target is: the instances of a service that a catalog query would give. */
export interface TargetPlace {
  readonly service: string
  /** '' for all instances. */
  readonly subset: string
  readonly namespace: string
  readonly partition: string
  /** '' with a peer. */
  readonly datacenter: string
  /** '' for this cluster. */
  readonly peer: string
}

export interface Target extends TargetPlace {
  readonly id: string
  /** Server name by which it is called; '' with a peer, whose trust domain is not known. */
  sni: string
  /** As `sni` was before service-defaults had a word. */
  readonly name: string
  /** Outside of the mesh: called by a server name of its own. */
  external: boolean
  meshGateway: string
  dialedDirectly: boolean
  filter: string
  onlyPassing: boolean
  /** ns */
  connectTimeoutNs: number
}

export interface Chain {
  readonly service: string
  readonly datacenter: string
  readonly protocol: string
  /** Of the service-defaults of the chain's own service. */
  readonly meta: Readonly<Record<string, string>> | null
  readonly extensions: readonly unknown[]
  /** Nothing is said about how the service is reached. */
  readonly isDefault: boolean
  /** Of the overrides that made a difference; '' when none did. */
  readonly customizationHash: string
  /** Key of the node where walks begin. */
  readonly start: string
  readonly nodes: ReadonlyMap<string, ChainNode>
  readonly targets: ReadonlyMap<string, Target>
}

export const nodeKey = (node: Pick<ChainNode, 'type' | 'name'>): string => `${node.type}:${node.name}`

/** @example targetId of subset v1 of web: `v1.web.default.default.dc1` */
export function targetId ({ service, subset, namespace, partition, datacenter, peer }: TargetPlace): string {
  if (peer !== '') return `${service}.${namespace}.${partition}.external.${peer}`
  return `${subset === '' ? '' : `${subset}.`}${service}.${namespace}.${partition}.${datacenter}`
}

/** Server name (TLS) of a target in its cluster. */
export function targetSni ({ service, subset, namespace, partition, datacenter }: TargetPlace, trustDomain: string): string {
  const name = `${subset === '' ? '' : `${subset}.`}${service}.${namespace}`
  return partition === DEFAULT ? `${name}.${datacenter}.internal.${trustDomain}` : `${name}.${partition}.${datacenter}.internal-v1.${trustDomain}`
}

/** Entries that do not fit together; `message` is Consul's. */
export class ChainError extends Error {}
