// One service as an undici Dispatcher: whatever takes a dispatcher (request, stream, pipeline, upgrade, fetch, WebSocket, interceptors of undici's) calls the service through its policies.
// All other faces of a service go through here, except those of other protocols (http-agent.ts, ../grpc.ts).

import { Dispatcher, errors } from 'undici'
import type { Balancer } from '../balance/balancer.js'
import { CallRequest } from '../interceptors/call-request.js'
import { Call } from '../interceptors/call.js'
import { ownHeaders } from '../interceptors/headers.js'
import type { Dispatch } from '../interceptors/interceptor.js'
import { pipeline, ServiceMemory } from '../interceptors/list.js'
import type { ServiceParts } from '../interceptors/list.js'
import { routeOf } from '../interceptors/route.js'
import { routePolicy } from '../policy/merge.js'
import type { ResolvedPolicy } from '../policy/merge.js'
import type { CompleteCallPolicy } from '../policy/policy.js'
import { enter, isOldShape } from './entry.js'
import type { InstancePools } from './instance-pools.js'
import { settle } from './origin-router.js'
import { refuse } from './refuse.js'

export class ServiceDispatcher extends Dispatcher {
  closed = false
  destroyed = false
  readonly #balancer: Balancer
  readonly #memory = new ServiceMemory()
  readonly #pipelines = new Map<CompleteCallPolicy, Dispatch>()
  #policy: ResolvedPolicy
  #active = 0
  #idle: (() => void) | undefined
  readonly #ended = () => { if (--this.#active === 0) this.#idle?.() }

  constructor (readonly service: string, policy: ResolvedPolicy, private readonly parts: ServiceParts, private readonly pools: InstancePools) {
    super()
    this.#balancer = parts.balancer
    this.#policy = policy
    pools.events = this
  }

  /** Calls that begin from now on go by this one. What was measured stays. */
  setPolicy (policy: ResolvedPolicy): void {
    this.#policy = policy
    this.#pipelines.clear()
  }

  /** Calls under way. */
  get active (): number { return this.#active }

  override dispatch (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (typeof handler !== 'object' || handler === null) throw new errors.InvalidArgumentError('handler must be an object')
    if (this.closed || this.destroyed) return refuse(handler, this.destroyed ? new errors.ClientDestroyedError() : new errors.ClientClosedError())
    const { method, path, headers, upgrade } = options
    // What is no request at all is undici's to complain about, in its own words, which it does as soon as it gets it.
    const policy = routePolicy(this.#policy, method, String(path))
    const { hashHeader } = this.#policy.service
    const own = ownHeaders(headers, hashHeader)
    const call = new Call(this.service, routeOf(method, String(path)), own, policy.long || Boolean(upgrade) || method === 'CONNECT', headers, !isOldShape(handler))
    this.#active++
    return this.#pipeline(policy)(new CallRequest(options, call), enter(handler, call, this.#ended))
  }

  #pipeline (policy: CompleteCallPolicy): Dispatch {
    let made = this.#pipelines.get(policy)
    if (made === undefined) this.#pipelines.set(policy, made = pipeline(policy, this.parts, this.#memory, (request, handler) => this.pools.dispatch(request, handler)))
    return made
  }

  /** Takes no calls any more, and resolves when those under way have ended. */
  override close (): Promise<void>
  override close (callback: () => void): void
  override close (callback?: () => void): Promise<void> | undefined { return settle(this.#close(), callback) }

  async #close (): Promise<void> {
    this.closed = true
    if (this.#active > 0) {
      const earlier = this.#idle
      await new Promise<void>(resolve => { this.#idle = () => { earlier?.(); resolve() } })
    }
    await this.pools.close()
  }

  /** Ends the calls under way with `error`. */
  override destroy (): Promise<void>
  override destroy (error: Error | null): Promise<void>
  override destroy (callback: () => void): void
  override destroy (error: Error | null, callback: () => void): void
  override destroy (error?: Error | null | (() => void), callback?: () => void): Promise<void> | undefined {
    const reason = typeof error === 'function' ? null : error ?? null
    this.closed = true
    this.destroyed = true
    return settle(this.pools.destroy(reason ?? new errors.ClientDestroyedError()), typeof error === 'function' ? error : callback)
  }
}
