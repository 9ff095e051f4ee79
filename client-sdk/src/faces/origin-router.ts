// A dispatcher for any origin: those that name a service go to it, all others pass through. Usable as the global dispatcher. One service alone is service-dispatcher.ts.

import { Agent, Dispatcher, errors } from 'undici'
import { refuse } from './refuse.js'
import { serviceOf } from './service-name.js'

export interface OriginRouterOptions {
  /** The dispatcher of a service; called for each request, so it should remember. */
  readonly service: (name: string) => Dispatcher
  /** Where all other origins go. Default: an undici `Agent` of its own, which ends with this. One that is given is not closed. */
  readonly elsewhere?: Dispatcher
}

/** Origins whose meaning is remembered; beyond it the oldest is looked at anew. */
const MAX_ORIGINS = 1024

type Done = (error: Error | null, data: null) => void

export class OriginRouter extends Dispatcher {
  closed = false
  destroyed = false
  readonly #options: OriginRouterOptions
  readonly #names = new Map<string, string | undefined>()
  #agent: Agent | undefined

  constructor (options: OriginRouterOptions) {
    super()
    this.#options = options
  }

  override dispatch (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.destroyed) return refuse(handler, new errors.ClientDestroyedError())
    if (this.closed) return refuse(handler, new errors.ClientClosedError())
    let to: Dispatcher
    try {
      const name = options.origin === undefined ? undefined : this.#nameOf(options.origin)
      to = name === undefined ? this.#options.elsewhere ?? (this.#agent ??= new Agent()) : this.#options.service(name)
    } catch (error) { return refuse(handler, error as Error) }
    return to.dispatch(options, handler)
  }

  #nameOf (origin: string | URL): string | undefined {
    const key = typeof origin === 'string' ? origin : origin.origin
    if (this.#names.has(key)) return this.#names.get(key)
    const name = serviceOf(key)
    this.#names.set(key, name)
    if (this.#names.size > MAX_ORIGINS) this.#names.delete(this.#names.keys().next().value!)
    return name
  }

  /** Takes no calls any more. Services are not closed by it: they have owners of their own. */
  override close (): Promise<void>
  override close (callback: () => void): void
  override close (callback?: () => void): Promise<void> | undefined {
    this.closed = true
    return settle(this.#agent === undefined || this.#agent.closed ? Promise.resolve() : this.#agent.close(), callback)
  }

  override destroy (): Promise<void>
  override destroy (error: Error | null): Promise<void>
  override destroy (callback: () => void): void
  override destroy (error: Error | null, callback: () => void): void
  override destroy (error?: Error | null | (() => void), callback?: () => void): Promise<void> | undefined {
    this.closed = true
    this.destroyed = true
    return settle(this.#agent?.destroy(typeof error === 'function' ? null : error ?? null) ?? Promise.resolve(), typeof error === 'function' ? error : callback)
  }
}

/** undici's two ways to wait: a promise, or a callback. */
export function settle (ended: Promise<void>, callback: (() => void) | undefined): Promise<void> | undefined {
  if (callback === undefined) return ended
  void ended.then(() => (callback as Done)(null, null), (error: Error) => (callback as Done)(error, null))
  return undefined
}
