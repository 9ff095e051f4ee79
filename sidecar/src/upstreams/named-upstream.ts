// A service of the registry that this sidecar calls: the SDK's live lists, balancers, policies and chain of config entries behind the data plane's interface.

import { Balancer, noRequest } from '@roster/client'
import type { Leg, RequestFacts, Service, ServiceSource } from '@roster/client'
import { ServiceMemory } from '@roster/client/calls'
import type { ResolvedPolicy } from '@roster/client/calls'
import type { Upstream, UpstreamTls } from '../upstream/upstream.js'
import { LegUpstream } from './leg-upstream.js'

export class NamedUpstream {
  /** Monotonic ms of the last request. */
  usedAt: number
  readonly #trust: UpstreamTls
  /** By those who are called: it outlives a change of the policy or of the chain. */
  readonly #memories = new WeakMap<Balancer, ServiceMemory>()
  #legs = new Map<Leg, LegUpstream>()
  readonly #unsubscribe: () => void

  /** @param trust how instances that speak TLS are verified @param pinned named by a flag: never given up */
  constructor (readonly name: string, readonly service: Service, trust: UpstreamTls, readonly pinned: boolean, now: number) {
    this.usedAt = now
    this.#trust = trust
    this.#unsubscribe = service.lanes.subscribe(() => { this.#legs = new Map() })
  }

  get source (): ServiceSource { return this.service.source }

  /** Somebody offers it, well or not, and it is known how to get there. */
  get registered (): boolean { return this.service.source.instances.length > 0 && this.service.lanes.known }

  /** The way of a request. Only of a service that is `registered`. */
  way (request: RequestFacts): LegUpstream {
    const { lanes } = this.service
    return this.#of(lanes.only ?? lanes.choose(request))
  }

  /** All ways as they are now. */
  get ways (): readonly LegUpstream[] { return this.service.lanes.legs.map(leg => this.#of(leg)) }

  /** For raw TCP, which has no requests: the way of the moment. */
  asStream (): Upstream { return new StreamUpstream(this) }

  end (): void { this.#unsubscribe() }

  #of (leg: Leg): LegUpstream {
    let upstream = this.#legs.get(leg)
    if (upstream === undefined) this.#legs.set(leg, upstream = new LegUpstream(this.name, leg, this.memoryOf(leg.balancer), this.#trust))
    return upstream
  }

  memoryOf (balancer: Balancer): ServiceMemory {
    let memory = this.#memories.get(balancer)
    if (memory === undefined) this.#memories.set(balancer, memory = new ServiceMemory())
    return memory
  }
}

class StreamUpstream implements Upstream {
  /** Until it is known which way there is, there is nobody. */
  readonly #nobody: Balancer

  constructor (private readonly named: NamedUpstream) { this.#nobody = new Balancer(named.name) }

  get name (): string { return this.named.name }
  get source (): ServiceSource { return this.named.source }
  get #way (): LegUpstream | undefined { return this.named.service.lanes.known ? this.named.way(noRequest) : undefined }
  get balancer (): Balancer { return this.#way?.balancer ?? this.#nobody }
  get policy (): ResolvedPolicy { return this.#way?.policy ?? this.named.service.policy }
  get memory (): ServiceMemory { return this.#way?.memory ?? this.named.memoryOf(this.#nobody) }
  get tls (): UpstreamTls | undefined { return this.#way?.tls }
}
