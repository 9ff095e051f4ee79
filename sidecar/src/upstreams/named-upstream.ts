// A service of the registry as an upstream of the proxies: the SDK's live list, balancer and policy behind the data plane's interface. What depends on the list (encryption, protocol) is
// reckoned once a change.

import type { Balancer, Instance, Service, ServiceSource } from '@roster/client'
import { ServiceMemory } from '@roster/client/calls'
import type { ResolvedPolicy } from '@roster/client/calls'
import type { Upstream, UpstreamTls } from '../upstream/upstream.js'

/** How the instances of a service are spoken to. */
export type Speaks = 'http' | 'http2'

/** Metadata of an instance that says what it speaks: `http` (or nothing), `http2`, `grpc`, `tcp`. */
export const PROTOCOL_META = 'protocol'
/** Metadata of an instance that speaks TLS: `https`. */
export const SCHEME_META = 'scheme'

export class NamedUpstream implements Upstream {
  readonly memory = new ServiceMemory()
  /** Monotonic ms of the last request. */
  usedAt: number
  #tls: UpstreamTls | undefined
  #speaks: Speaks = 'http'
  readonly #unsubscribe: () => void

  /** @param trust how instances that speak TLS are verified @param pinned named by a flag: never given up */
  constructor (readonly name: string, readonly service: Service, private readonly trust: UpstreamTls, readonly pinned: boolean, now: number) {
    this.usedAt = now
    this.#listChanged(service.source.instances)
    this.#unsubscribe = service.source.subscribe(instances => this.#listChanged(instances))
  }

  get balancer (): Balancer { return this.service.balancer }
  get source (): ServiceSource { return this.service.source }
  get policy (): ResolvedPolicy { return this.service.policy }
  get tls (): UpstreamTls | undefined { return this.#tls }
  get speaks (): Speaks { return this.#speaks }

  /** Somebody offers it, well or not. */
  get registered (): boolean { return this.balancer.size > 0 }

  end (): void { this.#unsubscribe() }

  #listChanged (instances: readonly Instance[]): void {
    // An empty list says nothing of how the next instance will speak.
    if (instances.length === 0) return
    this.#tls = instances.every(({ meta }) => meta[SCHEME_META] === 'https') ? this.trust : undefined
    this.#speaks = instances.every(({ meta }) => meta[PROTOCOL_META] === 'http2' || meta[PROTOCOL_META] === 'grpc') ? 'http2' : 'http'
  }
}
