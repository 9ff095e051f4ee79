// All services that this sidecar calls, by name: those that flags name from the start, the others from their first call on. Names come from the local process, so their number is bounded:
// what nobody calls any more, or nobody offers, is given up.

import { systemClock } from '@roster/client'
import type { CancelTimer, Clock, RosterClient } from '@roster/client'
import type { UpstreamTls } from '../upstream/upstream.js'
import { NamedUpstream } from './named-upstream.js'

export interface DirectoryOptions {
  readonly client: Pick<RosterClient, 'service' | 'release'>
  readonly trust: UpstreamTls
  readonly clock?: Clock
  /** Told of each name that comes and goes. */
  readonly onChange?: (names: readonly string[]) => void
}

/** Names at once. Whoever calls more services than this has mistaken something else for a name. */
export const MAX_NAMES = 1000
/** A name that nobody offers and nobody calls is given up after this, ms. */
const EMPTY_MS = 60_000
/** A service that nobody calls is given up after this, ms. */
const UNUSED_MS = 60 * 60_000
/** Distance of the looks, ms. */
const LOOK_MS = 15_000

export class Directory {
  readonly #options: DirectoryOptions
  readonly #clock: Clock
  readonly #upstreams = new Map<string, NamedUpstream>()
  #cancel: CancelTimer = () => {}

  constructor (options: DirectoryOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#turn()
  }

  get all (): readonly NamedUpstream[] { return [...this.#upstreams.values()] }

  /** On the path of every request. @param name in lower case */
  find (name: string): NamedUpstream | undefined { return this.#upstreams.get(name) }

  /** @returns `undefined` when there are too many names */
  open (name: string, pinned = false): NamedUpstream | undefined {
    let upstream = this.#upstreams.get(name)
    if (upstream !== undefined) return upstream
    if (this.#upstreams.size >= MAX_NAMES && !this.#makeRoom()) return undefined
    upstream = new NamedUpstream(name, this.#options.client.service(name), { ...this.#options.trust, servername: `${name}.service.roster` }, pinned, this.#clock.monotonic())
    this.#upstreams.set(name, upstream)
    this.#changed()
    return upstream
  }

  close (): void {
    this.#cancel()
    for (const upstream of this.#upstreams.values()) upstream.end()
    this.#upstreams.clear()
  }

  #turn (): void {
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      const now = this.#clock.monotonic()
      for (const upstream of this.all) {
        if (!upstream.pinned && now - upstream.usedAt >= (upstream.registered ? UNUSED_MS : EMPTY_MS)) this.#drop(upstream)
      }
      this.#turn()
    })
  }

  /** Of the names that nobody offers the one that was called least lately has to go; a real service never does. */
  #makeRoom (): boolean {
    let oldest: NamedUpstream | undefined
    for (const upstream of this.#upstreams.values()) {
      if (!upstream.pinned && !upstream.registered && (oldest === undefined || upstream.usedAt < oldest.usedAt)) oldest = upstream
    }
    if (oldest !== undefined) this.#drop(oldest)
    return oldest !== undefined
  }

  #drop (upstream: NamedUpstream): void {
    upstream.end()
    this.#upstreams.delete(upstream.name)
    void this.#options.client.release(upstream.name)
    this.#changed()
  }

  #changed (): void { this.#options.onChange?.([...this.#upstreams.keys()]) }
}
