// Who calls whom, seen from one service: what registrations say (mesh-links.ts), and, where proxies are transparent or a service speaks for itself, whoever an
// intention lets through.

import { stateEntries } from '../config-entries/entry-source.js'
import { ANY } from '../config-entries/entry-kind.js'
import { CHAIN_KINDS } from '../config-entries/exported.js'
import { isHttpLike } from '../config-entries/parts/http-parts.js'
import { instanceOf } from '../catalog/select.js'
import { SERVER_SERVICE } from '../catalog/self.js'
import { connectInstances } from '../gateways/connect-instances.js'
import { protocolOf } from '../gateways/gateway-services.js'
import { byDefault } from '../intentions/decide.js'
import { fromSource, toDestination } from '../intentions/intention.js'
import { downstreamsOf, upstreamsOf } from './mesh-links.js'
import { fold } from '../state/keys.js'
import { isConnectNative, proxyTarget } from '../state/services.js'
import { EXTERNAL_SOURCE, Summaries, isSidecar, isTransparent, summaryJson } from './summary.js'
import { topics } from '../state/topic-names.js'
import type { Json } from '../catalog/wire.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { Intention } from '../intentions/intention.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'

/** What the service is taken for: an ordinary one, or a gateway whose own entry says what it does. */
export type TopologyKind = '' | 'ingress-gateway' | 'api-gateway'

/** How it is known that one service calls another. */
type Source = 'proxy-registration' | 'specific-intention' | 'default-allow' | 'wildcard-intention' | 'routing-config'

interface Neighbour { readonly name: string, readonly source: Source }

/** By folded name. */
type Neighbours = Map<string, Neighbour>

/** One direction of calls: which intentions are about it, and of which of their ends the neighbour is. */
interface Direction {
  readonly intentions: readonly Intention[]
  readonly isAbout: (intention: Intention, neighbour: string) => boolean
  readonly defaultAllow: boolean
}

export interface Topology {
  /** Of the calls to the service, for whoever reads its metrics. */
  readonly protocol: string
  /** All proxies of the service are in transparent mode. */
  readonly transparent: boolean
  readonly upstreams: readonly Json[]
  readonly downstreams: readonly Json[]
  readonly topics: readonly string[]
}

const decider = ({ intentions, isAbout }: Direction, neighbour: string): Intention | undefined => intentions.find(of => isAbout(of, neighbour))

const isExact = ({ source, destination }: Intention): boolean => source !== ANY && destination !== ANY

/** What an intention says of single requests counts as no here: it is for the proxy to see. */
function decisionJson (direction: Direction, neighbour: string): Json {
  const of = decider(direction, neighbour)
  const hasPermissions = (of?.permissions?.length ?? 0) > 0
  return {
    Allowed: of === undefined ? direction.defaultAllow : of.action === 'allow' && !hasPermissions,
    HasPermissions: hasPermissions,
    ExternalSource: of?.meta?.[EXTERNAL_SOURCE] ?? '',
    HasExact: of !== undefined && isExact(of),
    DefaultAllow: direction.defaultAllow,
  }
}

/** Adds whom an intention, or the default, lets through; some requests suffice. */
function addAllowed (neighbours: Neighbours, candidates: Iterable<string>, direction: Direction, self: string): void {
  for (const name of candidates) {
    if (name === SERVER_SERVICE || fold(name) === fold(self) || neighbours.has(fold(name))) continue
    const of = decider(direction, name)
    const passes = of === undefined ? direction.defaultAllow : of.action === 'allow' || (of.permissions?.length ?? 0) > 0
    if (passes) neighbours.set(fold(name), { name, source: of !== undefined && isExact(of) ? 'specific-intention' : direction.defaultAllow ? 'default-allow' : 'wildcard-intention' })
  }
}

/** Whom an instance speaks for. */
const speaksFor = (service: ServiceRecord): string => service.kind === 'connect-proxy' ? proxyTarget(service) : service.name

/** A service whose calls go wherever it likes: nobody registers what it calls. */
const reachesOut = (state: State, name: string): boolean => state.services.connect(name).some(({ value }) => isTransparent(value.proxy) || isConnectNative(value))

/** Names of services that have an instance of one of the kinds. */
function * namesOfKinds (state: State, kinds: readonly string[]): Iterable<string> {
  for (const folded of state.services.names()) {
    const found = state.services.named(folded).find(({ value }) => kinds.includes(value.kind))
    if (found !== undefined) yield found.value.name
  }
}

