// Which services stand behind a gateway, and which gateways before a service: read out of the gateways' config entries and of what is registered. A wildcard
// stands for every service that fits, but for those that the entry names.

import { isConnectNative } from '../state/services.js'
import { fold } from '../state/keys.js'
import { ANY } from '../config-entries/entry-kind.js'
import { stateEntries } from '../config-entries/entry-source.js'
import { readChain } from '../chain/read.js'
import { topics } from '../state/topic-names.js'
import type { IngressGateway } from '../config-entries/kinds/ingress-gateway.js'
import type { TerminatingGateway } from '../config-entries/kinds/terminating-gateway.js'
import type { ConfigEntryEntry } from '../state/config-entries.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'

/** Kinds of gateways whose services are known by name. */
export type GatewayKind = 'ingress-gateway' | 'terminating-gateway'

/** One service behind one gateway; of an ingress gateway one for each of its ports. */
export interface GatewayService {
  readonly gateway: string
  readonly kind: GatewayKind
  readonly service: string
  /** Ingress: the listener; 0 and '' elsewhere. */
  readonly port: number
  readonly protocol: string
  readonly hosts: readonly string[]
  /** Terminating: how the service is called. */
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  readonly sni: string
  readonly autoHostRewrite: boolean
  readonly fromWildcard: boolean
  /** What a terminating gateway knows of the service: registered, defined as a destination, '' for neither. */
  readonly serviceKind: '' | 'service' | 'destination'
  /** Of the gateway's entry. */
  readonly createIndex: number
  readonly modifyIndex: number
}

const BLANK = { port: 0, protocol: '', hosts: [], caFile: '', certFile: '', keyFile: '', sni: '', autoHostRewrite: false, fromWildcard: false, serviceKind: '' } as const

/** The servers' own service is behind no gateway. */
const SERVERS = 'consul'

const hasProxies = (state: State, name: string): boolean => state.services.connect(name).length > 0
const hasPlain = (state: State, name: string): boolean => state.services.named(name).some(service => !isConnectNative(service.value))

/** Names of ordinary services that fit behind a wildcard. */
function ordinary (state: State, fits: (state: State, name: string) => boolean): string[] {
  const names: string[] = []
  for (const folded of state.services.names()) {
    const typical = state.services.named(folded).find(service => service.value.kind === '')
    if (typical !== undefined && typical.value.name !== SERVERS && fits(state, folded)) names.push(typical.value.name)
  }
  return names
}

/** Services outside of the mesh, known by their entries alone. */
const destinations = (state: State): string[] => stateEntries(state).entries('service-defaults').filter(entry => entry.Destination !== null).map(entry => entry.Name)

function ofIngress (state: State, entry: IngressGateway, { createIndex, modifyIndex }: ConfigEntryEntry): GatewayService[] {
  const found: GatewayService[] = []
  for (const { Port, Protocol, Services } of entry.Listeners ?? []) {
    const row = { ...BLANK, gateway: entry.Name, kind: 'ingress-gateway', port: Port, protocol: Protocol, createIndex, modifyIndex } as const
    const named = (Services ?? []).filter(service => service.Name !== ANY)
    for (const { Name, Hosts } of named) found.push({ ...row, service: Name, hosts: Hosts ?? [] })
    if (named.length === (Services ?? []).length) continue
    const taken = new Set(named.map(service => fold(service.Name)))
    for (const service of ordinary(state, hasProxies)) if (!taken.has(fold(service))) found.push({ ...row, service, fromWildcard: true })
  }
  return found
}

function ofTerminating (state: State, entry: TerminatingGateway, { createIndex, modifyIndex }: ConfigEntryEntry): GatewayService[] {
  const row = { ...BLANK, gateway: entry.Name, kind: 'terminating-gateway', createIndex, modifyIndex } as const
  const found = new Map<string, GatewayService>()
  const linked = entry.Services ?? []
  for (const { Name, CAFile, CertFile, KeyFile, SNI, DisableAutoHostRewrite } of linked) {
    if (Name === ANY) continue
    const how = { caFile: CAFile, certFile: CertFile, keyFile: KeyFile, sni: SNI, autoHostRewrite: !DisableAutoHostRewrite }
    found.set(fold(Name), { ...row, ...how, service: Name, serviceKind: kindOf(state, Name) })
  }
  const wildcard = linked.find(service => service.Name === ANY)
  if (wildcard === undefined) return [...found.values()]
  const how = { caFile: wildcard.CAFile, certFile: wildcard.CertFile, keyFile: wildcard.KeyFile, sni: wildcard.SNI, autoHostRewrite: !wildcard.DisableAutoHostRewrite, fromWildcard: true }
  const others: ReadonlyArray<readonly [string, GatewayService['serviceKind']]> = [
    ...ordinary(state, hasPlain).map(name => [name, ''] as const),
    ...destinations(state).map(name => [name, 'destination'] as const),
  ]
  for (const [service, serviceKind] of others) if (!found.has(fold(service))) found.set(fold(service), { ...row, ...how, service, serviceKind })
  return [...found.values()]
}

