// From what is asked to what is answered: the records of the state under the names of DNS. Pure: state, settings, second of the day and order of rows in,
// sections out. Trimming to a size is answer.ts' affair, asking others is resolver.ts'.

import { RCODE, TYPE } from './codes.js'
import { fitInstances, nodeTexts, tagged } from './instance.js'
import { isIp, parseIp } from './ip-address.js'
import { below, parseName, splitName } from './names.js'
import { nodeAnswer } from './node-answer.js'
import { addressRecord, EMPTY, fullName } from './record.js'
import { serviceAnswer } from './service-answer.js'
import { nameServers, soaRecord } from './zone-records.js'
import { topics } from '../state/topic-names.js'
import type { Fit, FitInstances } from './fit-instances.js'
import type { Instance } from './instance.js'
import type { Asked, Place, Zone } from './names.js'
import type { OuterNames } from './outer-names.js'
import type { ResourceRecord, Sections } from './record.js'
import type { ReverseIndex } from './reverse-index.js'
import type { DnsSettings } from './settings.js'
import type { State } from '../state/state.js'
import type { ServiceEntry } from '../state/services.js'

/** Brings rows into the order in which they are answered. */
export type Arrange = <T>(rows: readonly T[]) => readonly T[]

/** What a prepared query found. */
export interface QueryResult {
  /** In the order in which they are to be answered, filtered as the query says. */
  readonly rows: readonly Instance[]
  /** The query's own, in seconds. */
  readonly ttl: number | undefined
}

/** What other rooms know about names. Each may be missing: then there is nothing of the kind. */
export interface NameSources {
  /** @param query name or id in small letters; @param client IP of whoever asks, for `near: _ip`; @returns undefined when there is no such query, `failed` for one that cannot be run */
  readonly executeQuery?: (query: string, client: string) => QueryResult | 'failed' | undefined
  /** Ingress gateways that let a service in. */
  readonly ingressGateways?: (service: string) => readonly ServiceEntry[]
}

export interface LookupContext {
  readonly state: State
  readonly fit: FitInstances
  readonly settings: DnsSettings
  readonly datacenter: string
  /** Seconds since 1970: the serial of SOA records. */
  readonly second: number
  readonly reverse: ReverseIndex
  readonly sources: NameSources
  readonly outer: OuterNames
  /** IP of whoever asks, or what a resolver said of them (EDNS client subnet). */
  readonly client: string
}

/** A question, or a name that an answer leads on to. */
export interface Question {
  /** Name that the records are written under: ASKED, or the name that was led to. */
  readonly owner: string
  /** The question's name as text, one dot at the end. */
  readonly name: string
  readonly type: number
  /** The client speaks EDNS, so that chains need not be short. */
  readonly edns: boolean
  /** Answers past this many could not be sent. */
  readonly most: number
  /** How many more names may follow from here. */
  readonly depth: number
  /** Names followed for the whole question, against services that point to one another in great numbers. */
  readonly budget: { left: number }
}

export interface Answer extends Sections { readonly rcode: number }

export interface Reply {
  readonly kind: 'reply'
  /** Made anew for each order of rows. */
  readonly answer: (arrange: Arrange) => Answer
  /** How many rows may come first. */
  readonly rows: number
  /** While none of these topics changes, an answer stays the same but for its order and an SOA's serial. `undefined`: not known, not to be kept. */
  readonly topics?: readonly string[]
  /** It depends on where the client is: for a prepared query. */
  readonly local?: boolean
}

export type Finding =
  | Reply
  /** Not ours: for the recursors. Without any, `refusal` (for reverse names that nobody has), else REFUSED. */
  | { readonly kind: 'outside', readonly refusal?: Reply }

/** CNAME targets are followed so far. */
export const MAX_DEPTH = 3
export const MAX_FOLLOWED = 256

