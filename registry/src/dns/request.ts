// A DNS message as it came, read as a question. The plain form (one question, at most an OPT record behind it) is read here, byte by byte;
// whatever else a message may hold is decoded with dns-packet, and all that is wanted of it is the OPT record.

import dnsPacket from 'dns-packet'
import { FLAG, HEADER_BYTES, OPCODE, RCODE, TYPE } from './codes.js'
import type { Transport } from './codes.js'

/** EDNS client subnet (RFC 7871). */
export interface Subnet {
  /** 1 IPv4, 2 IPv6, 0 unsaid. */
  readonly family: number
  /** Bits of the address that count. */
  readonly sourceBits: number
  /** As many bytes as `sourceBits` needs, bits past it cleared. */
  readonly address: Uint8Array
}

export interface Edns {
  /** UDP bytes that the client takes, as it said. */
  readonly udpBytes: number
  readonly subnet: Subnet | undefined
}

export interface Request {
  readonly transport: Transport
  /** The whole message; the question is echoed and the message forwarded from it. */
  readonly packet: Buffer
  /** The header's second word. */
  readonly flags: number
  /** Of the question's name, letter case kept. A byte that no name of ours can hold (a dot within, broken UTF-8) is escaped, so that it equals nothing. */
  readonly labels: readonly string[]
  /** Offset behind the question's name, type and class. */
  readonly nameEnd: number
  readonly type: number
  readonly edns: Edns | undefined
  /** Offset behind the last byte that belongs to the message; what follows is ignored. */
  readonly end: number
  /** One question and at most an OPT record without options. */
  readonly plain: boolean
}

/** What is to become of a message: a question to answer, a refusal by header alone, or nothing at all. */
export type Decoded = Request | { readonly reject: number } | undefined

/** Most records that a question's other sections hold: a NOTIFY's SOA, an IXFR's SOA, OPT and TSIG. More is no question, and no work is done for it. */
const MAX_RECORDS = { answer: 1, authority: 1, additional: 2 } as const
const MAX_NAME_BYTES = 255
const OPT_BYTES = 11
const OPTION_SUBNET = 8

/** Never throws, whatever the bytes. Silence for answers and for what is shorter than a header: an answer to those could go back and forth for ever. */
export function decodeRequest (packet: Buffer, transport: Transport): Decoded {
  if (packet.length < HEADER_BYTES) return undefined
  const flags = packet.readUInt16BE(2)
  if ((flags & FLAG.QR) !== 0) return undefined
  const opcode = flags >> 11 & 15
  if (opcode !== OPCODE.QUERY && opcode !== OPCODE.NOTIFY) return { reject: RCODE.NOTIMP }
  const answers = packet.readUInt16BE(6)
  const authority = packet.readUInt16BE(8)
  const additional = packet.readUInt16BE(10)
  if (packet.readUInt16BE(4) !== 1 || answers > MAX_RECORDS.answer || authority > MAX_RECORDS.authority || additional > MAX_RECORDS.additional) return UNREADABLE
  const labels: string[] = []
  const nameEnd = readName(packet, labels)
  if (nameEnd === undefined || nameEnd + 4 > packet.length) return UNREADABLE
  const at = nameEnd + 4
  const usual = answers + authority === 0 && (additional === 0 || (additional === 1 && isOpt(packet, at)))
  const rest = usual ? readOpt(packet, at, additional) : decodeRest(packet)
  if (rest === undefined) return UNREADABLE
  return { transport, packet, flags, labels, nameEnd, type: packet.readUInt16BE(nameEnd), edns: rest.edns, end: rest.end, plain: rest.plain }
}

const UNREADABLE = { reject: RCODE.FORMERR } as const

type Rest = Pick<Request, 'edns' | 'end' | 'plain'>

const isOpt = (packet: Buffer, at: number): boolean => at + OPT_BYTES <= packet.length && packet[at] === 0 && packet.readUInt16BE(at + 1) === TYPE.OPT

