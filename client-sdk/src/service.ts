// One service as an application uses it: a live list, a balancer over it, and what can be done with the two. Calls over HTTP are made by the faces (faces/), which are given the same parts.

import { NotReadyError } from './api/errors.js'
import { Balancer } from './balance/balancer.js'
import type { BalancerParts, CallHints, Explained } from './balance/balancer.js'
import type { Instance } from './balance/instance.js'
import type { Outcome } from './balance/picked.js'
import type { ReadyOptions, ServiceSnapshot, ServiceSource } from './discovery/service-source.js'
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

/** What a service is made of; a face is a function of this. */
export interface ServiceParts {
  readonly source: ServiceSource
  readonly balancer: Balancer
  readonly policy: ResolvedPolicy
}

export class Service {
  readonly name: string
  readonly #parts: ServiceParts
  readonly #unsubscribe: () => void
  readonly #closed = new AbortController()

  constructor (source: ServiceSource, policy: ResolvedPolicy, parts: BalancerParts) {
    this.name = source.name
    const balancer = new Balancer(source.name, policy.service.balance ?? {}, parts)
    this.#parts = { source, balancer, policy }
    balancer.update(source.instances)
    this.#unsubscribe = source.subscribe(instances => balancer.update(instances))
  }

  /** For faces. */
  get parts (): ServiceParts { return this.#parts }

  /**
   * Resolves when the registry has answered, or after a second from what is kept on disk; `snapshot().source` says which. A service without instances is ready.
   * @throws NotReadyError, PermissionDeniedError, WrongDatacenterError, AbortedError, ClosedError
   */
  ready (options?: ReadyOptions): Promise<void> { return this.#parts.source.ready(options) }

  /** What is known now, how old it is and where it comes from. */
  snapshot (): ServiceSnapshot { return this.#parts.source.snapshot() }

  /**
   * Takes an instance for one call: a database, a broker, raw TCP.
   *
   * @example using it = payments.pick(); const socket = connect(it.port, it.address)
   * @throws NoInstancesError that says why nobody can take it; NotReadyError when nothing is known yet
   */
  pick (hints?: CallHints): PickedInstance {
    const { source, balancer } = this.#parts
    if (source.instances.length === 0 && source.snapshot().source === 'none') throw new NotReadyError(this.name, 'await ready() before the first call')
    const picked = balancer.pick(hints)
    const { instance } = picked
    return { instance, address: instance.address, port: instance.port, reason: picked.reason, done: picked.done, release: picked.release, [Symbol.dispose]: picked.release }
  }

  /** The list now and after each change, the newest only for a reader that is slow. Ends with the client, or by leaving the loop. */
  watch (options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<readonly Instance[]> { return watchInstances(this.#parts.source, this.#closed.signal, ...options.signal === undefined ? [] : [options.signal]) }

  /** Who could take a call and how much it costs there; why the others cannot. */
  explain (): Explained { return this.#parts.balancer.explain() }

  /** Ends the balancer; the list is the client's. Idempotent. */
  close (): void {
    this.#closed.abort()
    this.#unsubscribe()
    this.#parts.balancer.close()
  }
}
