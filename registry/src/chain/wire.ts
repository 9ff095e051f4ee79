// A chain as the discovery-chain endpoint answers it.

import { formatDuration } from '../http/decode/duration.js'
import { envoyExtensions } from '../config-entries/parts/proxy-parts.js'
import { loadBalancer } from '../config-entries/kinds/service-resolver.js'
import { serviceRoute } from '../config-entries/kinds/service-router.js'
import { serviceSplit } from '../config-entries/kinds/service-splitter.js'
import { shortestSingle } from '../http/decode/weak/weak-scalars.js'
import { DEFAULT, nodeKey } from './chain.js'
import type { Json } from '../catalog/wire.js'
import type { LoadBalancer } from '../config-entries/kinds/service-resolver.js'
import type { WeakValue } from '../http/decode/weak/weak-kind.js'
import type { Chain, ChainNode, ResolverNode, Target } from './chain.js'

/** Only what is there. */
const some = (of: Readonly<Record<string, unknown>>): Json =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== '' && value !== 0 && value !== false && value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)))

const duration = (ns: number): string => ns === 0 ? '' : formatDuration(ns)
const balancing = (balancer: LoadBalancer | null): Json => balancer === null ? {} : { LoadBalancer: loadBalancer.show(balancer) }

function resolverJson ({ isDefault, name, connectTimeoutNs, requestTimeoutNs, failover, failoverPolicy }: ResolverNode): Json {
  const policy = failoverPolicy && some({ Mode: failoverPolicy.Mode, Regions: failoverPolicy.Regions })
  return some({
    ConnectTimeout: duration(connectTimeoutNs),
    Default: isDefault,
    RequestTimeout: requestTimeoutNs,
    Target: name,
    Failover: failover.length === 0 ? undefined : { Targets: failover, ...(policy === null ? {} : { Policy: policy }) },
  })
}

function nodeJson (node: ChainNode): Json {
  const { type, name } = node
  switch (node.type) {
    case 'router': return { Type: type, Name: name, Routes: node.routes.map(({ definition, next }) => ({ Definition: serviceRoute.show(definition), NextNode: next })) }
    case 'splitter': return { Type: type, Name: name, Splits: node.splits.map(({ definition, weight, next }) => ({ Definition: serviceSplit.show(definition), ...some({ Weight: shortestSingle(weight) }), NextNode: next })), ...balancing(node.balancer) }
    case 'resolver': return { Type: type, Name: name, Resolver: resolverJson(node), ...balancing(node.balancer) }
  }
}

const targetJson = (target: Target): Json => ({
  ...some({
    ConnectTimeout: duration(target.connectTimeoutNs),
    ID: target.id,
    Service: target.service,
    ServiceSubset: target.subset,
    Namespace: target.namespace,
    Partition: target.partition,
    Datacenter: target.datacenter,
    Peer: target.peer,
  }),
  MeshGateway: some({ Mode: target.meshGateway }),
  Subset: some({ Filter: target.filter, OnlyPassing: target.onlyPassing }),
  TransparentProxy: some({ DialedDirectly: target.dialedDirectly }),
  ...some({ External: target.external, SNI: target.sni, Name: target.name }),
})

/** Virtual addresses of the chain's service; `null` when it has none. */
export interface ChainAddresses { readonly automatic: readonly string[] | null, readonly manual: readonly string[] | null }

export const chainJson = (chain: Chain, addresses: ChainAddresses): Json => ({
  ServiceName: chain.service,
  Namespace: DEFAULT,
  Partition: DEFAULT,
  Datacenter: chain.datacenter,
  ...some({
    CustomizationHash: chain.customizationHash,
    Default: chain.isDefault,
    Protocol: chain.protocol,
    ServiceMeta: chain.meta !== null && Object.keys(chain.meta).length > 0 ? chain.meta : undefined,
    EnvoyExtensions: envoyExtensions.show(chain.extensions as WeakValue<typeof envoyExtensions>),
  }),
  StartNode: chain.start,
  Nodes: Object.fromEntries([...chain.nodes.values()].map(node => [nodeKey(node), nodeJson(node)])),
  Targets: Object.fromEntries([...chain.targets].map(([id, target]) => [id, targetJson(target)])),
  AutoVirtualIPs: addresses.automatic,
  ManualVirtualIPs: addresses.manual,
})
