// API gateways and the routes that want to be on their listeners: which of them fit, and what the entries' statuses say about it. Made anew from all entries
// with each change to one, in the same transaction.

import { chainEntries } from '../chain/chain-entries.js'
import { ChainError } from '../chain/chain.js'
import { compileChain } from '../chain/compile.js'
import { Conditions } from './conditions.js'
import { sameReference } from './parts/references.js'
import type { EntrySource } from './entry-source.js'
import type { ApiGateway, ApiListener } from './kinds/api-gateway.js'
import type { BoundApiGateway } from './kinds/bound-api-gateway.js'
import type { HttpRoute } from './kinds/http-route.js'
import type { TcpRoute } from './kinds/tcp-route.js'
import type { Reference } from './parts/references.js'

type Bound = NonNullable<BoundApiGateway['Listeners']>[number]

interface Route {
  readonly kind: 'http-route' | 'tcp-route'
  readonly protocol: 'http' | 'tcp'
  readonly entry: HttpRoute | TcpRoute
  /** `undefined`: any. */
  readonly hostnames: readonly string[] | undefined
  readonly services: readonly string[]
  readonly conditions: Conditions
  accepted: boolean
}

interface Gateway {
  readonly entry: ApiGateway
  readonly conditions: Conditions
  readonly bound: Map<string, { readonly listener: ApiListener, readonly routes: Reference[], readonly certificates: Reference[] }>
  readonly services: Map<string, Reference[]>
  accepted: boolean
}

export interface Binding {
  /** Entries whose status, or whose content as the server writes it, is another one now. */
  readonly put: ReadonlyArray<{ readonly kind: 'api-gateway' | 'bound-api-gateway' | 'http-route' | 'tcp-route', readonly entry: ApiGateway | BoundApiGateway | HttpRoute | TcpRoute }>
  /** Names of bound gateways whose gateway is no more. */
  readonly gone: readonly string[]
}

/** @param now of the wall clock, ms; a condition that stays as it was keeps its time */
export function bindRoutes (source: EntrySource, now: number): Binding {
  const gateways = source.entries('api-gateway').map(entry => gatewayOf(source, entry, now))
  const routes = [...source.entries('http-route').map(entry => httpRoute(entry, now)), ...source.entries('tcp-route').map(entry => tcpRoute(entry, now))]
  for (const route of routes) {
    judge(source, route)
    for (const parent of route.entry.Parents ?? []) bind(route, parent, gateways.find(gateway => gateway.entry.Name === parent.Name))
  }
  for (const gateway of gateways) findConflicts(gateway)
  const put: Array<Binding['put'][number]> = []
  for (const gateway of gateways) {
    if (gateway.conditions.changed) put.push({ kind: 'api-gateway', entry: { ...gateway.entry, Status: gateway.conditions.status() } })
    put.push({ kind: 'bound-api-gateway', entry: boundOf(gateway) })
  }
  for (const { kind, entry, conditions } of routes) if (conditions.changed) put.push({ kind, entry: { ...entry, Status: conditions.status() } })
  const gone = source.entries('bound-api-gateway').map(entry => entry.Name).filter(name => !gateways.some(gateway => gateway.entry.Name === name))
  return { put, gone }
}

const WHOLE: Reference = { Kind: '', Name: '', SectionName: '' }

const listenerOf = (gateway: ApiGateway, listener: ApiListener): Reference => ({ Kind: 'api-gateway', Name: gateway.Name, SectionName: listener.Name })

function gatewayOf (source: EntrySource, entry: ApiGateway, now: number): Gateway {
  const conditions = new Conditions(entry.Status, now)
  const bound: Gateway['bound'] = new Map()
  let accepted = true
  for (const listener of entry.Listeners ?? []) {
    const wanted = listener.TLS.Certificates ?? []
    const missing = wanted.find(({ Kind, Name }) => (Kind === 'inline-certificate' ? source.entry('inline-certificate', Name) : source.entry('file-system-certificate', Name)) === undefined)
    accepted &&= missing === undefined
    if (missing === undefined) conditions.set('ResolvedRefs', 'True', 'ResolvedRefs', 'resolved refs', listenerOf(entry, listener))
    else conditions.set('ResolvedRefs', 'False', 'InvalidCertificateRef', `certificate "${missing.Name}" not found`, listenerOf(entry, listener))
    bound.set(listener.Name, { listener, routes: [], certificates: wanted.filter(reference => reference !== missing) })
  }
  if (accepted) conditions.set('Accepted', 'True', 'Accepted', 'gateway is valid', WHOLE)
  else conditions.set('Accepted', 'False', 'InvalidCertificates', 'gateway references invalid certificates', WHOLE)
  return { entry, conditions, bound, services: new Map(), accepted }
}

const httpRoute = (entry: HttpRoute, now: number): Route => ({
  kind: 'http-route',
  protocol: 'http',
  entry,
  hostnames: entry.Hostnames === null || entry.Hostnames.length === 0 ? undefined : entry.Hostnames,
  services: (entry.Rules ?? []).flatMap(rule => (rule.Services ?? []).map(service => service.Name)),
  conditions: new Conditions(entry.Status, now),
  accepted: false,
})