/** What stands behind the question in the usual case: nothing, or one OPT record. */
function readOpt (packet: Buffer, at: number, records: number): Rest | undefined {
  if (records === 0) return { edns: undefined, end: at, plain: true }
  const end = at + OPT_BYTES + packet.readUInt16BE(at + OPT_BYTES - 2)
  const edns = end > packet.length ? undefined : readOptions(packet.readUInt16BE(at + 3), packet.subarray(at + OPT_BYTES, end))
  return edns === undefined ? undefined : { edns, end, plain: end === at + OPT_BYTES }
}

/** Reads the question's name into `labels` and gives the offset behind it. No pointers: there is nothing before it to point to. */
function readName (packet: Buffer, labels: string[]): number | undefined {
  let at = HEADER_BYTES
  for (;;) {
    const length = packet[at]
    if (length === undefined || length > 63 || at + 1 - HEADER_BYTES + length > MAX_NAME_BYTES) return undefined
    at++
    if (length === 0) return at
    if (at + length > packet.length) return undefined
    labels.push(readLabel(packet, at, at + length))
    at += length
  }
}

function readLabel (packet: Buffer, from: number, to: number): string {
  for (let i = from; i < to; i++) {
    const byte = packet[i]!
    if (byte > 0x7e || byte < 0x20 || byte === 0x2e || byte === 0x5c) return escaped(packet.subarray(from, to))
  }
  return packet.toString('latin1', from, to)
}

/** Names beyond ASCII are UTF-8; escapes are those of RFC 1035 5.1. */
function escaped (label: Uint8Array): string {
  const text = Buffer.from(label).toString('utf8')
  const bytes = Buffer.from(text, 'utf8').equals(label) ? text : Buffer.from(label).toString('latin1')
  // eslint-disable-next-line no-control-regex
  return bytes.replace(/[.\\]/g, '\\$&').replace(/[\u0000-\u001f\u007f-\u009f]/g, c => `\\${String(c.charCodeAt(0)).padStart(3, '0')}`)
}

/** @returns undefined when the options cannot be read */
function readOptions (udpBytes: number, data: Buffer): Edns | undefined {
  let subnet: Subnet | undefined
  for (let at = 0; at < data.length;) {
    if (at + 4 > data.length) return undefined
    const end = at + 4 + data.readUInt16BE(at + 2)
    if (end > data.length) return undefined
    if (data.readUInt16BE(at) === OPTION_SUBNET) {
      const read = readSubnet(data.subarray(at + 4, end))
      if (read === undefined) return undefined
      subnet ??= read
    }
    at = end
  }
  return { udpBytes, subnet }
}

function readSubnet (data: Buffer): Subnet | undefined {
  if (data.length < 4) return undefined
  const family = data.readUInt16BE(0)
  const sourceBits = data[2]!
  const most = [0, 32, 128][family]
  if (most === undefined || sourceBits > most) return undefined
  const address = new Uint8Array(Math.ceil(sourceBits / 8))
  address.set(data.subarray(4, 4 + address.length))
  const spare = address.length * 8 - sourceBits
  if (spare > 0) address[address.length - 1]! &= 255 << spare
  return { family, sourceBits, address }
}

/** Everything behind the question, in whatever order and form. Of several OPT records the last counts. */
function decodeRest (packet: Buffer): Rest | undefined {
  try {
    const { additionals } = dnsPacket.decode(packet)
    const end = dnsPacket.decode.bytes
    const opt = (additionals ?? []).findLast(record => record.type === 'OPT')
    if (opt === undefined) return { edns: undefined, end, plain: false }
    const data = Buffer.concat(opt.options.flatMap(({ code, data = Buffer.alloc(0) }) => [u16(code), u16(data.length), data]))
    const edns = readOptions(opt.udpPayloadSize, data)
    return edns === undefined ? undefined : { edns, end, plain: false }
  } catch {
    return undefined // bytes that dns-packet cannot read are no question
  }
}

const u16 = (n: number): Buffer => Buffer.from([n >> 8 & 255, n & 255])
