// How much one source may ask over UDP, so that the port is of no use to whoever sends questions in another's name: a bucket of tokens for each.
// A token pays for a question and an answer of usual size; larger answers cost more, so that asking for what is large gains nothing.
// Loopback is not counted. TCP is not either: there the address is proven, and tcp.ts bounds connections.

import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import { parseIp, toHex } from './ip-address.js'
import type { Clock } from '../clock.js'

export interface SourceLimitConfig {
  /** Questions a second; 0: no limit. */
  readonly dnsRatePerSource: number
  /** Questions at once before the rate counts. */
  readonly dnsBurstPerSource: number
}

interface Bucket { tokens: number, /** Monotonic, ms. */ at: number }

/** Bytes of an answer that a token pays for: what crosses networks in one piece. */
const TOKEN_BYTES = 1232
/** Sources counted at once. The least lately seen is forgotten and begins anew: with so many at work, each has little. */
const MAX_SOURCES = 50_000

export class SourceLimit {
  readonly #clock: Clock
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_SOURCES })

  constructor (clock: Clock) { this.#clock = clock }

  /** Takes a token for a question; false when there is none. */
  take (address: string, { dnsRatePerSource: rate, dnsBurstPerSource: burst }: SourceLimitConfig): boolean {
    if (rate <= 0 || isLoopback(address)) return true
    const source = sourceOf(address)
    const now = this.#clock.monotonic()
    const bucket = this.#buckets.get(source)
    if (bucket === undefined) {
      this.#buckets.set(source, { tokens: Math.max(burst, 1) - 1, at: now })
      return true
    }
    bucket.tokens = Math.min(Math.max(burst, 1), bucket.tokens + (now - bucket.at) / 1000 * rate)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }

  /** Takes what an answer costs beyond its question's token; the source may owe for it. */
  charge (address: string, bytes: number): void {
    if (bytes <= TOKEN_BYTES || isLoopback(address)) return
    const bucket = this.#buckets.get(sourceOf(address))
    if (bucket !== undefined) bucket.tokens -= Math.ceil(bytes / TOKEN_BYTES) - 1
  }
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')

/** Whoever has one IPv6 address has the 2^64 of its network. */
function sourceOf (address: string): string {
  if (!isIPv6(address)) return address
  const ip = parseIp(address.replace(/%.*$/, ''))
  return ip === undefined ? address : toHex(ip).slice(0, ip.length === 4 ? 8 : 16)
}
