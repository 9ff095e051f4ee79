// Questions for others: names outside of our domains are handed on to the recursors, as they came and by the transport they came by,
// and what the recursors say is handed back whole. Nothing of it is kept.

import { randomInt } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import dnsPacket from 'dns-packet'
import { FLAG, HEADER_BYTES, RCODE, TYPE } from './codes.js'
import { parseIp } from './ip-address.js'
import { exchangeTcp, exchangeUdp } from './exchange.js'
import { addressRecord, fullName } from './record.js'
import { shuffle } from './shuffle.js'
import type { Transport } from './codes.js'
import type { ResourceRecord } from './record.js'
import type { Request } from './request.js'
import type { DnsRoster } from './resolver.js'
import type { DnsConfig } from '../config/runtime-config.js'

/** Questions that wait for recursors at once; past it the answer is SERVFAIL. Each holds a socket. */
const MAX_WAITING = 1000

export class Recursors {
  readonly #roster: DnsRoster
  readonly #stopping = new AbortController()
  /** For metrics. */
  readonly stats = { asked: 0, failed: 0, refused: 0, waiting: 0 }

  constructor (roster: DnsRoster) {
    this.#roster = roster
    setMaxListeners(0, this.#stopping.signal) // one for each question that waits, and those are bounded
  }

  /** The first good answer (NOERROR or NXDOMAIN), with the client's own id; `undefined` when no recursor has one. */
  async forward (request: Request, config: DnsConfig): Promise<Buffer | undefined> {
    const question = Buffer.from(request.packet.subarray(0, request.end))
    const answer = await this.#ask(question, request.transport, config, rcode => rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN)
    if (answer !== undefined) request.packet.copy(answer, 0, 0, 2)
    return answer
  }

  /** Address and CNAME records for a name that an answer of ours leads to; none when nobody knows. The first recursor that says anything is believed. */
  async addresses (name: string, config: DnsConfig): Promise<readonly ResourceRecord[]> {
    const question = dnsPacket.encode({ type: 'query', flags: dnsPacket.RECURSION_DESIRED, questions: [{ type: 'A', name: name.slice(0, -1) }] })
    const answer = await this.#ask(question, 'udp', config, () => true)
    return answer === undefined ? [] : readAnswers(answer)
  }

  /** Ends what waits. */
  close (): void { this.#stopping.abort() }

  async #ask (question: Buffer, transport: Transport, config: DnsConfig, isGood: (rcode: number) => boolean): Promise<Buffer | undefined> {
    if (this.stats.waiting >= MAX_WAITING || this.#stopping.signal.aborted) {
      this.stats.refused++
      return undefined
    }
    this.stats.asked++
    this.stats.waiting++
    try {
      const { random } = this.#roster
      const order = config.recursorStrategy === 'random' ? shuffle(random)(config.recursors) : config.recursors
      for (const recursor of order) {
        const answer = await this.#askOne(question, transport, recursor, config.recursorTimeoutMs)
        if (answer !== undefined && isGood(answer[3]! & 15)) return answer
        if (this.#stopping.signal.aborted) return undefined
      }
      this.stats.failed++
      return undefined
    } finally {
      this.stats.waiting--
    }
  }

  async #askOne (question: Buffer, transport: Transport, recursor: string, timeoutMs: number): Promise<Buffer | undefined> {
    // An id that nobody can guess, and a port of its own for each question: a forged answer has to hit both (RFC 5452).
    question.writeUInt16BE(randomInt(2 ** 16), 0)
    const { host, port } = splitAddress(recursor)
    const exchange = transport === 'udp' ? exchangeUdp : exchangeTcp
    try {
      return await exchange({ host, port, question, timeoutMs, clock: this.#roster.clock, signal: this.#stopping.signal, isAnswer: bytes => isAnswerTo(question, bytes) })
    } catch (error) {
      this.#roster.log.child('dns').debug('recursor failed', { recursor, error: (error as Error).message })
      return undefined
    }
  }
}

/** `host:port`, `[v6]:port`, or an address alone. */
export function splitAddress (text: string): { readonly host: string, readonly port: number } {
  const [, v6, host, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  return { host: v6 ?? host ?? text, port: Number(port ?? 53) }
}

/** Same id, an answer, and the same question if it repeats one; letter case is the recursor's own. */
export function isAnswerTo (question: Buffer, answer: Buffer): boolean {
  if (answer.length < HEADER_BYTES || answer.readUInt16BE(0) !== question.readUInt16BE(0) || (answer.readUInt16BE(2) & FLAG.QR) === 0) return false
  if (answer.readUInt16BE(4) === 0) return true
  const end = questionEnd(question)
  return end !== undefined && answer.length >= end && answer.toString('latin1', HEADER_BYTES, end).toLowerCase() === question.toString('latin1', HEADER_BYTES, end).toLowerCase()
}

function questionEnd (question: Buffer): number | undefined {
  let at = HEADER_BYTES
  while (at < question.length && question[at] !== 0) at += question[at]! + 1
  return at + 5 <= question.length ? at + 5 : undefined
}

/** What may follow a CNAME of ours; names that could not be written again are left out. */
function readAnswers (bytes: Buffer): ResourceRecord[] {
  try {
    return (dnsPacket.decode(bytes).answers ?? []).flatMap((record): ResourceRecord[] => {
      const name = fullName(record.name)
      if (name === undefined) return []
      if (record.type === 'A' || record.type === 'AAAA') {
        const ip = parseIp(record.data)
        return ip === undefined ? [] : [addressRecord(name, record.ttl ?? 0, ip)]
      }
      const target = record.type === 'CNAME' ? fullName(record.data) : undefined
      return target === undefined ? [] : [{ name, type: TYPE.CNAME, ttl: (record as { ttl?: number }).ttl ?? 0, target }]
    })
  } catch {
    return [] // an answer that cannot be read says nothing
  }
}
