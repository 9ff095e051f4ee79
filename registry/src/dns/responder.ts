// What the sockets of both transports ask: a message's bytes in, its answer's bytes out, at once where nobody else has to be asked. Never throws.

import { AnswerCache } from './answer-cache.js'
import { sizeLimit, tcpLimit, udpLimit } from './answer.js'
import { PLAIN_UDP_BYTES, RCODE } from './codes.js'
import { headerOnly } from './encode.js'
import { formatIp } from './ip-address.js'
import { decodeRequest } from './request.js'
import { SourceLimit } from './source-limit.js'
import { DnsStats } from './stats.js'
import type { Transport } from './codes.js'
import type { Request } from './request.js'
import { isCurrent } from './resolver.js'
import type { DnsRoster, Resolved, Resolver } from './resolver.js'
import type { DnsConfig } from '../config/runtime-config.js'

/** Bytes of answers kept for each transport: some 10,000 services of ten instances over UDP. */
const KEPT_BYTES = { udp: 32 * 2 ** 20, tcp: 8 * 2 ** 20 } as const
/** ms between two lines in the log about failures inside. */
const LOG_EVERY_MS = 1000

export class Responder {
  readonly stats = new DnsStats()
  readonly #roster: DnsRoster
  readonly #resolver: Resolver
  readonly #limit: SourceLimit
  readonly #kept: Readonly<Record<Transport, AnswerCache>>
  /** Settings that the kept answers were made with. */
  #config: DnsConfig | undefined
  #loggedAt = -Infinity

  constructor (roster: DnsRoster, resolver: Resolver) {
    const { state, random, clock } = roster
    this.#roster = roster
    this.#resolver = resolver
    this.#limit = new SourceLimit(roster.clock)
    this.#kept = {
      udp: new AnswerCache({ state, clock, random, maxBytes: KEPT_BYTES.udp, plainLimit: PLAIN_UDP_BYTES, limitFor: udpLimit }),
      tcp: new AnswerCache({ state, clock, random, maxBytes: KEPT_BYTES.tcp, plainLimit: tcpLimit(), limitFor: tcpLimit }),
    }
  }

  /** Whether a source may ask (again) over UDP. */
  admits (address: string): boolean { return this.#limit.take(address, this.#roster.config.limits) }

  /** Counts an answer sent over UDP towards its source's limit. */
  charge (address: string, bytes: number): void { this.#limit.charge(address, bytes) }

  /** @returns undefined for silence */
  answer (packet: Buffer, transport: Transport, client: string): Buffer | Promise<Buffer> | undefined {
    const { dns } = this.#roster.config
    if (this.#config !== dns) {
      this.#config = dns
      this.#kept.udp.clear()
      this.#kept.tcp.clear()
    }
    try {
      const kept = isCurrent(this.#roster) ? this.#kept[transport].find(packet) : undefined
      if (kept !== undefined) {
        this.stats.kept++
        return kept
      }
      const request = decodeRequest(packet, transport)
      if (request === undefined) {
        this.stats.ignored++
        return undefined
      }
      if ('reject' in request) return headerOnly(packet, request.reject)
      const resolved = this.#resolver.resolve(request, clientOf(request, client))
      if (!(resolved instanceof Promise)) return this.#finish(request, resolved)
      return resolved.then(done => this.#finish(request, done)).catch((error: unknown) => this.#fail(packet, error))
    } catch (error) {
      return this.#fail(packet, error)
    }
  }

  #finish (request: Request, { bytes, keep }: Resolved): Buffer {
    if (keep !== undefined) this.#kept[request.transport].keep(request, sizeLimit(request), keep, bytes)
    return bytes
  }

  /** A fault of ours: the client is told, and asks another server. */
  #fail (packet: Buffer, error: unknown): Buffer {
    this.stats.failed++
    const now = this.#roster.clock.monotonic()
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now
      this.#roster.log.child('dns').error('question failed', { error: error instanceof Error ? error.stack : String(error), failed: this.stats.failed })
    }
    return headerOnly(packet, RCODE.SERVFAIL)
  }
}

/** Whom the answer is for: what a resolver says of its client (RFC 7871), else whoever asks. */
function clientOf ({ edns }: Request, address: string): string {
  const subnet = edns?.subnet
  if (subnet === undefined || subnet.family === 0) return address
  const bytes = new Uint8Array(subnet.family === 1 ? 4 : 16)
  bytes.set(subnet.address)
  return formatIp(bytes)
}
