// From records to the one message that a client takes: what it carries beside them (flags, OPT), and what is left out where it would be too large.

import { FLAG, PLAIN_UDP_BYTES, RCODE, TYPE } from './codes.js'
import type { DnsConfig } from '../config/runtime-config.js'
import type { Encoder, Message, OptEcho } from './encode.js'
import type { Answer } from './lookup.js'
import type { Edns, Request, Subnet } from './request.js'
import type { NameRecord, ResourceRecord } from './record.js'

export interface AnswerOptions {
  readonly config: DnsConfig
  readonly recurses: boolean
  /** The answer holds for the client's network only. */
  readonly local: boolean
}

/** Largest UDP payload that is sent, whatever the client takes: 64 KB less the headers beneath. */
const MAX_UDP_BYTES = 65467
/** Largest message over TCP. */
const MAX_TCP_BYTES = 65523
/** More answers than these never fit into 64 KB; SRV targets are not compressed. */
const MAX_TCP_ANSWERS = 4096
const MAX_TCP_TARGETS = 1024
/** Answers in the smallest UDP messages: no setting raises it. */
const MAX_PLAIN_ANSWERS = 8
/** What is kept free in every message, as Consul keeps it. */
export const SPARE_BYTES = 8
/** A message that is over its limit by no more than this loses one answer; one that is further over is cut to as many as fit. */
const NEARLY_BYTES = 100

/** The message for a client, no larger than it takes. */
export function composeMessage (answer: Answer, request: Request, encoder: Encoder, options: AnswerOptions): Message {
  const flags = FLAG.AA | (options.recurses ? FLAG.RA : 0)
  const opt = request.edns === undefined ? undefined : optEcho(request.edns, options.local && answer.rcode === RCODE.NOERROR)
  return trim({ ...answer, flags, opt }, request, encoder, options.config)
}

/** What is echoed of the client's EDNS: its size, and its subnet with the scope that the answer holds for (RFC 7871 7.2.1). */
export function optEcho ({ udpBytes, subnet }: Edns, local: boolean): OptEcho {
  return { udpBytes, subnet: subnet === undefined ? undefined : subnetEcho(subnet, local ? subnet.sourceBits : 0) }
}

function subnetEcho ({ family, sourceBits, address }: Subnet, scopeBits: number): Uint8Array {
  return Uint8Array.from([family >> 8, family & 255, sourceBits, scopeBits, ...address])
}

/** Bytes of a message over UDP for a client that says how much it takes. */
export const udpLimit = (udpBytes: number): number => Math.min(Math.max(udpBytes, PLAIN_UDP_BYTES), MAX_UDP_BYTES)

export const tcpLimit = (): number => MAX_TCP_BYTES

/** Bytes that the client takes. */
export const sizeLimit = ({ transport, edns }: Request): number => transport === 'tcp' ? MAX_TCP_BYTES : udpLimit(edns?.udpBytes ?? 0)

/** Smallest answer: a pointer to the question, ten bytes of header, an IPv4 address. */
const MIN_ANSWER_BYTES = 16

/** Answers past this many do not fit, and there are so many that it shows; what is left out need not be made. */
export function mostAnswers (request: Request): number {
  return request.transport === 'tcp' ? MAX_TCP_ANSWERS : Math.ceil((sizeLimit(request) + 2 * NEARLY_BYTES) / MIN_ANSWER_BYTES)
}

function trim (message: Message, request: Request, encoder: Encoder, config: DnsConfig): Message {
  const limit = sizeLimit(request)
  const cut = cutter(message)
  const all = message.answers.length
  let trimmed = message
  let compress = !config.disableCompression
  if (request.transport === 'tcp') {
    const most = request.type === TYPE.SRV ? MAX_TCP_TARGETS : MAX_TCP_ANSWERS
    if (all > most) trimmed = { ...message, answers: message.answers.slice(0, most) }
  } else if (limit === PLAIN_UDP_BYTES) {
    const most = Math.min(MAX_PLAIN_ANSWERS, config.udpAnswerLimit)
    if (all > most) {
      trimmed = cut(trimmed, most)
      // What passes such an answer on may write its names out in full.
      compress = false
    }
  }
  const over = (candidate: Message): number => encoder.measure(candidate, request, compress) + SPARE_BYTES - limit
  let by = over(trimmed)
  for (; trimmed.answers.length > 1 && by > 0; by = over(trimmed)) {
    trimmed = { ...trimmed, authority: [] }
    trimmed = cut(trimmed, by > NEARLY_BYTES ? mostThatFit(trimmed, n => over(cut(trimmed, n)) <= 0) : trimmed.answers.length - 1)
  }
  if (config.enableTruncate && trimmed.answers.length < all) trimmed = withTc(trimmed)
  if (by <= 0) return trimmed
  // The law that holds whatever was decided above: nothing is sent that the client does not take. Extras go silently, answers with TC set (RFC 2181 9).
  const fewer = [{ ...trimmed, additional: cut(trimmed, 1).additional }, { ...trimmed, additional: [] }]
  return [trimmed, ...fewer].find(m => encoder.measure(m, request, !config.disableCompression) <= limit) ?? withTc({ ...trimmed, answers: [], authority: [], additional: [] })
}

const withTc = (message: Message): Message => ({ ...message, flags: message.flags | FLAG.TC })

/** The largest n, at least 1, for which `fits` holds; it holds for fewer if it holds for more. */
function mostThatFit ({ answers }: Message, fits: (n: number) => boolean): number {
  let low = 1
  let high = answers.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Cuts a message to its first n answers. Of the extras only the first record of each name that a remaining answer leads to stays, no OPT either:
 * what is short of room has none for them.
 */
function cutter (whole: Message): (message: Message, n: number) => Message {
  const hasExtras = whole.additional.length > 0 || whole.opt !== undefined
  const byName = new Map<string, ResourceRecord>()
  for (const record of whole.additional) {
    const name = record.name.toLowerCase()
    if (!byName.has(name)) byName.set(name, record)
  }
  return (message, n) => {
    const answers = message.answers.slice(0, n)
    return hasExtras ? { ...message, answers, additional: extrasOf(answers, byName), opt: undefined } : { ...message, answers }
  }
}

function extrasOf (answers: readonly ResourceRecord[], byName: ReadonlyMap<string, ResourceRecord>): ResourceRecord[] {
  const extras = new Set<ResourceRecord>()
  for (const answer of answers) {
    if (answer.type !== TYPE.SRV) continue
    for (let record = byName.get(answer.target.toLowerCase()); record !== undefined && !extras.has(record);) {
      extras.add(record)
      record = record.type === TYPE.CNAME ? byName.get((record as NameRecord).target.toLowerCase()) : undefined
    }
  }
  return [...extras]
}
