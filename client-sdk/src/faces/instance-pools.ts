// The connections: one undici pool for each instance, made at first use, closed when the instance has left the list and its calls have ended. Knows how to reach an instance, not which.

import { EventEmitter } from 'node:events'
import { errors, Pool } from 'undici'
import type { Instance } from '../balance/instance.js'
import type { Handler, InstanceRequest } from '../interceptors/interceptor.js'
import { refuse } from './refuse.js'

export interface PoolOptions {
  /** Connections to one instance at most; more requests wait for one. Default no limit, as in undici. */
  readonly connections?: number
  /** Until a connection stands, ms. Default 2,000: within a network a second attempt elsewhere beats a long wait; undici has 10,000, for the whole of the internet. */
  readonly connectTimeoutMs?: number
  /** How `https` instances are trusted and how this client is known to them. The name that is asked for and checked is the service's. */
  readonly tls?: { readonly ca?: string | string[], readonly cert?: string, readonly key?: string, readonly servername?: string, readonly rejectUnauthorized?: boolean }
}

interface Entry { readonly target: string, readonly pool: Pool }

/** Emits what pools do: `connect`, `disconnect`, `connectionError`, `drain`. */
export class InstancePools extends EventEmitter {
  readonly #pools = new Map<string, Entry>()
  /** Those of instances that have left, whose last calls are not over. */
  readonly #leaving = new Set<Pool>()
  #over = false

  constructor (private readonly options: PoolOptions = {}) { super() }

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
    const known = this.#pools.get(instance.id)
    if (known !== undefined && known.target === targetOf(instance, tls)) return known.pool
    // The same instance at another place: it has moved.
    if (known !== undefined) this.#leave(known.pool)
    const target = targetOf(instance, tls)
    const pool = this.#make(target)
    this.#pools.set(instance.id, { target, pool })
    return pool
  }

  #make (origin: string): Pool {
    const { connections, connectTimeoutMs = 2000, tls } = this.options
    const pool = new Pool(origin, { ...connections !== undefined && { connections }, connect: { timeout: connectTimeoutMs, ...tls } })
    pool.on('connect', (...args) => this.emit('connect', ...args))
    pool.on('disconnect', (...args) => this.emit('disconnect', ...args))
    pool.on('connectionError', (...args) => this.emit('connectionError', ...args))
    pool.on('drain', (...args) => this.emit('drain', ...args))
    return pool
  }
}

const targetOf = ({ address, port }: Instance, tls: boolean): string => `${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`

const isTls = (origin: string | URL | undefined): boolean => origin !== undefined && (typeof origin === 'string' ? origin.startsWith('https:') : origin.protocol === 'https:')
