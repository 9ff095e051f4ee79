// From the name in a question to what is asked for: every form of name under the domain. Pure; whether anything of that name exists is lookup.ts' affair.
//
//   [tag.]service.service[.dc]   _service._tag[.service][.dc]   node.node[.dc]   service.connect|ingress|virtual[.dc]   query.query[.dc]   hex.addr[.…]
//   and, in the place of [.dc], pairs in any order: <dc>.dc  <peer>.peer  <port>.port

import { TYPE } from './codes.js'
import { fromHex, fromReverse } from './ip-address.js'
import type { IpBytes } from './ip-address.js'

interface OwnZone { readonly name: string, readonly labels: readonly string[] }

/** The domains that are ours. */
export interface Zones {
  readonly main: OwnZone
  /** Longest first: `corp.example.` may hold `alt.corp.example.` */
  readonly all: readonly OwnZone[]
}

/** Both in small letters, one dot at the end; '' as `domain` is the root, as `altDomain` none. */
export function zonesOf (domain: string, altDomain: string): Zones {
  const main = { name: domain === '' ? '.' : domain, labels: splitName(domain) }
  const all = altDomain === '' ? [main] : [main, { name: altDomain, labels: splitName(altDomain) }]
  return { main, all: all.sort((a, b) => b.labels.length - a.labels.length) }
}

/** The zone that a name lies in. */
export interface Zone {
  /** As the question wrote it, one dot at the end: what targets end with, so that whoever asked recognises them. */
  readonly written: string
  /** In small letters. */
  readonly name: string
  /** The zone whose SOA record goes with refusals: the bare alternative domain belongs to the main one. */
  readonly soa: string
  /** How many labels of the question are the zone's. */
  readonly labels: number
}

/** Labels behind the kind. All in small letters. */
export interface Place {
  readonly datacenter: string
  readonly peer: string
  /** One label that may be either; '' when there is none. */
  readonly datacenterOrPeer: string
  /** Name of a port, '' for the service's own. */
  readonly port: string
}

/** Names are in small letters, the way they are compared. */
export type Asked =
  | { readonly kind: 'outside' } // no domain of ours
  | { readonly kind: 'reverse', readonly zone: Zone, readonly address: IpBytes | undefined }
  | { readonly kind: 'unknown', readonly zone: Zone } // in our domain, but no form of name
  | { readonly kind: 'service', readonly zone: Zone, readonly service: string, readonly tag: string, readonly place: Place }
  | { readonly kind: 'connect', readonly zone: Zone, readonly service: string, readonly place: Place }
  | { readonly kind: 'ingress', readonly zone: Zone, readonly service: string, readonly place: Place }
  | { readonly kind: 'virtual', readonly zone: Zone, readonly service: string, readonly place: Place }
  | { readonly kind: 'node', readonly zone: Zone, readonly node: string, readonly place: Place }
  | { readonly kind: 'query', readonly zone: Zone, readonly query: string, readonly place: Place }
  | { readonly kind: 'address', readonly zone: Zone, readonly address: IpBytes }

const NO_PLACE: Place = { datacenter: '', peer: '', datacenterOrPeer: '', port: '' }
const KINDS: ReadonlySet<string> = new Set(['service', 'connect', 'ingress', 'virtual', 'node', 'query', 'addr'])

/**
 * @param labels of the question, first label first, without the root; letter case as asked
 * @param type of the question: only SRV may leave out `service`
 */
export function parseName (labels: readonly string[], type: number, zones: Zones): Asked {
  const low = labels.map(lowerCase)
  const zone = zoneOf(labels, low, zones)
  if (zone === undefined) return { kind: 'outside' }
  if (zone === 'arpa') {
    // Reverse names answer with names of the main domain, whatever the question's own.
    const { name } = zones.main
    return { kind: 'reverse', zone: { written: name, name, soa: name, labels: 0 }, address: fromReverse(labels) }
  }
  return parseKind(low.slice(0, low.length - zone.labels), type, zone)
}

