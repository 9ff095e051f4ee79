// One service as an undici Dispatcher: whatever takes a dispatcher (request, stream, pipeline, upgrade, fetch, WebSocket, interceptors of undici's) calls the service through its policies.
// All other faces of a service go through here, except those of other protocols (http-agent.ts, ../grpc.ts).

import { Dispatcher, errors } from 'undici'
import type { Leg, Legs } from '../chain/lanes.js'
import { rewritten, withChanges } from '../chain/request-changes.js'
import type { RequestFacts } from '../chain/request-facts.js'
import type { Balancer } from '../balance/balancer.js'
import { CallRequest } from '../interceptors/call-request.js'
import { Call } from '../interceptors/call.js'
import { headerList, headerOf, ownHeaders } from '../interceptors/headers.js'
import type { Dispatch, Handler } from '../interceptors/interceptor.js'
import { earlyPipeline, pipeline, ServiceMemory } from '../interceptors/list.js'
import type { ServiceParts } from '../interceptors/list.js'
import { routeOf } from '../interceptors/route.js'
import { routePolicy } from '../policy/merge.js'
import type { CompleteCallPolicy } from '../policy/policy.js'
import { enter, isOldShape } from './entry.js'
import type { InstancePools } from './instance-pools.js'
import { settle } from './origin-router.js'
import { refuse } from './refuse.js'

/** What is the same for all ways of a service. */
export type DispatcherParts = Omit<ServiceParts, 'source' | 'balancer'>

export class ServiceDispatcher extends Dispatcher {
  closed = false
  destroyed = false
  /** What policies remember, by those who are called: it outlives a change of policy or of the chain. */
  readonly #memories = new WeakMap<Balancer, ServiceMemory>()
  /** A policy belongs to one leg. */
  readonly #pipelines = new Map<CompleteCallPolicy, Dispatch>()
  readonly #unsubscribe: () => void
  #active = 0
  #idle: (() => void) | undefined
  readonly #ended = () => { if (--this.#active === 0) this.#idle?.() }

  constructor (readonly service: string, private readonly legs: Legs, private readonly parts: DispatcherParts, private readonly pools: InstancePools) {
    super()
    pools.events = this
    this.#unsubscribe = legs.subscribe(() => this.#pipelines.clear())
  }

  /** Calls under way. */
  get active (): number { return this.#active }

  override dispatch (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (typeof handler !== 'object' || handler === null) throw new errors.InvalidArgumentError('handler must be an object')
    if (this.closed || this.destroyed) return refuse(handler, this.destroyed ? new errors.ClientDestroyedError() : new errors.ClientClosedError())
    const { method, path, headers, upgrade } = options
    // What is no request at all is undici's to complain about, in its own words, which it does as soon as it gets it.
    const { legs } = this
    const own = ownHeaders(headers, legs.early.service.hashHeader)
    const call = new Call(this.service, routeOf(method, String(path)), own, Boolean(upgrade) || method === 'CONNECT', headers, !isOldShape(handler))
    const request = new CallRequest(options, call)
    this.#active++
    const entry = enter(handler, call, this.#ended)
    if (legs.known) return this.#along(legs.only ?? legs.choose(factsOf(request)), request, entry)
    const early = routePolicy(legs.early, method, String(path))
    return earlyPipeline(early, legs, this.parts.clock, (waited, next) => this.#along(legs.choose(factsOf(waited)), waited, next))(request, entry)
  }

  #along (leg: Leg, request: CallRequest, handler: Handler): boolean {
    const policy = routePolicy(leg.policy, request.method, String(request.path))
    if (policy.long) request.call.long = true
    const { way: { rewrite, requestHeaders }, hashKey } = leg
    if (hashKey !== undefined && request.call.own.key === undefined) request.call.own = { ...request.call.own, key: hashKey(factsOf(request)) }
    if (rewrite !== undefined) request.path = rewritten(request.path, rewrite)
    if (requestHeaders !== undefined) request.call.headers = withChanges(headerList(request.call.headers), requestHeaders)
    return this.#pipeline(leg, policy)(request, handler)
  }

  #pipeline ({ source, balancer }: Leg, policy: CompleteCallPolicy): Dispatch {
    let made = this.#pipelines.get(policy)
    if (made === undefined) {
      let memory = this.#memories.get(balancer)
      if (memory === undefined) this.#memories.set(balancer, memory = new ServiceMemory())
      this.#pipelines.set(policy, made = pipeline(policy, { ...this.parts, source, balancer }, memory, (request, handler) => this.pools.dispatch(request, handler)))
    }
    return made
  }

  /** Takes no calls any more, and resolves when those under way have ended. */
  override close (): Promise<void>
  override close (callback: () => void): void
  override close (callback?: () => void): Promise<void> | undefined { return settle(this.#close(), callback) }

  async #close (): Promise<void> {
    this.closed = true
    this.#unsubscribe()
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
    this.#unsubscribe()
    return settle(this.pools.destroy(reason ?? new errors.ClientDestroyedError()), typeof error === 'function' ? error : callback)
  }
}

/** What routes and hash policies look at. */
const factsOf = ({ method, path, call }: CallRequest): RequestFacts => ({ method, path: String(path), header: name => headerOf(call.headers, name) })
