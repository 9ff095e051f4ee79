// A DNS door over a state of its own, ways to register in it, and a client that asks it over real sockets with dns-packet.
import { alwaysFresh } from '../../src/freshness.js'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import dnsPacket from 'dns-packet'
import { memoryEngine } from '../../src/engine/memory.js'
import { State } from '../../src/state/state.js'
import { command, deleteCheck, deleteNode, deleteService, putCheck, putNode, putService } from '../../src/catalog/rows.js'
import { defaults } from '../../src/config/defaults.js'
import { systemClock } from '../../src/clock.js'
import { silentLog } from '../../src/telemetry/log.js'
import { dnsDoor } from '../../src/dns/door.js'
import { checkRecord, nodeRecord, serviceRecord } from '../support/records.js'
import type { Test } from 'tap'
import type { DecodedPacket, Packet } from 'dns-packet'
import type { Clock } from '../../src/clock.js'
import type { DnsConfig, LimitConfig, RuntimeConfig } from '../../src/config/runtime-config.js'
import type { DnsDoor } from '../../src/dns/door.js'
import type { NameSources } from '../../src/dns/lookup.js'
import type { DnsRoster } from '../../src/dns/resolver.js'
import type { NodeRecord } from '../../src/state/nodes.js'
import type { ServiceRecord } from '../../src/state/services.js'
import type { Draft } from '../../src/engine/draft.js'

/** A state with an engine beneath it. */
export class Catalog {
  readonly state = new State()
  readonly #engine = memoryEngine()

  static async open (): Promise<Catalog> {
    const catalog = new Catalog()
    catalog.state.started(await catalog.#engine.open(catalog.state))
    return catalog
  }

  async change (decide: (draft: Draft) => void): Promise<void> { await this.#engine.commit(command(decide)) }
  node (name: string, address: string, more: Partial<NodeRecord> = {}): Promise<void> { return this.change(draft => putNode(draft, nodeRecord({ name, address, ...more }))) }
  service (node: string, name: string, more: Partial<ServiceRecord> = {}): Promise<void> { return this.change(draft => putService(draft, serviceRecord({ node, name, ...more }))) }
  check (node: string, checkId: string, status: string, serviceId = ''): Promise<void> { return this.change(draft => putCheck(draft, checkRecord({ node, checkId, status, serviceId }))) }
  deleteNode (node: string): Promise<void> { return this.change(draft => deleteNode(draft, node)) }
  deleteService (node: string, id: string): Promise<void> { return this.change(draft => deleteService(draft, node, id)) }
  deleteCheck (node: string, id: string): Promise<void> { return this.change(draft => deleteCheck(draft, node, id)) }
}

export interface TestDoor {
  readonly catalog: Catalog
  readonly door: DnsDoor
  readonly port: number
  /** Settings as a reload would bring them. */
  reload (dns: Partial<DnsConfig>, limits?: Partial<LimitConfig>): void
  ask (name: string, type?: string, options?: AskOptions): Promise<Answer>
}

export interface DoorOptions {
  readonly dns?: Partial<DnsConfig>
  readonly limits?: Partial<LimitConfig>
  readonly sources?: NameSources
  readonly clock?: Clock
  readonly random?: () => number
}

interface Teardown { teardown (end: () => Promise<void>): unknown }

export async function testDoor (t: Teardown, { dns = {}, limits = {}, sources = {}, clock = systemClock, random = Math.random }: DoorOptions = {}): Promise<TestDoor> {
  const catalog = await Catalog.open()
  const configOf = (dns: Partial<DnsConfig>, limits: Partial<LimitConfig>): RuntimeConfig => ({ ...defaults, dns: { ...defaults.dns, ...dns }, limits: { ...defaults.limits, ...limits } })
  const roster: { -readonly [K in keyof DnsRoster]: DnsRoster[K] } = { config: configOf(dns, limits), clock, random, log: silentLog, state: catalog.state, freshness: alwaysFresh(catalog.state) }
  const door = dnsDoor(roster, sources)
  t.teardown(() => door.close())
  const { port } = await door.listen('127.0.0.1', 0)
  return {
    catalog,
    door,
    port,
    reload (dns, limits = {}) { roster.config = configOf(dns, limits) },
    ask: (name, type = 'A', options = {}) => ask(port, name, type, options),
  }
}

// === asking ===

/** What an answer is expected to be, as far as it is said; lists are whole. */
export type Expected = { readonly [K in keyof Answer]?: Answer[K] | ReadonlyArray<string | RegExp> | undefined }

export function shows (t: Test, answer: Answer, expected: Expected, note?: string): void {
  const said = Object.fromEntries(Object.keys(expected).map(key => [key, answer[key as keyof Answer]]))
  const wanted = Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, Array.isArray(value) ? value.map(whole) : value]))
  t.matchOnly(said, wanted, ...(note === undefined ? [] : [note]))
}

