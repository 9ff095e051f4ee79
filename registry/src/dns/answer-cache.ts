// Answers to hot questions as bytes, encoded once for each change of what they tell. A question is found by its bytes, before anything of it is parsed.
//
// Answers are shuffled, so several orders are kept of each: as many as there are rows (16 at most), each with another row in front, one drawn for each answer
// and dealt anew after some use. What differs between clients (id, RD, CD, EDNS size) is written into a copy.
//
//   key: counts and question, without id, flags and OPT record        value: lists of encoded orders, by the size of message they are for

import { LRUCache } from 'lru-cache'
import { SPARE_BYTES } from './answer.js'
import { CLASS_IN, FLAG, HEADER_BYTES, PLAIN_UDP_BYTES, TYPE } from './codes.js'
import type { Clock } from '../clock.js'
import type { Request } from './request.js'
import type { Keepable } from './resolver.js'
import type { State } from '../state/state.js'

export interface AnswerCacheOptions {
  readonly state: State
  readonly clock: Pick<Clock, 'monotonic'>
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Bytes kept; past it the least lately asked go. */
  readonly maxBytes: number
  /** Message size for a client that says none. */
  readonly plainLimit: number
  /** Message size for a client that says how much it takes. */
  readonly limitFor: (udpBytes: number) => number
}

/** One order of an answer, how often it may still be used, and since when it has been (monotonic, ms). */
interface Order { readonly bytes: Buffer, uses: number, readonly dealtAt: number }

/** Orders for messages of one size, or (`whole`) for all in which nothing has to be left out. */
interface Orders {
  readonly keepable: Keepable
  readonly limit: number
  /** Monotonic, ms. */
  readonly until: number
  readonly slots: Array<Order | undefined>
  /** What it took to deal the last one, ms. */
  dealMs: number
}

interface Entry {
  readonly topics: readonly string[]
  /** The state's revision when it was made. */
  readonly revision: number
  /** The state's revision when it was last found true. */
  checkedAt: number
  readonly orders: readonly Orders[]
}

const MAX_ORDERS = 16
/** Answers from one order before it is dealt anew: encoding costs as much as some ten answers from bytes. */
const MAX_USES = 64
/** But dealing takes no more than this share of the time: orders of very large services live longer. */
const MAX_DEAL_SHARE = 0.1
/** An order is dealt anew after so long, ms, however little it was used: where few ask, each gets an order of its own, and no instance waits for its turn. */
const MAX_ORDER_AGE_MS = 100
/** Sizes of messages kept for one question, the newest. What clients say is one of a handful; whoever tries all of them fills no memory. */
const MAX_SIZES = 4
/** Charged for an entry besides its bytes. */
const ENTRY_BYTES = 1024
const MAX_ENTRY_BYTES = 2 ** 20
const OPT_BYTES = 11
/** Types whose answers are kept: those that are asked of services and nodes. */
const KEPT_TYPES: readonly number[] = [TYPE.A, TYPE.AAAA, TYPE.SRV, TYPE.TXT, TYPE.ANY]

export class AnswerCache {
  readonly #options: AnswerCacheOptions
  readonly #entries: LRUCache<string, Entry>

  constructor (options: AnswerCacheOptions) {
    this.#options = options
    this.#entries = new LRUCache({ maxSize: options.maxBytes, maxEntrySize: MAX_ENTRY_BYTES, sizeCalculation: charge })
    options.state.afterReset(() => this.clear())
  }

