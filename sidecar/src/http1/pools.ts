// All pools of a proxy, by where they lead. An instance that comes back in another list with the same address finds its connections again.

import type { Endpoint, UpstreamTls } from '../upstream/upstream.js'
import { Pool } from './pool.js'
import type { ConnectionParts } from './server-connection.js'

export class Pools {
  readonly #byInstance = new WeakMap<Endpoint, Pool>()
  readonly #byTarget = new Map<string, Pool>()
  readonly #tlsIds = new WeakMap<UpstreamTls, number>()
  #tlsCount = 0

  constructor (private readonly parts: ConnectionParts) {}

  get connections (): number { return [...this.#byTarget.values()].reduce((sum, { size }) => sum + size, 0) }

  of (instance: Endpoint, tls: UpstreamTls | undefined): Pool {
    const known = this.#byInstance.get(instance)
    if (known !== undefined && tls === undefined && !known.retired) return known
    const { address, port } = instance
    const key = `${address} ${port} ${tls === undefined ? '' : this.#idOf(tls)}`
    let pool = this.#byTarget.get(key)
    if (pool === undefined) {
      this.#byTarget.set(key, pool = new Pool({ address, port, tls }, this.parts, () => this.#prune()))
      this.#prune()
    }
    if (tls === undefined) this.#byInstance.set(instance, pool)
    return pool
  }

  /** What is known of an endpoint's idle time is worth little; so many pools without a connection are kept for it. */
  #prune (): void {
    if (this.#byTarget.size <= MAX_POOLS) return
    for (const [key, pool] of this.#byTarget) if (pool.size === 0 && this.#byTarget.size > MAX_POOLS / 2) { this.#byTarget.delete(key); pool.retired = true }
  }

  close (): void { for (const pool of [...this.#byTarget.values()]) pool.close() }

  #idOf (tls: UpstreamTls): number {
    let id = this.#tlsIds.get(tls)
    if (id === undefined) this.#tlsIds.set(tls, id = ++this.#tlsCount)
    return id
  }
}

const MAX_POOLS = 1024