export function lookup (context: LookupContext, asked: Asked, question: Question): Finding {
  const { type } = question
  if (asked.kind === 'outside') return { kind: 'outside' }
  if (asked.kind === 'reverse') return reverse(context, asked, question)
  const { zone } = asked
  if (type === TYPE.SOA || type === TYPE.NS) return reply(arrange => authority(context, zone, type, arrange))
  if (type === TYPE.AXFR) return reply(() => ({ ...EMPTY, rcode: RCODE.NOTIMP }))
  switch (asked.kind) {
    case 'unknown': return refusal(context, zone, RCODE.NXDOMAIN)
    case 'address': return single(question, addressRecord(question.owner, context.settings.nodeTtl, asked.address))
    case 'node': return node(context, asked, question)
    case 'virtual': return virtual(context, asked, question)
    case 'query': return query(context, asked, question)
    default: return service(context, asked, question)
  }
}

// === kinds of names ===

type AskedOf<K extends Asked['kind']> = Extract<Asked, { readonly kind: K }>

function service (context: LookupContext, asked: AskedOf<'service' | 'connect' | 'ingress'>, question: Question): Finding {
  const { zone, place } = asked
  if (elsewhere(context, place)) return refusal(context, zone, RCODE.NXDOMAIN)
  const { rows, plain } = fitOf(context, asked)
  if (rows.length === 0) return refusal(context, zone, RCODE.NXDOMAIN)
  const found = instances(context, zone, question, rows, { port: place.port, ttl: context.settings.serviceTtl(asked.service), keepOrder: false })
  // Forms of name that anyone can vary at will (a port that counts for SRV only, labels before a connect name) are not kept, nor is what depends on other names.
  return plain && asked.kind === 'service' && place.port === '' ? { ...found, topics: [topics.health(asked.service)] } : found
}

function fitOf ({ state, fit, sources, settings: { config: { onlyPassing } } }: LookupContext, asked: AskedOf<'service' | 'connect' | 'ingress'>): Fit {
  switch (asked.kind) {
    case 'service': {
      const { rows, plain } = fit.named(asked.service, onlyPassing)
      return { rows: tagged(rows, asked.tag), plain }
    }
    case 'connect': return fit.connect(asked.service, onlyPassing)
    default: return { rows: fitInstances(state, sources.ingressGateways?.(asked.service) ?? [], onlyPassing), plain: false }
  }
}

function query (context: LookupContext, { zone, query, place }: AskedOf<'query'>, question: Question): Reply {
  const result = elsewhere(context, place) ? undefined : context.sources.executeQuery?.(query, context.client)
  if (result === 'failed') return reply(() => ({ ...EMPTY, rcode: RCODE.SERVFAIL }))
  if (result === undefined || result.rows.length === 0) return refusal(context, zone, RCODE.NXDOMAIN)
  const ttl = result.ttl ?? context.settings.serviceTtl(result.rows[0]!.service.name.toLowerCase())
  return { ...instances(context, zone, question, result.rows, { port: '', ttl, keepOrder: true }), local: true }
}

function node (context: LookupContext, { zone, node, place }: AskedOf<'node'>, question: Question): Finding {
  // Other types are answered before anyone looks whether there is such a node.
  if (![TYPE.A, TYPE.AAAA, TYPE.ANY, TYPE.TXT].some(type => type === question.type)) return reply(() => NOTHING)
  const record = elsewhere(context, place) ? undefined : context.state.nodes.get(node)?.value
  if (record === undefined) return refusal(context, zone, RCODE.NXDOMAIN)
  const found = reply(arrange => ({ rcode: RCODE.NOERROR, ...nodeAnswer(record, question, context.settings, name => follow(context, question, name, arrange)) }))
  return nodeTexts(record).every(isIp) ? { ...found, topics: [topics.node(node)] } : found
}

function virtual ({ state, datacenter, settings }: LookupContext, { service, place }: AskedOf<'virtual'>, question: Question): Finding {
  // One label could be a datacenter; it is taken for a peer, and there are none.
  const here = place.peer === '' && place.datacenterOrPeer === '' && (place.datacenter === '' || place.datacenter === datacenter.toLowerCase())
  const ip = here ? parseIp(state.virtualIps.get(service) ?? '') : undefined
  return ip === undefined ? reply(() => NOTHING) : single(question, addressRecord(question.owner, settings.nodeTtl, ip))
}

