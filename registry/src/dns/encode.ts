// Answers as bytes (RFC 1035 4.1), with name compression. One scratch buffer serves all; what leaves is a copy.

import { CLASS_IN, FLAG, HEADER_BYTES, MAX_MESSAGE_BYTES, TYPE } from './codes.js'
import { ASKED } from './record.js'
import type { Request } from './request.js'
import type { ResourceRecord, Sections } from './record.js'

/** The OPT record of an answer: what the client said, echoed (RFC 6891 6.1.1). */
export interface OptEcho {
  readonly udpBytes: number
  /** The subnet option's data, `undefined` when the question had none. */
  readonly subnet: Uint8Array | undefined
}

export interface Message extends Sections {
  readonly rcode: number
  /** Bits of `FLAG` that the answer decides on: AA, TC, RA. The rest follows from the question. */
  readonly flags: number
  readonly opt: OptEcho | undefined
}

/** Length of a message that does not fit into 64 KB. */
export const TOO_LARGE = Infinity

/** Pointers have 14 bits. */
const MAX_POINTER = 0x3fff
const QUESTION_POINTER = 0xc000 | HEADER_BYTES
const SUBNET_OPTION = 8
/** Past the end of a full message there is room for one more record, so that fullness has to be looked at only between records. */
const SCRATCH_BYTES = MAX_MESSAGE_BYTES + 4096
const MAX_STRING_BYTES = 255

export class Encoder {
  readonly #buffer = Buffer.allocUnsafe(SCRATCH_BYTES)
  #at = 0
  #request!: Request
  #compress = true
  /** Where names (and what they end with) have been written; made when the first name besides the question's is. */
  #names: Map<string, number> | undefined

  /** @returns bytes of the encoded message, or TOO_LARGE */
  measure (message: Message, request: Request, compress: boolean): number {
    this.#request = request
    this.#compress = compress
    this.#names = undefined
    this.#header(message)
    this.#question()
    let fits = true
    for (const section of [message.answers, message.authority, message.additional]) {
      for (const record of section) {
        this.#record(record)
        if (this.#at > MAX_MESSAGE_BYTES) fits = false
        if (!fits) break
      }
    }
    if (message.opt !== undefined) this.#opt(message.opt)
    return fits && this.#at <= MAX_MESSAGE_BYTES ? this.#at : TOO_LARGE
  }

  /** @throws RangeError for a message that does not fit; answer.ts has trimmed it before */
  encode (message: Message, request: Request, compress: boolean): Buffer {
    const length = this.measure(message, request, compress)
    if (length === TOO_LARGE) throw new RangeError('DNS message larger than 64 KB')
    return Buffer.from(this.#buffer.subarray(0, length))
  }

  #header ({ rcode, flags, answers, authority, additional, opt }: Message): void {
    const asked = this.#request.flags
    const opcode = asked & 0x7800
    // Only an ordinary question's RD and CD are echoed; elsewhere the bits mean other things.
    const echo = opcode === 0 ? asked & (FLAG.RD | FLAG.CD) : 0
    this.#at = 0
    this.#u16(this.#request.packet.readUInt16BE(0))
    this.#u16(FLAG.QR | opcode | echo | flags | rcode)
    this.#u16(1)
    this.#u16(answers.length)
    this.#u16(authority.length)
    this.#u16(additional.length + (opt === undefined ? 0 : 1))
  }

  #question (): void {
    const { packet, nameEnd } = this.#request
    packet.copy(this.#buffer, this.#at, HEADER_BYTES, nameEnd + 4)
    this.#at += nameEnd + 4 - HEADER_BYTES
  }

  #record (record: ResourceRecord): void {
    this.#name(record.name, true)
    this.#u16(record.type)
    this.#u16(CLASS_IN)
    this.#u32(record.ttl)
    const lengthAt = this.#at
    this.#at += 2
    this.#data(record)
    const buffer = this.#buffer
    const length = this.#at - lengthAt - 2
    buffer[lengthAt] = length >> 8
    buffer[lengthAt + 1] = length
  }

