// A question's way to its answer: the name, the look-up, others who must be asked first, the message. Sockets are the doors' affair (udp.ts, tcp.ts).

import { composeMessage, mostAnswers, optEcho } from './answer.js'
import { FLAG, RCODE } from './codes.js'
import { Encoder } from './encode.js'
import { FitInstances } from './fit-instances.js'
import { lookup, MAX_DEPTH, MAX_FOLLOWED } from './lookup.js'
import { parseName } from './names.js'
import { OuterNames } from './outer-names.js'
import { ASKED, EMPTY } from './record.js'
import { ReverseIndex } from './reverse-index.js'
import { dnsSettings } from './settings.js'
import { seeded, shuffle, shuffleBehind } from './shuffle.js'
import type { Answer, LookupContext, NameSources, Question, Reply } from './lookup.js'
import type { Recursors } from './recursors.js'
import type { Request } from './request.js'
import type { DnsSettings } from './settings.js'
import type { Roster } from '../roster.js'

/** What DNS needs of a roster. */
export type DnsRoster = Pick<Roster, 'clock' | 'config' | 'freshness' | 'log' | 'random' | 'state'>

/** Whether the view is new enough to be answered from. */
export function isCurrent ({ freshness, config: { dns } }: Pick<DnsRoster, 'config' | 'freshness'>): boolean {
  const ageMs = freshness.ageMs()
  return freshness.hasView() && (ageMs === 0 || (dns.allowStale && ageMs <= dns.maxStaleMs))
}

/** What may be kept of an answer: how to make it again in another order, and how long it is true. */
export interface Keepable {
  /** The answer with row `first` in front, the others behind it in any order. */
  readonly variant: (first: number) => Encoded
  readonly rows: number
  readonly topics: readonly string[]
  /** Nothing was left out. */
  readonly whole: boolean
  /** Size of the answer. */
  readonly bytes: number
  /** How long it may be kept though nothing changes. */
  readonly maxAgeMs: number
}

export interface Encoded {
  readonly bytes: Buffer
  readonly whole: boolean
  /** Cut to the client's size, and no OPT record in it. */
  readonly cut: boolean
}

export interface Resolved {
  readonly bytes: Buffer
  readonly keep: Keepable | undefined
}

/** An answer that says that there is nothing of the type holds a serial number, which is the second of the day. */
const EMPTY_AGE_MS = 1000

export class Resolver {
  readonly #roster: DnsRoster
  readonly #sources: NameSources
  readonly #recursors: Recursors
  readonly #reverse: ReverseIndex
  readonly #fit: FitInstances
  readonly #encoder = new Encoder()
  #settings: DnsSettings | undefined

  constructor (roster: DnsRoster, sources: NameSources, recursors: Recursors) {
    this.#roster = roster
    this.#sources = sources
    this.#recursors = recursors
    this.#reverse = new ReverseIndex(roster.state)
    this.#fit = new FitInstances(roster.state)
  }

  /** As of the configuration in force. */
  get settings (): DnsSettings {
    const { dns } = this.#roster.config
    if (this.#settings?.config !== dns) this.#settings = dnsSettings(dns)
    return this.#settings
  }

  /**
   * Answers at once unless a recursor has to be asked.
   * @param client IP of whoever asks
   */
  resolve (request: Request, client: string): Resolved | Promise<Resolved> {
    const { settings } = this
    const context: LookupContext = {
      state: this.#roster.state,
      fit: this.#fit,
      settings,
      datacenter: this.#roster.config.datacenter,
      second: Math.floor(this.#roster.clock.now() / 1000),
      reverse: this.#reverse,
      sources: this.#sources,
      outer: new OuterNames(settings.recurses),
      client,
    }
    const question: Question = {
      owner: ASKED,
      name: `${request.labels.join('.')}.`,
      type: request.type,
      edns: request.edns !== undefined,
      most: mostAnswers(request),
      depth: MAX_DEPTH,
      budget: { left: MAX_FOLLOWED },
    }
    const asked = parseName(request.labels, request.type, settings.zones)
    const finding = lookup(context, asked, question)
    if (finding.kind === 'outside') {
      if (settings.recurses) return this.#forward(request, settings)
      if (finding.refusal === undefined) return { bytes: this.#refuse(request, RCODE.REFUSED, false), keep: undefined }
      return this.#reply(finding.refusal, request, question, context)
    }
    // Of what is ours but not known well enough others may know more: the client is to ask them.
    if (!isCurrent(this.#roster)) return { bytes: this.#refuse(request, RCODE.SERVFAIL, settings.recurses), keep: undefined }
    return this.#reply(finding, request, question, context)
  }

  close (): void { this.#reverse.close() }

  #reply (reply: Reply, request: Request, question: Question, context: LookupContext): Resolved | Promise<Resolved> {
    // Chance is drawn once, so that a second pass goes the same way as the first.
    const seed = this.#roster.random()
    const answer = reply.answer(shuffle(seeded(seed)))
    const { missing } = context.outer
    if (missing.length > 0) {
      return this.#learn(missing, context).then(() => {
        question.budget.left = MAX_FOLLOWED
        return { bytes: this.#encode(reply.answer(shuffle(seeded(seed))), reply, request, context).bytes, keep: undefined }
      })
    }
    const { bytes, whole, cut } = this.#encode(answer, reply, request, context)
    if (reply.topics === undefined || !(whole || cut)) return { bytes, keep: undefined }
    // The packet may be part of a larger buffer, which must not live on with the answer.
    const asked = { ...request, packet: Buffer.from(request.packet.subarray(0, request.end)) }
    const variant = (first: number): Encoded => this.#encode(reply.answer(shuffleBehind(first, this.#roster.random)), reply, asked, context)
    const empty = answer.answers.length === 0
    return { bytes, keep: { variant, rows: empty ? 1 : reply.rows, topics: reply.topics, whole, bytes: bytes.length, maxAgeMs: empty ? EMPTY_AGE_MS : Infinity } }
  }

  #encode (answer: Answer, reply: Reply, request: Request, { settings: { config, recurses } }: LookupContext): Encoded {
    const message = composeMessage(answer, request, this.#encoder, { config, recurses, local: reply.local === true })
    const whole = message.answers.length === answer.answers.length && message.additional.length === answer.additional.length
    return { bytes: this.#encoder.encode(message, request, !config.disableCompression), whole, cut: !whole && message.opt === undefined }
  }

  async #learn (names: readonly string[], { outer, settings }: LookupContext): Promise<void> {
    await Promise.all(names.map(async name => outer.learn(name, await this.#recursors.addresses(name, settings.config))))
  }

  async #forward (request: Request, { config }: DnsSettings): Promise<Resolved> {
    const bytes = await this.#recursors.forward(request, config)
    return { bytes: bytes ?? this.#refuse(request, RCODE.SERVFAIL, true), keep: undefined }
  }

  /** The header and the question, for what we have no say in. */
  #refuse (request: Request, rcode: number, recurses: boolean): Buffer {
    const opt = recurses && request.edns !== undefined ? optEcho(request.edns, false) : undefined
    return this.#encoder.encode({ ...EMPTY, rcode, flags: recurses ? FLAG.RA : 0, opt }, request, true)
  }
}
