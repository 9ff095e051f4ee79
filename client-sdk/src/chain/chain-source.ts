// What config entries say of a service, live: over the feed, from disk while the registry is away. There is always an answer after a second: a service that nobody can say anything about
// is reached by its name.

import type { DiscoveryChain } from '../api/discovery-chain.js'
import { isRefused, isSubscriptionError, isWrongDatacenter } from '../api/errors.js'
import type { RosterClientError } from '../api/errors.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { DiskCache } from '../discovery/disk-cache.js'
import type { Feed } from '../discovery/feed.js'
import { usableFromDisk } from '../discovery/freshness.js'
import { DISK_AFTER_MS, DISK_MAX_AGE_MS } from '../discovery/registry-source.js'
import { plainWays, waysOf } from './ways.js'
import type { Ways } from './ways.js'

export interface ChainSourceParts {
  readonly feed: Feed
  readonly clock: Clock
  readonly disk?: DiskCache | undefined
  /** Oldest chain on disk that is used, ms. */
  readonly diskMaxAgeMs?: number | undefined
  readonly warn: (message: string) => void
}

/** Live ways. */
export interface WaysSource {
  /** `undefined`: not known yet. */
  readonly ways: Ways | undefined
  /** Told after `ways` has changed. @returns a function that takes it back */
  subscribe (listener: (ways: Ways) => void): () => void
  close (): void
}

/** Where nobody has entries: DNS, and whoever does not want them followed. */
export const fixedWays = (service: string): WaysSource => ({ ways: plainWays(service), subscribe: () => () => {}, close () {} })

export class ChainSource implements WaysSource {
  readonly #service: string
  readonly #parts: ChainSourceParts
  readonly #listeners = new Set<(ways: Ways) => void>()
  readonly #unfollow: () => void
  #cancelWait: CancelTimer = () => {}
  #ways: Ways | undefined
  /** As it was said, to find out what is new. */
  #text: string | undefined
  #heard = false
  #closed = false

  constructor (service: string, parts: ChainSourceParts) {
    this.#service = service
    this.#parts = parts
    const { feed, disk, clock, diskMaxAgeMs = DISK_MAX_AGE_MS } = parts
    const stored = disk?.read('chain', service)
    this.#cancelWait = clock.after(DISK_AFTER_MS, () => {
      void (stored ?? Promise.resolve(undefined)).then(entry => {
        if (this.#heard || this.#closed) return
        this.#become(entry !== undefined && usableFromDisk(entry.savedAt, clock.now(), diskMaxAgeMs) ? entry.value : null)
      })
    })
    this.#unfollow = feed.followChain(service, {
      rows: (chain, index) => this.#said(chain ?? null, index),
      still: () => {},
      lost: error => this.#lost(error),
    })
  }

  get ways (): Ways | undefined { return this.#ways }

  subscribe (listener: (ways: Ways) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  close (): void {
    this.#closed = true
    this.#cancelWait()
    this.#unfollow()
    this.#listeners.clear()
  }

  #said (chain: DiscoveryChain | null, index: number): void {
    this.#heard = true
    this.#cancelWait()
    if (!this.#become(chain)) return
    const { disk, clock } = this.#parts
    void disk?.write('chain', this.#service, { value: chain?.Default === true ? null : chain, index, savedAt: clock.now() })
  }

  /** A registry that has no chains, or shows us none, has said all it will say; one that is away has said nothing. */
  #lost (error: RosterClientError): void {
    const final = isSubscriptionError(error) || isWrongDatacenter(error) || (isRefused(error) && error.status < 500) || /Connect must be enabled/i.test(error.message)
    if (final && !this.#heard) this.#become(null)
  }

  /** @returns whether something is new */
  #become (chain: DiscoveryChain | null): boolean {
    const text = chain === null || chain.Default === true ? '' : JSON.stringify(chain)
    if (this.#closed || text === this.#text) return false
    let ways: Ways
    try { ways = text === '' ? plainWays(this.#service) : waysOf(chain!) } catch (error) {
      this.#parts.warn(`What config entries say of "${this.#service}" cannot be followed: ${(error as Error).message}`)
      // What was followed before is better than nothing, and its own name better than that.
      if (this.#ways !== undefined) return false
      ways = plainWays(this.#service)
    }
    this.#text = text
    this.#ways = ways
    for (const listener of [...this.#listeners]) listener(ways)
    return true
  }
}