  #data (record: ResourceRecord): void {
    switch (record.type) {
      case TYPE.A: case TYPE.AAAA:
        this.#bytes(record.address)
        return
      case TYPE.TXT:
        // Longer texts are several strings, to be read as one (as in RFC 7208 3.3).
        for (let from = 0; from === 0 || from < record.text.length; from += MAX_STRING_BYTES) {
          const string = record.text.subarray(from, from + MAX_STRING_BYTES)
          this.#buffer[this.#at++] = string.length
          this.#bytes(string)
        }
        return
      case TYPE.SRV:
        this.#u16(record.priority)
        this.#u16(record.weight)
        this.#u16(record.port)
        this.#name(record.target, false) // RFC 2782: a target is not compressed; later names may point to it
        return
      case TYPE.SOA:
        this.#name(record.primary, true)
        this.#name(record.mailbox, true)
        for (const n of [record.serial, record.refresh, record.retry, record.expire, record.minTtl]) this.#u32(n)
        return
      default:
        this.#name(record.target, true)
    }
  }

  /** @param short a pointer may stand for the name or for its end */
  #name (name: string, short: boolean): void {
    if (name === ASKED) {
      if (this.#compress) this.#u16(QUESTION_POINTER)
      else {
        const { packet, nameEnd } = this.#request
        packet.copy(this.#buffer, this.#at, HEADER_BYTES, nameEnd)
        this.#at += nameEnd - HEADER_BYTES
      }
      return
    }
    const names = this.#compress ? this.#names ??= this.#askedNames() : undefined
    for (let from = 0; from < name.length - 1;) {
      if (names !== undefined) {
        const rest = from === 0 ? name : name.slice(from)
        const pointer = names.get(rest)
        if (pointer === undefined) {
          if (this.#at <= MAX_POINTER) names.set(rest, this.#at)
        } else if (short) {
          this.#u16(0xc000 | pointer)
          return
        }
      }
      const dot = name.indexOf('.', from)
      this.#label(name, from, dot)
      from = dot + 1
    }
    this.#buffer[this.#at++] = 0
  }

  #label (name: string, from: number, to: number): void {
    const buffer = this.#buffer
    const lengthAt = this.#at
    let at = lengthAt + 1
    for (let i = from; i < to; i++) {
      const code = name.charCodeAt(i)
      if (code > 0x7f) {
        at = lengthAt + 1 + buffer.write(name.slice(from, to), lengthAt + 1, 'utf8')
        break
      }
      buffer[at++] = code
    }
    buffer[lengthAt] = at - lengthAt - 1
    this.#at = at
  }

  /** Letter case counts: a pointer must not change how a name is written. */
  #askedNames (): Map<string, number> {
    const names = new Map<string, number>()
    const { labels, packet } = this.#request
    const whole = `${labels.join('.')}.`
    let at = HEADER_BYTES
    let from = 0
    for (const label of labels) {
      names.set(whole.slice(from), at)
      at += packet[at]! + 1
      from += label.length + 1
    }
    return names
  }

  #opt ({ udpBytes, subnet }: OptEcho): void {
    this.#buffer[this.#at++] = 0
    this.#u16(TYPE.OPT)
    this.#u16(udpBytes)
    this.#u32(0)
    this.#u16(subnet === undefined ? 0 : subnet.length + 4)
    if (subnet === undefined) return
    this.#u16(SUBNET_OPTION)
    this.#u16(subnet.length)
    this.#bytes(subnet)
  }

  #bytes (bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #u16 (n: number): void {
    const buffer = this.#buffer
    buffer[this.#at++] = n >> 8
    buffer[this.#at++] = n
  }

  #u32 (n: number): void {
    this.#u16(n >>> 16)
    this.#u16(n)
  }
}

/** An answer that is a header alone: to what could not be read as a question. */
export function headerOnly (packet: Buffer, rcode: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  packet.copy(header, 0, 0, 2)
  header.writeUInt16BE(FLAG.QR | (packet.readUInt16BE(2) & (0x7800 | FLAG.RD)) | rcode, 2)
  return header
}
