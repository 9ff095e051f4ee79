// From config entries to a discovery chain. Pure: the same entries and overrides give the same chain, or the same refusal.

import { createHash } from 'node:crypto'
import { isHashBased, hasSubset } from '../config-entries/kinds/service-resolver.js'
import { isHttpLike } from '../config-entries/parts/http-parts.js'
import { goQuote } from '../http/decode/go-text.js'
import { ChainError, DEFAULT, nodeKey } from './chain.js'
import { reachable, refuseCircles } from './circles.js'
import { flattenSplits } from './splits.js'
import { Targets } from './targets.js'
import type { ResolverFailover, ServiceResolver } from '../config-entries/kinds/service-resolver.js'
import type { ServiceRoute, ServiceRouter } from '../config-entries/kinds/service-router.js'
import type { ServiceSplitter } from '../config-entries/kinds/service-splitter.js'
import type { Chain, ChainNode, ResolverNode, Route, Split, SplitterNode, Target } from './chain.js'
import type { ChainEntries } from './chain-entries.js'
import type { Destination } from './targets.js'

export interface ChainRequest {
  readonly service: string
  readonly datacenter: string
  /** Domain of the cluster's certificates; part of every server name. */
  readonly trustDomain: string
  /** What a caller wants to be so, whatever the entries say; '' and 0 for nothing. */
  readonly overrides?: ChainOverrides
}

export interface ChainOverrides {
  readonly protocol: string
  /** ns */
  readonly connectTimeoutNs: number
  readonly meshGateway: string
}

const NO_OVERRIDES: ChainOverrides = { protocol: '', connectTimeoutNs: 0, meshGateway: '' }

const CONNECT_TIMEOUT_NS = 5e9

/** Hops from the start to a resolver: a chain is walked by recursion. */
export const MAX_HOPS = 200

/** @throws ChainError when the entries do not fit together */
export const compileChain = (entries: ChainEntries, request: ChainRequest): Chain => new Compiler(entries, request).compile()

/** A name as nodes have it. */
const nodeName = (service: string): string => `${service}.${DEFAULT}.${DEFAULT}`

class Compiler {
  readonly #entries: ChainEntries
  readonly #request: ChainRequest
  readonly #overrides: ChainOverrides
  readonly #targets: Targets
  readonly #nodes = new Map<string, ChainNode>()
  /** The protocol of all services of the chain, once one is known. */
  #protocol = ''
  #usesHttp = false
  /** Overrides that made a difference. */
  readonly #customized = new Set<keyof ChainOverrides>()
  #hops = 0

  constructor (entries: ChainEntries, request: ChainRequest) {
    this.#entries = entries
    this.#request = request
    this.#overrides = request.overrides ?? NO_OVERRIDES
    this.#targets = new Targets(request.datacenter, request.trustDomain)
  }

