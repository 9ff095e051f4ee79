// The connections: one undici pool for each instance, made at first use, closed when the instance has left the list and its calls have ended. Knows how to reach an instance, not which.

import type { EventEmitter } from 'node:events'
import { errors, Pool } from 'undici'
import type { Instance } from '../balance/instance.js'
import type { Handler, InstanceRequest } from '../interceptors/interceptor.js'
import { refuse } from './refuse.js'

export interface PoolOptions {
  /** Connections to one instance at most; more requests wait for one. Asked when an instance is called first. Default no limit, as in undici. */
  readonly connections?: () => number | undefined
  /** Until a connection stands, ms. Default 2,000: within a network a second attempt elsewhere beats a long wait; undici has 10,000, for the whole of the internet. */
  readonly connectTimeoutMs?: number
  /** How `https` instances are trusted and how this client is known to them. The name that is asked for and checked is the service's. */
  readonly tls?: { readonly ca?: string | string[], readonly cert?: string, readonly key?: string, readonly servername?: string, readonly rejectUnauthorized?: boolean }
}

interface Entry { readonly address: string, readonly port: number, readonly tls: boolean, readonly pool: Pool }

const events = ['connect', 'disconnect', 'connectionError', 'drain'] as const

export class InstancePools {
  /** Emits what the pools do: `connect`, `disconnect`, `connectionError`, `drain`. */
  events: EventEmitter | undefined
  readonly #pools = new Map<string, Entry>()
  /** Those of instances that have left, whose last calls are not over. */
  readonly #leaving = new Set<Pool>()
  #over = false

  constructor (private readonly options: PoolOptions = {}) {}

  /** Instances there is a pool for. */
  get size (): number { return this.#pools.size }

  dispatch (request: InstanceRequest, handler: Handler): boolean {
    // A call that waited for its next attempt meanwhile.
    if (this.#over) return refuse(handler, new errors.ClientDestroyedError())
    return this.#to(request.instance, isTls(request.origin)).dispatch(request, handler)
  }

  /** The list has changed: pools of those who are gone close as soon as their calls have ended. */
  retain (instances: readonly Instance[]): void {
    if (this.#pools.size === 0) return
    const present = new Set(instances.map(({ id }) => id))
    for (const [id, { pool }] of this.#pools) {
      if (present.has(id)) continue
      this.#pools.delete(id)
      this.#leave(pool)
    }
  }

  /** Waits for what is under way. */
  async close (): Promise<void> {
    this.#over = true
    const all = this.#all()
    this.#pools.clear()
    await Promise.all(all.map(pool => pool.closed ? undefined : pool.close()))
  }

  /** Ends what is under way with `reason`. */
  async destroy (reason: Error | null = null): Promise<void> {
    this.#over = true
    const all = this.#all()
    this.#pools.clear()
    await Promise.all(all.map(pool => pool.destroy(reason)))
  }

  #all (): Pool[] { return [...[...this.#pools.values()].map(({ pool }) => pool), ...this.#leaving] }

  #leave (pool: Pool): void {
    this.#leaving.add(pool)
    // `destroy` in between is the only way in which it can fail, and then nobody waits for it.
    void pool.close().catch(() => {}).finally(() => this.#leaving.delete(pool))
  }

  #to (instance: Instance, tls: boolean): Pool {
    const { id, address, port } = instance
    const known = this.#pools.get(id)
    if (known !== undefined && known.address === address && known.port === port && known.tls === tls) return known.pool
    // The same instance at another place: it has moved.
    if (known !== undefined) this.#leave(known.pool)
    const pool = this.#make(`${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`)
    this.#pools.set(id, { address, port, tls, pool })
    return pool
  }

  #make (origin: string): Pool {
    const { connectTimeoutMs = 2000, tls } = this.options
    const connections = this.options.connections?.()
    const pool = new Pool(origin, { ...connections !== undefined && { connections }, connect: { timeout: connectTimeoutMs, ...tls } })
    for (const event of events) {
      // A busy pool drains with every answer; most often nobody listens.
      pool.on(event as 'drain', (...args: unknown[]) => { if (this.events !== undefined && this.events.listenerCount(event) > 0) this.events.emit(event, ...args) })
    }
    return pool
  }
}

const isTls = (origin: string | URL | undefined): boolean => origin !== undefined && (typeof origin === 'string' ? origin.startsWith('https:') : origin.protocol === 'https:')