const tcpRoute = (entry: TcpRoute, now: number): Route => ({
  kind: 'tcp-route',
  protocol: 'tcp',
  entry,
  hostnames: undefined,
  services: (entry.Services ?? []).map(service => service.Name),
  conditions: new Conditions(entry.Status, now),
  accepted: false,
})

/** A route is as good as the chains of the services that it leads to. */
function judge (source: EntrySource, route: Route): void {
  if (route.services.length === 0) {
    route.conditions.set('Accepted', 'False', 'NoUpstreamServicesTargeted', 'route must target at least one upstream service', WHOLE)
    return
  }
  const problem = route.services.map(service => chainProblem(source, service, route.protocol)).find(found => found !== undefined)
  route.accepted = problem === undefined
  if (problem === undefined) route.conditions.set('Accepted', 'True', 'Accepted', 'route is valid', WHOLE)
  else route.conditions.set('Accepted', 'False', 'InvalidDiscoveryChain', problem, WHOLE)
}

function chainProblem (source: EntrySource, service: string, protocol: string): string | undefined {
  try {
    const chain = compileChain(chainEntries(source, service), { service, datacenter: 'dc1', trustDomain: 'consul' })
    return chain.protocol === protocol ? undefined : 'route protocol does not match targeted service protocol'
  } catch (error) {
    if (error instanceof ChainError) return error.message
    throw error
  }
}

/** Puts a route on the listeners of one parent, all of them or the one that it names. */
function bind (route: Route, parent: Reference, gateway: Gateway | undefined): void {
  if (gateway === undefined) {
    route.conditions.set('Bound', 'False', 'GatewayNotFound', 'gateway was not found', parent)
    return
  }
  const problems: string[] = []
  let took = false
  for (const { listener, routes } of gateway.bound.values()) {
    if (parent.SectionName !== '' && parent.SectionName !== listener.Name) continue
    const problem = listenerProblem(route, gateway, listener)
    if (problem === undefined) {
      took = true
      if (!routes.some(reference => sameReference(reference, referenceOf(route)))) routes.push(referenceOf(route))
    } else if (problem !== OTHER_PROTOCOL || parent.SectionName !== '') {
      problems.push(problem === OTHER_PROTOCOL ? `failed to bind route ${route.entry.Name} to gateway ${gateway.entry.Name}: listener ${listener.Name} is not a ${route.protocol} listener` : problem)
    }
  }
  if (took) {
    for (const service of route.services) {
      const references = gateway.services.get(service) ?? []
      if (!references.some(reference => sameReference(reference, referenceOf(route)))) references.push(referenceOf(route))
      gateway.services.set(service, references)
    }
    route.conditions.set('Bound', 'True', 'Bound', 'successfully bound route', parent)
  } else {
    route.conditions.set('Bound', 'False', 'FailedToBind', problems[0] ?? `failed to bind route ${route.entry.Name} to gateway ${gateway.entry.Name} with listener '${parent.SectionName}'`, parent)
  }
}

const OTHER_PROTOCOL = 'other protocol'

function listenerProblem (route: Route, gateway: Gateway, listener: ApiListener): string | undefined {
  const failed = `failed to bind route to gateway ${gateway.entry.Name}`
  if (!gateway.accepted) return `${failed}: gateway has not been accepted`
  if (!route.accepted) return `${failed}: route has not been accepted`
  if (route.hostnames !== undefined && !route.hostnames.some(host => isHostOf(host, listener.Hostname))) return `${failed}: listener ${listener.Name} is does not have any hostnames that match the route`
  return listener.Protocol === route.protocol ? undefined : OTHER_PROTOCOL
}

/** `*.example.org` stands for every name below; '' for all names. */
const isHostOf = (host: string, pattern: string): boolean =>
  pattern === '' || (pattern.includes('*') ? host.endsWith(pattern.replace(/^\*/, '').replace(/^\./, '')) : host === pattern)

const referenceOf = (route: Route): Reference => ({ Kind: route.kind, Name: route.entry.Name, SectionName: '' })

/** What is not HTTP cannot be told apart: one route a listener. */
function findConflicts ({ entry, bound, conditions }: Gateway): void {
  for (const { listener, routes } of bound.values()) {
    if (listener.Protocol === 'tcp' && routes.length > 1) conditions.set('Conflicted', 'True', 'RouteConflict', 'TCP-based listeners currently only support binding a single route', listenerOf(entry, listener))
    else conditions.set('Conflicted', 'False', 'NoConflict', 'listener has no route conflicts', listenerOf(entry, listener))
  }
}

const orNull = <T> (list: readonly T[]): readonly T[] | null => list.length === 0 ? null : list

const boundOf = ({ entry, bound, services }: Gateway): BoundApiGateway => ({
  Kind: 'bound-api-gateway',
  Name: entry.Name,
  Listeners: [...bound.values()].map(({ listener, routes, certificates }): Bound => ({ Name: listener.Name, Routes: orNull(routes), Certificates: orNull(certificates) })),
  Services: services.size === 0 ? {} : Object.fromEntries(services),
  Meta: null,
  Hash: 0,
})