  compile (): Chain {
    const { service } = this.#request
    const router = this.#http(this.#entries.router)
    const start = router === undefined ? this.#splitterOrResolver(this.#targets.at({ service })) : this.#router(router)
    refuseCircles(this.#nodes, start)
    flattenSplits(this.#nodes, service)
    const reached = reachable(this.#nodes, start)
    for (const key of this.#nodes.keys()) if (!reached.has(key)) this.#nodes.delete(key)
    if (this.#usesHttp && !isHttpLike(this.#protocol)) throw new ChainError(`discovery chain ${goQuote(service)} uses a protocol ${goQuote(this.#protocol)} that does not permit advanced routing or splitting behavior`)
    const protocol = this.#overrides.protocol || this.#protocol
    if (protocol !== this.#protocol) this.#customized.add('protocol')
    const defaults = this.#entries.defaults.get(service)
    const targets = this.#targets.kept()
    return {
      service,
      datacenter: this.#request.datacenter,
      protocol,
      meta: defaults?.Meta ?? null,
      extensions: [...this.#entries.proxyDefaults?.EnvoyExtensions ?? [], ...defaults?.EnvoyExtensions ?? []],
      isDefault: isDefaultChain(this.#nodes.get(start)!, targets, service),
      customizationHash: this.#customizationHash(),
      start,
      nodes: this.#nodes,
      targets,
    }
  }

  /** Routers and splitters look into requests: they are left out where the caller insists on a protocol that has none. */
  #http<T> (entry: T | undefined): T | undefined {
    const { protocol } = this.#overrides
    if (entry === undefined || protocol === '' || isHttpLike(protocol)) return entry
    this.#customized.add('protocol')
    return undefined
  }

  #router (router: ServiceRouter): string {
    this.#usesHttp = true
    this.#protocolOf(router.Name)
    const { service } = this.#request
    const routes = (router.Routes ?? []).map((definition): Route => {
      const to = definition.Destination
      const target = this.#targets.at({ service: to?.Service || service, subset: to?.ServiceSubset ?? '', namespace: to?.Namespace ?? '', partition: to?.Partition ?? '' })
      return { definition, next: target.subset === '' ? this.#splitterOrResolver(target) : nodeKey(this.#resolver(target)) }
    })
    routes.push({ definition: restOf(router.Name), next: this.#splitterOrResolver(this.#targets.at({ service: router.Name })) })
    return this.#record({ type: 'router', name: nodeName(router.Name), routes })
  }

  #record (node: ChainNode): string {
    const key = nodeKey(node)
    this.#nodes.set(key, node)
    return key
  }

  #splitterOrResolver (target: Target): string {
    return this.#splitter(target.service) ?? nodeKey(this.#resolver(target))
  }

  /** Key of the service's splitter; `undefined` when it has none. */
  #splitter (service: string): string | undefined {
    const name = nodeName(service)
    const known = nodeKey({ type: 'splitter', name })
    if (this.#nodes.has(known)) return known
    const splitter = this.#http(this.#entries.splitters.get(service))
    if (splitter === undefined) return undefined
    if (++this.#hops > MAX_HOPS) throw new ChainError(`discovery chain ${goQuote(this.#request.service)} has more than ${MAX_HOPS} hops`)
    this.#usesHttp = true
    const node: SplitterNode = { type: 'splitter', name, splits: [], balancer: null }
    // Recorded before its splits are followed, so that a circle ends here; it is refused later.
    this.#record(node)
    node.splits = (splitter.Splits ?? []).map(definition => this.#split(node, service, definition))
    this.#hops--
    return known
  }

  #split (of: SplitterNode, service: string, definition: NonNullable<ServiceSplitter['Splits']>[number]): Split {
    const { Weight: weight, ServiceSubset: subset } = definition
    const to = definition.Service || service
    const inner = to !== service && subset === '' ? this.#splitter(to) : undefined
    if (inner !== undefined) return { definition, weight, next: inner }
    const node = this.#resolver(this.#targets.at({ service: to, subset }))
    // One splitter can keep callers to instances in one way only: the first.
    if (of.balancer === null && isHashBased(node.balancer)) of.balancer = node.balancer
    return { definition, weight, next: nodeKey(node) }
  }

  /** @param forFailover the node is only asked for its target: it is not part of the chain, and has no failover of its own */
  #resolver (first: Target, forFailover = false): ResolverNode {
    const { target, resolver, known } = this.#resolve(first)
    if (known !== undefined) return known
    this.#describe(target, resolver)
    this.#targets.keep(target)
    const node: ResolverNode = {
      type: 'resolver',
      name: target.id,
      isDefault: resolver === undefined || isDefaultResolver(resolver),
      connectTimeoutNs: target.connectTimeoutNs,
      requestTimeoutNs: resolver?.RequestTimeout ?? 0,
      failover: [],
      failoverPolicy: null,
      balancer: resolver?.LoadBalancer ?? null,
    }
    if (forFailover) return node
    this.#record(node)
    const failover = resolver?.Failover?.[target.subset] ?? resolver?.Failover?.[ANY_SUBSET]
    if (failover === undefined) return node
    const others = destinations(failover).map(to => this.#targets.from(target, to)).filter(other => other.id !== target.id)
    node.failover = others.map(other => this.#resolver(other, true).name)
    if (others.length > 0) node.failoverPolicy = failover.Policy ?? this.#entries.proxyDefaults?.FailoverPolicy ?? null
    return node
  }

  /** Follows redirects and default subsets to the target that stands at the end. */
  #resolve (first: Target): { readonly target: Target, readonly resolver: ServiceResolver | undefined, readonly known?: ResolverNode } {
    const way: string[] = []
    for (let target = first; ;) {
      const known = this.#nodes.get(nodeKey({ type: 'resolver', name: target.id }))
      const resolver = this.#entries.resolvers.get(target.service)
      if (known?.type === 'resolver') return { target, resolver, known }
      if (target.peer === '') this.#protocolOf(target.service)
      if (way.includes(target.id)) throw new ChainError(`detected circular resolver redirect: [${[...way, target.id].join(' -> ')}]`)
      way.push(target.id)
      const next = nextTarget(this.#targets, target, resolver)
      if (next === undefined) {
        if (target.subset !== '' && !hasSubset(resolver ?? { Subsets: null }, target.subset)) throw new ChainError(`service ${goQuote(target.service)} does not have a subset named ${goQuote(target.subset)}`)
        return { target, resolver }
      }
      target = next
    }
  }

  /** What entries say about a target beside where it is. */
  #describe (target: Target, resolver: ServiceResolver | undefined): void {
    const defaults = this.#entries.defaults.get(target.service)
    const { proxyDefaults } = this.#entries
    const { connectTimeoutNs, meshGateway } = this.#overrides
    target.connectTimeoutNs = resolver?.ConnectTimeout || CONNECT_TIMEOUT_NS
    if (connectTimeoutNs > 0 && connectTimeoutNs !== target.connectTimeoutNs) {
      target.connectTimeoutNs = connectTimeoutNs
      this.#customized.add('connectTimeoutNs')
    }
    const subset = resolver?.Subsets?.[target.subset]
    target.filter = subset?.Filter ?? ''
    target.onlyPassing = subset?.OnlyPassing ?? false
    if (defaults !== undefined && defaults.ExternalSNI !== '') {
      target.sni = defaults.ExternalSNI
      target.external = true
    }
    if (target.external) {
      const clash = resolver === undefined ? undefined : resolver.Redirect !== null ? 'redirects' : size(resolver.Subsets) > 0 ? 'subsets' : size(resolver.Failover) > 0 ? 'failover' : undefined
      if (clash !== undefined) throw new ChainError(`service ${goQuote(target.service)} has an external SNI set; cannot define ${clash} for external services`)
      return
    }
    target.meshGateway = defaults?.MeshGateway.Mode || proxyDefaults?.MeshGateway.Mode || ''
    target.dialedDirectly = defaults?.TransparentProxy.DialedDirectly === true || proxyDefaults?.TransparentProxy.DialedDirectly === true
    if (meshGateway !== '' && meshGateway !== target.meshGateway) {
      target.meshGateway = meshGateway
      this.#customized.add('meshGateway')
    }
  }

  /** All services of a chain speak one protocol. */
  #protocolOf (service: string): void {
    const defaults = this.#entries.defaults.get(service)
    const said = defaults === undefined ? this.#entries.proxyDefaults?.Protocol ?? '' : defaults.Protocol
    const protocol = said === '' ? 'tcp' : said.toLowerCase()
    if (this.#protocol === '') this.#protocol = protocol
    else if (this.#protocol !== protocol) throw new ChainError(`discovery chain ${goQuote(this.#request.service)} uses inconsistent protocols; service ${goQuote(service)} has ${goQuote(protocol)} which is not ${goQuote(this.#protocol)}`)
  }

  #customizationHash (): string {
    if (this.#customized.size === 0) return ''
    const said = Object.entries(this.#overrides).filter(([name]) => this.#customized.has(name as keyof ChainOverrides))
    return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 8)
  }
}

const ANY_SUBSET = '*'

const size = (map: object | null): number => map === null ? 0 : Object.keys(map).length

/** Where a target leads on; `undefined` when it is the end. */
function nextTarget (targets: Targets, target: Target, resolver: ServiceResolver | undefined): Target | undefined {
  const redirect = resolver?.Redirect
  if (redirect != null) {
    const to = targets.from(target, { service: redirect.Service, subset: redirect.ServiceSubset, datacenter: redirect.Datacenter, peer: redirect.Peer })
    if (to.id !== target.id) return to
  }
  const subset = resolver?.DefaultSubset ?? ''
  return target.subset === '' && subset !== '' ? targets.from(target, { subset }) : undefined
}

/** A failover's destinations, in the order in which they are tried. */
function destinations (failover: ResolverFailover): Destination[] {
  const own = { service: failover.Service, subset: failover.ServiceSubset }
  if (failover.Datacenters !== null && failover.Datacenters.length > 0) return failover.Datacenters.map(datacenter => ({ ...own, datacenter }))
  if (failover.Targets !== null && failover.Targets.length > 0) return failover.Targets.map(to => ({ service: to.Service, subset: to.ServiceSubset, datacenter: to.Datacenter, peer: to.Peer }))
  return [own]
}

const isDefaultResolver = (resolver: ServiceResolver): boolean =>
  resolver.DefaultSubset === '' && size(resolver.Subsets) === 0 && resolver.Redirect === null && size(resolver.Failover) === 0 &&
  resolver.ConnectTimeout === 0 && resolver.RequestTimeout === 0 && resolver.LoadBalancer === null && resolver.PrioritizeByLocality === null

/** The chain leads to its own service and says nothing on the way. */
function isDefaultChain (start: ChainNode, targets: ReadonlyMap<string, Target>, service: string): boolean {
  if (start.type !== 'resolver' || !start.isDefault) return false
  const target = targets.get(start.name)!
  return target.service === service && target.namespace === DEFAULT && target.partition === DEFAULT
}

/** The route for all requests that no other takes. */
const restOf = (service: string): ServiceRoute => ({ ...REST, Destination: { ...REST.Destination!, Service: service } })

const REST: ServiceRoute = {
  Match: { HTTP: { PathExact: '', PathPrefix: '/', PathRegex: '', CaseInsensitive: false, Header: null, QueryParam: null, Methods: null } },
  Destination: {
    RequestTimeout: 0,
    IdleTimeout: 0,
    Service: '',
    ServiceSubset: '',
    Namespace: DEFAULT,
    Partition: DEFAULT,
    PrefixRewrite: '',
    NumRetries: 0,
    RetryOnConnectFailure: false,
    RetryOn: null,
    RetryOnStatusCodes: null,
    RequestHeaders: null,
    ResponseHeaders: null,
  },
}