function reverse (context: LookupContext, { zone, address }: AskedOf<'reverse'>, question: Question): Finding {
  const owner = address === undefined ? undefined : context.reverse.find(address)
  const front = owner === undefined ? '' : 'node' in owner ? `${owner.node}.node` : `${owner.service}.service`
  const target = owner === undefined ? undefined : fullName(below(`${front}.${context.datacenter}`, zone.name))
  if (target === undefined) return { kind: 'outside', refusal: refusal(context, zone, RCODE.NXDOMAIN) }
  const answers: ResourceRecord[] = [{ name: question.owner, type: TYPE.PTR, ttl: 0, target }]
  return reply(() => ({ ...NOTHING, answers, authority: question.type === TYPE.SOA ? [soa(context, zone)] : [] }))
}

/** SOA and NS questions: of any name in the zone they are answered for the zone. */
function authority (context: LookupContext, zone: Zone, type: number, arrange: Arrange): Answer {
  const { records, glue } = nameServers(context, zone, arrange)
  const [answers, authority] = type === TYPE.NS ? [records, []] : [[soa(context, zone)], records]
  return { rcode: RCODE.NOERROR, answers, authority, additional: glue }
}

// === parts ===

function instances (
  context: LookupContext, zone: Zone, question: Question, rows: readonly Instance[],
  { port, ttl, keepOrder }: { readonly port: string, readonly ttl: number, readonly keepOrder: boolean }
): Reply {
  const { datacenter, settings: { config } } = context
  const answer = (arrange: Arrange): Answer => {
    const sections = serviceAnswer(keepOrder ? rows : arrange(rows), question, {
      zone: zone.written, datacenter, ttl, port, config, follow: name => follow(context, question, name, arrange),
    })
    if (sections.answers.length > 0) return { rcode: RCODE.NOERROR, ...sections }
    return refused(context, zone, question.type === TYPE.SRV && port !== '' ? RCODE.NXDOMAIN : RCODE.NOERROR)
  }
  return { ...reply(answer), rows: rows.length }
}

/** An address that is answered whatever was asked, if need be beside the answer. */
function single (question: Question, record: ResourceRecord): Reply {
  const direct = question.type === record.type || question.type === TYPE.ANY
  return reply(() => direct ? { ...NOTHING, answers: [record] } : { ...NOTHING, additional: [record] })
}

const NOTHING: Answer = { ...EMPTY, rcode: RCODE.NOERROR }

const reply = (answer: Reply['answer']): Reply => ({ kind: 'reply', answer, rows: 1 })

const refusal = (context: LookupContext, zone: Zone, rcode: number): Reply => reply(() => refused(context, zone, rcode))

/** No such name (NXDOMAIN), or a name without records of the type (NOERROR): either way with the zone's SOA (RFC 2308). */
const refused = (context: LookupContext, zone: Zone, rcode: number): Answer => ({ ...EMPTY, rcode, authority: [soa(context, zone)] })

const soa = ({ settings, second }: LookupContext, zone: Zone): ResourceRecord => soaRecord(zone.soa, second, settings.config.soa)

/** There is one datacenter, and there are no peers. */
function elsewhere ({ datacenter }: LookupContext, { datacenter: dc, peer, datacenterOrPeer }: Place): boolean {
  const own = datacenter.toLowerCase()
  return peer !== '' || (dc !== '' && dc !== own) || (datacenterOrPeer !== '' && datacenterOrPeer !== own)
}

/** Records of a name that an address turned out to be; none where the way is too long or nobody knows. */
function follow (context: LookupContext, question: Question, name: string, arrange: Arrange): readonly ResourceRecord[] {
  const asked = parseName(splitName(name), TYPE.ANY, context.settings.zones)
  if (asked.kind === 'outside' || asked.kind === 'reverse') return context.outer.get(name)
  if (question.depth < 1 || question.budget.left < 1) return []
  question.budget.left--
  const finding = lookup(context, asked, { owner: name, name, type: TYPE.ANY, edns: false, most: question.most, depth: question.depth - 1, budget: question.budget })
  return finding.kind === 'reply' ? finding.answer(arrange).answers : []
}
