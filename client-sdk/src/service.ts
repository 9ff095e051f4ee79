// One service as an application uses it: a live list, a balancer over it, and what can be done with the two. Calls over HTTP are made by faces/call-service.ts, which is given the same parts.

import type { Dispatcher } from 'undici'
import { NotReadyError } from './api/errors.js'
import { Balancer } from './balance/balancer.js'
import type { BalancerParts, CallHints, Explained } from './balance/balancer.js'
import type { Instance } from './balance/instance.js'
import type { Outcome } from './balance/picked.js'
import type { Clock } from './clock.js'
import { quietPause } from './discovery/quiet-pause.js'
import type { ReadyOptions, ServiceSnapshot, ServiceSource } from './discovery/service-source.js'
import { callService } from './faces/call-service.js'
import type { CallServiceOptions, ServiceCalls } from './faces/call-service.js'
import type { ServiceFetch } from './faces/service-fetch.js'
import type { CallMetrics } from './interceptors/metrics.js'
import type { TracingApi } from './interceptors/tracing.js'
import type { ResolvedPolicy } from './policy/merge.js'
import { watchInstances } from './watch-instances.js'

/** An instance for one call of your own. In flight until `done` or `release`; the first of them counts, and `using` releases. */
export interface PickedInstance {
  readonly instance: Instance
  readonly address: string
  readonly port: number
  /** Why this one, in a word. */
  readonly reason: string
  /** How the call went. @param outcome `ms`: until the first sign of an answer; default: until now */
  done (outcome: Outcome): void
  /** Given up: neither success nor failure. */
  release (): void
  [Symbol.dispose] (): void
}

/** What all services of a client share. */
export interface SharedParts extends Required<BalancerParts> {
  readonly tracing?: TracingApi | undefined
  readonly metrics?: CallMetrics | undefined
  readonly pools?: CallServiceOptions['pools']
  /** Where redirects to other origins go. */
  readonly elsewhere?: Dispatcher
}

/** How long calls under way may take when the service is closed, ms; then they are ended. */
const CLOSE_MS = 5000

export class Service {
  readonly name: string
  /**
   * undici's fetch, to an instance of this service: `payments.fetch('/charges', { method: 'POST', body })`.
   * @throws what fetch throws, and this package's errors: NoInstancesError, NotReadyError, TimeoutError, …
   */
  readonly fetch: ServiceFetch
  readonly #source: ServiceSource
  readonly #balancer: Balancer
  readonly #calls: ServiceCalls
  readonly #clock: Clock
  readonly #unsubscribe: () => void
  readonly #closed = new AbortController()
  #policy: ResolvedPolicy

  constructor (source: ServiceSource, policy: ResolvedPolicy, parts: SharedParts) {
    this.#policy = policy
    this.name = source.name
    this.#source = source
    this.#clock = parts.clock
    this.#balancer = new Balancer(source.name, policy.service.balance ?? {}, parts)
    this.#balancer.update(source.instances)
    // Before the faces listen: they close connections to those whom the balancer does not take any more.
    this.#unsubscribe = source.subscribe(instances => this.#balancer.update(instances))
    const { clock, random, tracing, metrics, pools, elsewhere } = parts
    this.#calls = callService({ source, balancer: this.#balancer, policy, clock, random, ...tracing && { tracing }, ...metrics && { metrics }, ...pools && { pools }, ...elsewhere && { elsewhere } })
    this.fetch = this.#calls.fetch
  }

  /** For faces of other protocols. */
  get balancer (): Balancer { return this.#balancer }
  get source (): ServiceSource { return this.#source }

  /** For whatever takes an undici Dispatcher: every request goes to an instance of this service, whatever its origin. The client closes it. */
  dispatcher (): Dispatcher { return this.#calls.dispatcher }

  /**
   * Resolves when the registry has answered, or after a second from what is kept on disk; `snapshot().source` says which. A service without instances is ready.
   * @throws NotReadyError, PermissionDeniedError, WrongDatacenterError, AbortedError, ClosedError
   */
  ready (options?: ReadyOptions): Promise<void> { return this.#source.ready(options) }

  /** What is known now, how old it is and where it comes from. */
  snapshot (): ServiceSnapshot { return this.#source.snapshot() }

  /**
   * Takes an instance for one call: a database, a broker, raw TCP.
   *
   * @example using it = payments.pick(); const socket = connect(it.port, it.address)
   * @throws NoInstancesError that says why nobody can take it; NotReadyError when nothing is known yet
   */
  pick (hints?: CallHints): PickedInstance {
    if (this.#source.instances.length === 0 && this.#source.snapshot().source === 'none') throw new NotReadyError(this.name, 'await ready() before the first call')
    const picked = this.#balancer.pick(hints)
    const { instance } = picked
    return { instance, address: instance.address, port: instance.port, reason: picked.reason, done: outcome => picked.done(outcome), release: () => picked.release(), [Symbol.dispose]: () => picked.release() }
  }

  /** The list now and after each change, the newest only for a reader that is slow. Ends with the client, or by leaving the loop. */
  watch (options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<readonly Instance[]> { return watchInstances(this.#source, this.#closed.signal, ...options.signal === undefined ? [] : [options.signal]) }

  /** Who could take a call and how much it costs there; why the others cannot. */
  explain (): Explained { return this.#balancer.explain() }

  /** Another policy for calls that begin from now on; those under way keep theirs, and what was measured stays. Only `connections` stays as it was. */
  setPolicy (policy: ResolvedPolicy): void {
    this.#policy = policy
    this.#calls.setPolicy(policy)
    this.#balancer.configure(policy.service.balance ?? {})
  }

  /** The policy in force. */
  get policy (): ResolvedPolicy { return this.#policy }

  /** Takes no calls any more; resolves when those under way have ended, or were ended after 5 s. The list is the client's. Idempotent. */
  async close (): Promise<void> {
    this.#closed.abort()
    this.#unsubscribe()
    const enough = new AbortController()
    await Promise.race([this.#calls.close(), quietPause(this.#clock, CLOSE_MS, enough.signal).then(() => this.#calls.destroy())])
    enough.abort()
    this.#balancer.close()
  }
}
