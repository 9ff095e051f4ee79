// From a discovery chain to the ways that a request can take: which route is meant, which part of a split by lot, which instances at the end. Compiled once a change of the chain,
// walked once a call. Pure: it knows no instances; those are lanes.ts.

import type { HeaderModifiers, LoadBalancer, RouteDestination } from '../api/config-entries.js'
import type { ChainNode, ChainTarget, DiscoveryChain } from '../api/discovery-chain.js'
import { routeMatcher } from './route-match.js'
import type { RouteMatcher } from './route-match.js'
import { headerChanges } from './request-changes.js'
import type { HeaderChanges, PathRewrite } from './request-changes.js'
import type { RequestFacts } from './request-facts.js'

/** Which instances: where the registry is asked for them, and how. */
export interface Destination {
  /** As the chain names it, such as `v2.payments.default.default.dc1`. */
  readonly id: string
  readonly service: string
  /** Expression over the instances; '' is all. */
  readonly filter: string
  readonly onlyPassing: boolean
  /** Another datacenter, or another cluster that is a peer; '' is where the chain is seen from. */
  readonly datacenter: string
  readonly peer: string
}

/** One way through the chain, from the start to instances. The same object for the same way, as long as the chain is the same. */
export interface Way {
  /** In order: those after the first take over when it has nobody who is well. */
  readonly destinations: readonly [Destination, ...Destination[]]
  /** What the route says, if there was one. */
  readonly route: RouteDestination | undefined
  readonly rewrite: PathRewrite | undefined
  readonly requestHeaders: HeaderChanges | undefined
  readonly responseHeaders: HeaderChanges | undefined
  readonly loadBalancer: LoadBalancer | undefined
  /** Of the resolver, as Go writes it. */
  readonly requestTimeout: string | undefined
}

/** A way, and the share of the requests that takes it. */
export interface SharedWay { readonly way: Way, readonly share: number }

export interface Ways {
  /** All there are. */
  readonly all: readonly Way[]
  /** The only one, whatever the request is; `undefined` when it depends. */
  readonly only: Way | undefined
  /** @param random uniform in [0, 1) */
  choose (request: RequestFacts, random: () => number): Way
  /** Where such a request can go, and with which share. */
  shares (request: RequestFacts): readonly SharedWay[]
}

/** What has been said on the way so far. */
interface Said {
  readonly route?: RouteDestination | undefined
  readonly rewrite?: PathRewrite | undefined
  readonly request: ReadonlyArray<HeaderModifiers | null | undefined>
  readonly response: ReadonlyArray<HeaderModifiers | null | undefined>
}

interface Branch { readonly matches: RouteMatcher, readonly shares: readonly SharedWay[] }

/** Longest way that is followed; the registry lets no circle in, but a chain comes from outside. */
const MAX_DEPTH = 50
/** Ways of one chain; more than this is no configuration that a person wrote. */
const MAX_WAYS = 10_000

/** The way of a service that no entry says anything about. */
export const plainWays = (service: string): Ways => single({
  destinations: [{ id: service, service, filter: '', onlyPassing: false, datacenter: '', peer: '' }],
  route: undefined,
  rewrite: undefined,
  requestHeaders: undefined,
  responseHeaders: undefined,
  loadBalancer: undefined,
  requestTimeout: undefined,
})

function single (way: Way): Ways {
  const shares = [{ way, share: 1 }]
  return { all: [way], only: way, choose: () => way, shares: () => shares }
}

/** @throws Error for a chain that leads nowhere: it is damaged */
export function waysOf (chain: DiscoveryChain): Ways {
  const branches = branchesFrom(chain, chain.StartNode, { request: [], response: [] }, 0)
  const all = [...new Set(branches.flatMap(({ shares }) => shares.map(({ way }) => way)))]
  if (all.length > MAX_WAYS) throw new Error(`the discovery chain of "${chain.ServiceName}" has ${all.length} ways`)
  if (all.length === 0) throw new Error(`the discovery chain of "${chain.ServiceName}" leads nowhere`)
  if (all.length === 1) return single(all[0]!)
  // The last route of a chain takes everything.
  const sharesFor = (request: RequestFacts): readonly SharedWay[] => (branches.find(({ matches }) => matches(request)) ?? branches.at(-1)!).shares
  return { all, only: undefined, choose: (request, random) => draw(sharesFor(request), random), shares: sharesFor }
}