/** Summaries of the neighbours' instances and proxies. */
function summarize (state: State, neighbours: Neighbours, keeps: (name: string) => boolean): Summaries {
  const summaries = new Summaries()
  const seen = new Set<unknown>()
  for (const { name } of neighbours.values()) {
    for (const service of [...state.services.named(name), ...connectInstances(state, name)]) {
      const instance = seen.has(service) || !keeps(speaksFor(service.value)) ? undefined : instanceOf(state, service)
      seen.add(service)
      if (instance !== undefined) summaries.add(instance)
    }
  }
  return summaries
}

const shown = (summaries: Summaries, neighbours: Neighbours, direction: Direction): Json[] => summaries.sorted().filter(of => !isSidecar(of)).map(of =>
  ({ ...summaryJson(of), Source: neighbours.get(fold(of.name))?.source ?? '', Intention: decisionJson(direction, of.name) }))

/** Upstreams that no instance stands for, but entries that say where calls go instead. */
function routed (state: State, neighbours: Neighbours, summaries: Summaries, direction: Direction, datacenter: string): Json[] {
  const entries = stateEntries(state)
  const found = [...neighbours.values()].filter(({ name }) => summaries.get(name) === undefined && CHAIN_KINDS.some(kind => entries.entry(kind, name) !== undefined))
  return found.sort((a, b) => a.name < b.name ? -1 : 1).map(({ name }) => {
    const nobody = new Summaries().of(name)
    nobody.datacenter = datacenter
    return { ...summaryJson(nobody), Source: 'routing-config' satisfies Source, Intention: decisionJson(direction, name) }
  })
}

/** A gateway listens for several services: it is one of requests when all its listeners are. '' when it has no entry. */
function gatewayProtocol (state: State, kind: 'ingress-gateway' | 'api-gateway', name: string): string {
  const listeners = stateEntries(state).entry(kind, name)?.Listeners
  if (listeners === undefined) return ''
  return listeners !== null && listeners.length > 0 && listeners.every(listener => isHttpLike(listener.Protocol)) ? 'http' : 'tcp'
}

const registered = (names: readonly string[]): Neighbours => new Map(names.map(name => [fold(name), { name, source: 'proxy-registration' }]))

/** @throws RosterError when the entries of the service's chain do not fit together */
export function topologyOf (state: State, config: RuntimeConfig, service: string, kind: TopologyKind): Topology {
  const { datacenter } = config
  const defaultAllow = byDefault(config).allowed
  const proxies = kind === '' ? state.services.connect(service) : []
  const free = kind === '' && reachesOut(state, service)
  const entries = stateEntries(state)
  const bound = entries.entries('bound-api-gateway')

  const out: Direction = { intentions: fromSource(state, service), isAbout: (of, name) => of.destination === name || of.destination === ANY, defaultAllow }
  const behind = kind === 'api-gateway' ? Object.keys(bound.find(of => fold(of.Name) === fold(service))?.Services ?? {}) : []
  const upstreams = registered([...upstreamsOf(state, service), ...behind])
  if (free) addAllowed(upstreams, new Set([...namesOfKinds(state, ['']), ...state.virtualIps.names()]), out, service)
  const called = summarize(state, upstreams, name => free || upstreams.get(fold(name))?.source === 'proxy-registration')

  const into: Direction = { intentions: toDestination(state, service), isAbout: (of, name) => of.peer === '' && (of.source === name || of.source === ANY), defaultAllow }
  const gateways = bound.filter(of => Object.keys(of.Services ?? {}).some(name => fold(name) === fold(service))).map(of => of.Name)
  const downstreams = registered([...downstreamsOf(state, service, datacenter), ...gateways])
  addAllowed(downstreams, [...namesOfKinds(state, ['', 'ingress-gateway'])].filter(name => reachesOut(state, name)), into, service)
  const calling = summarize(state, downstreams, name => reachesOut(state, name) || downstreams.get(fold(name))?.source === 'proxy-registration')

  const concerned = [service, ...[...upstreams.values(), ...downstreams.values()].map(({ name }) => name)]
  return {
    protocol: kind === '' ? protocolOf(state, service) : gatewayProtocol(state, kind, service),
    transparent: proxies.length > 0 && proxies.every(({ value }) => isTransparent(value.proxy)),
    upstreams: [...shown(called, upstreams, out), ...routed(state, upstreams, called, out, datacenter)],
    downstreams: shown(calling, downstreams, into),
    topics: [topics.services, topics.configEntries, ...concerned.flatMap(name => [topics.health(name), topics.connectHealth(name)])],
  }
}