/** `prefix` as a name below a zone. */
export const below = (prefix: string, zone: string): string => zone === '.' ? `${prefix}.` : `${prefix}.${zone}`

/** A name as its labels: `a.b.` and `a.b` alike. */
export const splitName = (name: string): string[] => name.split('.').filter(label => label !== '')

function parseKind (labels: readonly string[], type: number, zone: Zone): Asked {
  const unknown: Asked = { kind: 'unknown', zone }
  // The word nearest to the domain decides: `service.web.service` is the service `web` with the tag `service`.
  for (let i = labels.length - 1; i >= 0; i--) {
    const word = labels[i]!
    const short = type === TYPE.SRV && word.startsWith('_')
    if (!KINDS.has(word) && !short) continue
    const front = labels.slice(0, short ? i + 1 : i)
    const behind = labels.slice(i + 1)
    if (front.length === 0) return unknown
    if (word === 'addr') return parseAddress(front, zone)
    const place = parsePlace(behind)
    if (place === undefined) return unknown
    const last = front.at(-1)!
    if (short || word === 'service') return { kind: 'service', zone, ...parseService(front), place }
    if (word === 'node') return { kind: 'node', zone, node: front.join('.'), place }
    if (word === 'query') return { kind: 'query', zone, query: parseQuery(front), place }
    return { kind: word as 'connect' | 'ingress' | 'virtual', zone, service: last, place }
  }
  return unknown
}

function parseService (front: readonly string[]): { service: string, tag: string } {
  const [first, second] = front as readonly [string, string?]
  // RFC 2782; `_tcp` is what every client writes, so it stands for any tag.
  if (front.length === 2 && first.startsWith('_') && second!.startsWith('_')) return { service: first.slice(1), tag: second === '_tcp' ? '' : second!.slice(1) }
  return { service: front.at(-1)!, tag: front.slice(0, -1).join('.') }
}

function parseQuery (front: readonly string[]): string {
  const rfc2782 = front.length > 1 && front[0]!.startsWith('_') && front.at(-1)!.startsWith('_')
  return rfc2782 ? front.slice(0, -1).join('.').slice(1) : front.join('.')
}

function parseAddress (front: readonly string[], zone: Zone): Asked {
  const address = front.length === 1 ? fromHex(front[0]!) : undefined
  return address === undefined ? { kind: 'unknown', zone } : { kind: 'address', zone, address }
}

function parsePlace (labels: readonly string[]): Place | undefined {
  if (labels.length === 0) return NO_PLACE
  if (labels.length === 1) return { ...NO_PLACE, datacenterOrPeer: labels[0]! }
  if (labels.length % 2 !== 0) return undefined
  const place = { datacenter: '', peer: '', datacenterOrPeer: '', port: '' }
  for (let i = 0; i < labels.length; i += 2) {
    const value = labels[i]!
    switch (labels[i + 1]) {
      case 'dc': place.datacenter = value; break
      case 'peer': place.peer = value; break
      case 'port': place.port = value; break
      default: return undefined
    }
  }
  return place.datacenter !== '' && place.peer !== '' ? undefined : place
}

/** The longest of our zones that the name ends with. */
function zoneOf (labels: readonly string[], low: readonly string[], zones: Zones): Zone | 'arpa' | undefined {
  const zone = zones.all.find(z => endsWith(low, z.labels))
  if (zone === undefined) return low.at(-1) === 'arpa' ? 'arpa' : undefined
  const depth = zone.labels.length
  const soa = low.length === depth ? zones.main.name : zone.name
  return { written: `${labels.slice(low.length - depth).join('.')}.`, name: zone.name, soa, labels: depth }
}

function endsWith (low: readonly string[], own: readonly string[]): boolean {
  const from = low.length - own.length
  return from >= 0 && own.every((label, i) => label === low[from + i])
}

/** Domain names are compared without regard to letter case. */
const lowerCase = (label: string): string => label.toLowerCase()