/** A text as a pattern would be found within longer ones. */
const whole = (pattern: string | RegExp): RegExp => typeof pattern === 'string' ? new RegExp(`^${pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : pattern

export interface AskOptions {
  readonly tcp?: boolean
  /** UDP size that the client says it takes. */
  readonly edns?: number
  readonly rd?: boolean
  /** `ip/bits` */
  readonly subnet?: string
  readonly id?: number
}

/** Records as lines: `name ttl type data`, in small parts easy to compare. */
export interface Answer {
  readonly rcode: string
  readonly answers: string[]
  readonly authority: string[]
  readonly additional: string[]
  readonly opt: { readonly udpPayloadSize: number, readonly options: ReadonlyArray<{ readonly code: number, readonly data: Buffer }> } | undefined
  readonly aa: boolean
  readonly tc: boolean
  readonly ra: boolean
  readonly rd: boolean
  readonly bytes: Buffer
}

export const question = (name: string, type: string, { edns, rd = true, subnet, id = Math.floor(Math.random() * 65536) }: AskOptions = {}): Buffer => {
  const [ip, bits] = subnet?.split('/') ?? []
  const options = subnet === undefined ? [] : [{ code: 8, ip, sourcePrefixLength: Number(bits), scopePrefixLength: 0 }]
  const opt = edns === undefined && subnet === undefined ? [] : [{ type: 'OPT', name: '.', udpPayloadSize: edns ?? 4096, flags: 0, options }]
  return dnsPacket.encode({ type: 'query', id, flags: rd ? dnsPacket.RECURSION_DESIRED : 0, questions: [{ name, type }], additionals: opt } as Packet)
}

export async function ask (port: number, name: string, type = 'A', options: AskOptions = {}): Promise<Answer> {
  const packet = question(name, type, options)
  const bytes = await (options.tcp === true ? exchangeTcp(port, [packet]).then(([first]) => first!) : exchangeUdp(port, packet))
  if (bytes.readUInt16BE(0) !== packet.readUInt16BE(0)) throw new Error('the answer has another id')
  return readAnswer(bytes)
}

export function readAnswer (bytes: Buffer): Answer {
  const packet = dnsPacket.decode(bytes) as DecodedPacket & { rcode: string }
  const extras = packet.additionals ?? []
  return {
    rcode: packet.rcode,
    answers: (packet.answers ?? []).map(line),
    authority: (packet.authorities ?? []).map(line),
    additional: extras.filter(record => record.type !== 'OPT').map(line),
    opt: extras.find(record => record.type === 'OPT') as Answer['opt'],
    aa: packet.flag_aa,
    tc: packet.flag_tc,
    ra: packet.flag_ra,
    rd: packet.flag_rd,
    bytes,
  }
}

type RecordOf = NonNullable<Packet['answers']>[number]

function line (record: RecordOf): string {
  const { name, type, ttl, data } = record as unknown as { name: string, type: string, ttl: number, data: unknown }
  return `${name} ${ttl} ${type} ${dataText(type, data)}`
}

function dataText (type: string, data: unknown): string {
  if (type === 'SRV') {
    const { priority, weight, port, target } = data as Record<string, unknown>
    return `${priority} ${weight} ${port} ${target}`
  }
  if (type === 'SOA') {
    const { mname, rname, refresh, retry, expire, minimum } = data as Record<string, unknown>
    return `${mname} ${rname} ${refresh} ${retry} ${expire} ${minimum}`
  }
  return Array.isArray(data) ? data.map(String).join('|') : String(data)
}

/** One packet there, one back. @throws after so long without an answer */
export function exchangeUdp (port: number, packet: Buffer, patienceMs = 5000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    const timer = setTimeout(() => end(() => reject(new Error('no answer'))), patienceMs)
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      socket.close()
      settle()
    }
    socket.on('message', bytes => end(() => resolve(bytes)))
    socket.send(packet, port, '127.0.0.1')
  })
}

/** Several questions on one connection, in one write; the answers in the order in which they come. */
export function exchangeTcp (port: number, packets: readonly Buffer[]): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const answers: Buffer[] = []
    let received = Buffer.alloc(0)
    socket.on('connect', () => socket.write(framed(packets)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('connection closed')))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        answers.push(received.subarray(2, 2 + received.readUInt16BE(0)))
        received = received.subarray(2 + received.readUInt16BE(0))
      }
      if (answers.length < packets.length) return
      resolve(answers)
      socket.destroy()
    })
  })
}

export const framed = (packets: readonly Buffer[]): Buffer => Buffer.concat(packets.flatMap(packet => [Buffer.from([packet.length >> 8, packet.length & 255]), packet]))