function draw (shares: readonly SharedWay[], random: () => number): Way {
  if (shares.length === 1) return shares[0]!.way
  let left = random() * shares.reduce((sum, { share }) => sum + share, 0)
  for (const { way, share } of shares) {
    left -= share
    if (left < 0) return way
  }
  // Rounding: the shares add up to a hair less than the total. One with share 0 is nobody's.
  return shares.findLast(({ share }) => share > 0)!.way
}

function branchesFrom (chain: DiscoveryChain, key: string, said: Said, depth: number): Branch[] {
  const node = nodeOf(chain, key, depth)
  if (node.Type !== 'router') return [{ matches: () => true, shares: sharesFrom(chain, key, said, depth) }]
  return (node.Routes ?? []).map(({ Definition, NextNode }) => {
    const route = Definition?.Destination ?? undefined
    return { matches: routeMatcher(Definition?.Match), shares: sharesFrom(chain, NextNode, { route, rewrite: rewriteOf(Definition), request: [route?.RequestHeaders], response: [route?.ResponseHeaders] }, depth + 1) }
  })
}

function rewriteOf (route: NonNullable<NonNullable<ChainNode['Routes']>[number]['Definition']> | undefined): PathRewrite | undefined {
  const to = route?.Destination?.PrefixRewrite
  const { PathExact, PathPrefix, CaseInsensitive = false } = route?.Match?.HTTP ?? {}
  const from = PathExact || PathPrefix
  return to && from ? { from, to, ignoreCase: CaseInsensitive } : undefined
}

function sharesFrom (chain: DiscoveryChain, key: string, said: Said, depth: number): readonly SharedWay[] {
  const node = nodeOf(chain, key, depth)
  if (node.Type === 'resolver') return [{ way: wayTo(chain, node, said), share: 1 }]
  if (node.Type === 'router') throw new Error(`the discovery chain of "${chain.ServiceName}" has a router within`)
  const splits = (node.Splits ?? []).filter(({ Weight }) => Weight > 0)
  const total = splits.reduce((sum, { Weight }) => sum + Weight, 0)
  const split = splits.flatMap(({ Definition, Weight, NextNode }) => {
    const next = { ...said, request: [...said.request, Definition?.RequestHeaders], response: [...said.response, Definition?.ResponseHeaders] }
    return sharesFrom(chain, NextNode, next, depth + 1).map(({ way, share }) => ({ way: node.LoadBalancer ? { ...way, loadBalancer: node.LoadBalancer } : way, share: share * Weight / total }))
  })
  if (split.length === 0) throw new Error(`the discovery chain of "${chain.ServiceName}" has a splitter that leads nowhere`)
  return split
}

function wayTo (chain: DiscoveryChain, { Resolver, LoadBalancer, Name }: ChainNode, { route, rewrite, request, response }: Said): Way {
  const first = Resolver?.Target ?? Name
  const destinations = [first, ...Resolver?.Failover?.Targets ?? []].map(id => destinationOf(chain, id))
  return {
    destinations: destinations as [Destination, ...Destination[]],
    route,
    rewrite,
    requestHeaders: headerChanges(request),
    responseHeaders: headerChanges(response),
    loadBalancer: LoadBalancer ?? undefined,
    requestTimeout: Resolver?.RequestTimeout,
  }
}

function destinationOf (chain: DiscoveryChain, id: string): Destination {
  const target: ChainTarget | undefined = Object.hasOwn(chain.Targets, id) ? chain.Targets[id] : undefined
  if (typeof target?.Service !== 'string') throw new Error(`the discovery chain of "${chain.ServiceName}" leads to ${id}, which it does not describe`)
  const { Service, Subset, Datacenter = '', Peer = '' } = target
  return { id, service: Service, filter: Subset?.Filter ?? '', onlyPassing: Subset?.OnlyPassing ?? false, datacenter: Datacenter === chain.Datacenter ? '' : Datacenter, peer: Peer }
}

function nodeOf (chain: DiscoveryChain, key: string, depth: number): ChainNode {
  const node = Object.hasOwn(chain.Nodes, key) ? chain.Nodes[key] : undefined
  if (node === undefined || depth > MAX_DEPTH) throw new Error(`the discovery chain of "${chain.ServiceName}" ${node === undefined ? `has no node ${key}` : 'goes in circles'}`)
  return node
}