function kindOf (state: State, service: string): GatewayService['serviceKind'] {
  if (state.services.count(service) > 0) return 'service'
  return stateEntries(state).entry('service-defaults', service)?.Destination == null ? '' : 'destination'
}

function ofEntry (state: State, found: ConfigEntryEntry): GatewayService[] {
  const { kind, entry } = found.value
  return kind === 'ingress-gateway' ? ofIngress(state, entry as unknown as IngressGateway, found) : ofTerminating(state, entry as unknown as TerminatingGateway, found)
}

const byService = (a: GatewayService, b: GatewayService): number => fold(a.service) < fold(b.service) ? -1 : fold(a.service) > fold(b.service) ? 1 : a.port - b.port

/** Behind a wildcard of an ingress gateway are only those that speak its protocol. */
const visible = (state: State, found: ConfigEntryEntry): GatewayService[] =>
  ofEntry(state, found).filter(row => row.kind !== 'ingress-gateway' || !row.fromWildcard || protocolOf(state, row.service) === row.protocol)

/** Services behind a gateway, by name, then port. */
export function servicesOfGateway (state: State, gateway: string): GatewayService[] {
  const found = state.configEntries.get('ingress-gateway', gateway) ?? state.configEntries.get('terminating-gateway', gateway)
  return found === undefined ? [] : visible(state, found).sort(byService)
}

const KINDS: readonly GatewayKind[] = ['ingress-gateway', 'terminating-gateway']

/** Services behind any gateway. */
export const gatewayRows = (state: State): GatewayService[] => KINDS.flatMap(kind => state.configEntries.ofKind(kind)).flatMap(found => visible(state, found))

/** The protocol that callers of a service use. */
export const protocolOf = (state: State, service: string): string => readChain(state, service, 'dc1').chain().protocol

/** Gateways of a kind that a service stands behind, a row for each. */
export const gatewaysOfService = (state: State, kind: GatewayKind, service: string): GatewayService[] =>
  state.configEntries.ofKind(kind).flatMap(found => ofEntry(state, found)).filter(row => fold(row.service) === fold(service))

/** Instances of the gateways of a kind before a service, each once. */
export function gatewayInstances (state: State, kind: GatewayKind, service: string): ServiceEntry[] {
  // Whoever has no gateways pays nothing for them.
  if (state.configEntries.ofKind(kind).length === 0) return []
  const names = new Set(gatewaysOfService(state, kind, service).map(row => fold(row.gateway)))
  return [...names].flatMap(name => state.services.named(name))
}

/** What a reader of the services behind a gateway depends on: a wildcard is about everything, a name about the service that has it. */
export function topicsOfGateway (state: State, gateway: string): string[] {
  const own = [topics.configEntry('ingress-gateway', gateway), topics.configEntry('terminating-gateway', gateway)]
  const found = state.configEntries.get('ingress-gateway', gateway) ?? state.configEntries.get('terminating-gateway', gateway)
  if (found === undefined) return own
  const { entry } = found.value
  const named = found.value.kind === 'ingress-gateway' ? ((entry as unknown as IngressGateway).Listeners ?? []).flatMap(of => of.Services ?? []) : (entry as unknown as TerminatingGateway).Services ?? []
  if (named.some(service => service.Name === ANY)) return [...own, topics.services, topics.configKind('service-defaults'), topics.configEntry('proxy-defaults', 'global')]
  return [...own, ...named.flatMap(({ Name }) => [topics.service(Name), topics.configEntry('service-defaults', Name)])]
}

/** What a reader of the gateways before a service depends on. */
export const gatewayTopics = (state: State, kind: GatewayKind): string[] =>
  state.configEntries.ofKind(kind).length === 0
    ? [topics.configKind(kind)]
    : [topics.configKind(kind), topics.services, topics.configKind('service-defaults'), topics.configEntry('proxy-defaults', 'global'), topics.kind(kind)]

/** What a reader of all of them depends on. */
export const topicsOfRows = (state: State): string[] => [...new Set(KINDS.flatMap(kind => gatewayTopics(state, kind)))]

/** What a reader of a service's gateways and their health depends on. */
export function gatewayHealthTopics (state: State, kind: GatewayKind, service: string): string[] {
  const gateways = new Set(gatewaysOfService(state, kind, service).map(row => row.gateway))
  return [...gatewayTopics(state, kind), ...Array.from(gateways, gateway => topics.health(gateway))]
}
