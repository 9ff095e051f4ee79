// What one client may take of the HTTP door: connections, and requests a second where that is switched on. Loopback counts none.

import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { LimitConfig } from '../config/runtime-config.js'

/** Clients whose requests are counted at once; the least lately seen begins anew. */
const MAX_CLIENTS = 50_000

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.') || address === ''

export class ClientLimits {
  readonly #clock: Clock
  readonly #connections = new Map<string, number>()
  readonly #requests = new LRUCache<string, { tokens: number, at: number }>({ max: MAX_CLIENTS })
  /** For metrics. */
  readonly stats = { connectionsRefused: 0, requestsRefused: 0, blockingRefused: 0 }

  constructor (clock: Clock) { this.#clock = clock }

  /** Counts a connection in; false when the client has too many. */
  connect (address: string, limits: LimitConfig): boolean {
    if (isLoopback(address) || limits.httpMaxConnsPerClient === 0) return true
    const open = this.#connections.get(address) ?? 0
    if (open >= limits.httpMaxConnsPerClient) {
      this.stats.connectionsRefused++
      return false
    }
    this.#connections.set(address, open + 1)
    return true
  }

  disconnect (address: string): void {
    const open = this.#connections.get(address)
    if (open === undefined) return
    if (open <= 1) this.#connections.delete(address)
    else this.#connections.set(address, open - 1)
  }

  /** Takes one request out of the client's bucket; the seconds to wait when it is empty, 0 when it was not. */
  request (address: string, limits: LimitConfig): number {
    if (limits.requestRatePerClient === 0 || isLoopback(address)) return 0
    const now = this.#clock.monotonic()
    const burst = Math.max(1, limits.requestBurstPerClient || limits.requestRatePerClient)
    let bucket = this.#requests.get(address)
    if (bucket === undefined) this.#requests.set(address, bucket = { tokens: burst, at: now })
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1000 * limits.requestRatePerClient)
    bucket.at = now
    if (bucket.tokens < 1) {
      this.stats.requestsRefused++
      return Math.max(1, Math.ceil((1 - bucket.tokens) / limits.requestRatePerClient))
    }
    bucket.tokens--
    return 0
  }
}
