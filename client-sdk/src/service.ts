// One service as an application uses it: live lists, balancers over them, and what can be done with these. Calls over HTTP are made by faces/call-service.ts, which is given the same parts.

import type { Dispatcher } from 'undici'
import { NotReadyError } from './api/errors.js'
import type { BalancerParts } from './balance/balancer.js'
import type { Instance } from './balance/instance.js'
import type { Outcome } from './balance/picked.js'
import type { LaneHints, Lanes, ServiceExplained } from './chain/lanes.js'
import type { RequestFacts } from './chain/request-facts.js'
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
  /** For faces of other protocols: where a request goes, and who of those there takes it. */
  readonly lanes: Lanes
  readonly #calls: ServiceCalls
  readonly #clock: Clock
  readonly #closed = new AbortController()

  /** @param lanes end with this */
  constructor (name: string, lanes: Lanes, parts: SharedParts) {
    this.name = name
    this.lanes = lanes
    this.#clock = parts.clock
    const { clock, random, tracing, metrics, pools, elsewhere } = parts
    this.#calls = callService({ name, source: lanes.source, legs: lanes, clock, random, ...tracing && { tracing }, ...metrics && { metrics }, ...pools && { pools }, ...elsewhere && { elsewhere } })
    this.fetch = this.#calls.fetch
  }

  /** All instances that calls may lead to, live. */
  get source (): ServiceSource { return this.lanes.source }

  /** For whatever takes an undici Dispatcher: every request goes to an instance of this service, whatever its origin. The client closes it. */
  dispatcher (): Dispatcher { return this.#calls.dispatcher }

  /**
   * Resolves when the registry has answered, or after a second from what is kept on disk; `snapshot().source` says which. A service without instances is ready.
   * @throws NotReadyError, PermissionDeniedError, WrongDatacenterError, AbortedError, ClosedError
   */
  ready (options?: ReadyOptions): Promise<void> { return this.source.ready(options) }

  /** What is known now, how old it is and where it comes from. */
  snapshot (): ServiceSnapshot { return this.source.snapshot() }

  /**
   * Takes an instance for one call: a database, a broker, raw TCP.
   *
   * @example using it = payments.pick(); const socket = connect(it.port, it.address)
   * @throws NoInstancesError that says why nobody can take it; NotReadyError when nothing is known yet
   */
  pick (hints?: LaneHints): PickedInstance {
    if (this.source.instances.length === 0 && this.source.snapshot().source === 'none') throw new NotReadyError(this.name, 'await ready() before the first call')
    const picked = this.lanes.pick(hints)
    const { instance } = picked
    return { instance, address: instance.address, port: instance.port, reason: picked.reason, done: outcome => picked.done(outcome), release: () => picked.release(), [Symbol.dispose]: () => picked.release() }
  }

  /** The list now and after each change, the newest only for a reader that is slow. Ends with the client, or by leaving the loop. */
  watch (options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<readonly Instance[]> { return watchInstances(this.source, this.#closed.signal, ...options.signal === undefined ? [] : [options.signal]) }

  /** Who could take a call and how much it costs there; why the others cannot. @param request where config entries send requests different ways */
  explain (request?: RequestFacts): ServiceExplained { return this.lanes.explain(request) }

  /** The policy in force, but for what config entries say of single routes. */
  get policy (): ResolvedPolicy { return this.lanes.only?.policy ?? this.lanes.early }

  /** Takes no calls any more; resolves when those under way have ended, or were ended after 5 s. The list is the client's. Idempotent. */
  async close (): Promise<void> {
    this.#closed.abort()
    const enough = new AbortController()
    await Promise.race([this.#calls.close(), quietPause(this.#clock, CLOSE_MS, enough.signal).then(() => this.#calls.destroy())])
    enough.abort()
    this.lanes.close()
  }
}