  get size (): number { return this.#entries.size }
  get bytes (): number { return this.#entries.calculatedSize }

  /** The answer to a message, the sender's to keep; `undefined` when none is kept, or it is not true any more. */
  find (packet: Buffer): Buffer | undefined {
    // Opcodes other than QUERY, and answers, are none of the ordinary.
    if (packet.length < HEADER_BYTES || (packet[2]! & 0xf8) !== 0) return undefined
    const end = questionEnd(packet)
    const entry = this.#entries.get(packet.toString('latin1', 4, end))
    if (entry === undefined || !this.#isTrue(entry)) return undefined
    const edns = end < packet.length
    const limit = edns ? this.#options.limitFor(packet[end + 3]! << 8 | packet[end + 4]!) : this.#options.plainLimit
    for (const orders of entry.orders) {
      const same = orders.limit === limit
      if (!same && !(orders.keepable.whole && edns && limit > PLAIN_UDP_BYTES)) continue
      const bytes = this.#draw(orders)
      if (bytes !== undefined && (same || bytes.length + SPARE_BYTES <= limit)) return addressed(bytes, packet, edns && orders.keepable.whole ? end : undefined)
    }
    return undefined
  }

  /** Keeps an answer that has just been made, if it is one of a kind of which there are few. */
  keep (request: Request, limit: number, keepable: Keepable, bytes: Buffer): void {
    if (!isOrdinary(request)) return
    const { state, clock } = this.#options
    const end = request.edns === undefined ? request.end : request.end - OPT_BYTES
    const key = request.packet.toString('latin1', 4, end)
    const now = clock.monotonic()
    const slots = new Array<Order | undefined>(Math.min(keepable.rows, MAX_ORDERS)).fill(undefined)
    if (slots.length === 1) slots[0] = { bytes, uses: Infinity, dealtAt: now }
    const orders: Orders = { keepable, limit, until: now + keepable.maxAgeMs, slots, dealMs: 0 }
    const known = this.#entries.get(key)
    if (known === undefined || !this.#isTrue(known)) {
      this.#entries.set(key, { topics: keepable.topics, revision: state.revision, checkedAt: state.revision, orders: [orders] })
    } else {
      const others = known.orders.filter(o => o.limit !== limit && o.until > now)
      this.#entries.set(key, { ...known, orders: [...others.slice(1 - MAX_SIZES), orders] })
    }
  }

  clear (): void { this.#entries.clear() }

  #isTrue (entry: Entry): boolean {
    const { revision, topics } = this.#options.state
    if (entry.checkedAt === revision) return true
    if (topics.newest(entry.topics) > entry.revision) return false
    entry.checkedAt = revision
    return true
  }

  /** One order, dealt anew if it is time; `undefined` when these orders are none for this size any more. */
  #draw (orders: Orders): Buffer | undefined {
    const { slots, keepable, until } = orders
    const { random, clock } = this.#options
    const now = slots.length === 1 && until === Infinity ? 0 : clock.monotonic()
    if (now >= until) return undefined
    const i = slots.length === 1 ? 0 : Math.floor(random() * slots.length)
    const order = slots[i]
    if (order !== undefined && (slots.length === 1 || !isWorn(order, now, orders))) {
      order.uses--
      return order.bytes
    }
    // With more rows than orders any of them may come first.
    const { bytes, whole, cut } = keepable.variant(keepable.rows <= MAX_ORDERS ? i : Math.floor(random() * keepable.rows))
    orders.dealMs = clock.monotonic() - now
    if (whole !== keepable.whole || !(whole || cut)) return undefined // another order is a few bytes longer, and just does not fit
    slots[i] = { bytes, uses: MAX_USES - 1, dealtAt: now }
    return bytes
  }
}

function isWorn ({ uses, dealtAt }: Order, now: number, { slots, dealMs }: Orders): boolean {
  const age = now - dealtAt
  return (uses <= 0 || age >= MAX_ORDER_AGE_MS) && age >= dealMs * slots.length / MAX_DEAL_SHARE
}

/** Where the key ends: before an OPT record without options at the message's end, else at the end. */
function questionEnd (packet: Buffer): number {
  const at = packet.length - OPT_BYTES
  const hasOpt = packet[11] === 1 && at > HEADER_BYTES && packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === TYPE.OPT &&
    packet[at + 9] === 0 && packet[at + 10] === 0
  return hasOpt ? at : packet.length
}

/** A copy for one client. @param optAt where the client's OPT record begins, when its size is to be echoed */
function addressed (bytes: Buffer, packet: Buffer, optAt: number | undefined): Buffer {
  const answer = Buffer.allocUnsafe(bytes.length)
  answer.set(bytes)
  answer[0] = packet[0]!
  answer[1] = packet[1]!
  answer[2] = (answer[2]! & ~(FLAG.RD >> 8)) | (packet[2]! & (FLAG.RD >> 8))
  answer[3] = (answer[3]! & ~FLAG.CD) | (packet[3]! & FLAG.CD)
  if (optAt !== undefined) {
    const at = answer.length - OPT_BYTES + 3
    answer[at] = packet[optAt + 3]!
    answer[at + 1] = packet[optAt + 4]!
  }
  return answer
}

/** Small letters, class IN, a usual type, nothing behind the question but a bare OPT record: of such questions there are few for each name that exists. */
function isOrdinary ({ packet, plain, end, type, nameEnd, labels }: Request): boolean {
  return plain && end === packet.length && KEPT_TYPES.includes(type) && packet.readUInt16BE(nameEnd + 2) === CLASS_IN && labels.every(label => label === label.toLowerCase())
}

function charge ({ orders }: Entry): number {
  let bytes = ENTRY_BYTES
  for (const { slots, limit, keepable } of orders) bytes += slots.length * Math.min(limit, keepable.bytes) + keepable.rows * 8
  return bytes
}
