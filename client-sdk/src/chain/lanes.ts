// The ways of a service with all that is needed to call along them: instances, a balancer, a policy. Follows the chain; what stays the same in it keeps its balancer, and with it who was
// put aside. Sends nothing: the faces ask it for the leg of a call.

import { Balancer } from '../balance/balancer.js'
import type { BalancerParts, CallHints, Explained, ExplainedInstance } from '../balance/balancer.js'
import type { Picked } from '../balance/picked.js'
import type { Clock } from '../clock.js'
import { AbortedError, NotReadyError } from '../api/errors.js'
import type { InstanceQuestion } from '../discovery/feed.js'
import { JoinedSource, preferred, united } from '../discovery/joined-source.js'
import { keptAlive } from '../discovery/keep-alive.js'
import type { ReadyOptions, ServiceSource } from '../discovery/service-source.js'
import type { HeldSource, SourcePool } from '../discovery/source-pool.js'
import { resolvePolicy } from '../policy/merge.js'
import type { ResolvedPolicy } from '../policy/merge.js'
import type { ServicePolicy } from '../policy/policy.js'
import type { WaysSource } from './chain-source.js'
import { entryPolicy } from './entry-policy.js'
import { hashKey } from './hash-key.js'
import type { HashKey } from './hash-key.js'
import { noRequest } from './request-facts.js'
import type { RequestFacts } from './request-facts.js'
import type { Destination, Way, Ways } from './ways.js'

/** One way of a service, ready to be called. */
export interface Leg {
  readonly way: Way
  readonly source: ServiceSource
  readonly balancer: Balancer
  readonly policy: ResolvedPolicy
  /** What of a request keeps it to one instance, if entries say so. */
  readonly hashKey: HashKey | undefined
}

/** Which leg a call takes. */
export interface Legs {
  /** The only one; `undefined`: it depends on the request, or nothing is known yet. */
  readonly only: Leg | undefined
  /** Whether `choose` may be asked. */
  readonly known: boolean
  choose (request: RequestFacts): Leg
  /** For calls that come before: what holds whatever the entries say. */
  readonly early: ResolvedPolicy
  /** Resolves when it is known which legs there are. */
  whenKnown (options?: ReadyOptions): Promise<void>
  /** Told when legs were replaced. @returns a function that takes it back */
  subscribe (listener: () => void): () => void
}

export interface LaneHints extends CallHints {
  /** What routes look at. Default: a request that only the last route takes. */
  readonly request?: RequestFacts
}

/** Who could take a call. */
export interface ServiceExplained extends Omit<Explained, 'instances'> {
  /** Where such a request goes, in the names of the discovery chain, and with which share. */
  readonly ways: ReadonlyArray<{ readonly destinations: readonly string[], readonly share: number }>
  readonly instances: ReadonlyArray<ExplainedInstance & { readonly destination: string }>
}

export interface LanesParts extends Required<BalancerParts> {
  readonly sources: SourcePool
  readonly ways: WaysSource
  readonly clock: Clock
}

/** Instances of one place in a chain, and who of them is taken. */
interface Lane { readonly key: string, readonly held: readonly HeldSource[], readonly source: JoinedSource, readonly balancer: Balancer, readonly unsubscribe: () => void }

const READY_MS = 5000

export class Lanes implements Legs {
  /** All instances that calls can lead to. */
  readonly source: ServiceSource
  readonly #service: string
  readonly #parts: LanesParts
  readonly #joined: JoinedSource
  readonly #listeners = new Set<() => void>()
  readonly #waiters = new Set<() => void>()
  /** Asked for at once: most services have no entries, and should not wait for the news of that. */
  #first: HeldSource | undefined
  #layers: (entry: ServicePolicy) => readonly ServicePolicy[]
  #early: ResolvedPolicy
  #lanes = new Map<string, Lane>()
  #legs = new Map<Way, Leg>()
  #ways: Ways | undefined
  #only: Leg | undefined
  readonly #unsubscribe: () => void

  /** @param layers the layers of the policy, with what entries say among them */
  constructor (service: string, layers: (entry: ServicePolicy) => readonly ServicePolicy[], parts: LanesParts) {
    this.#service = service
    this.#parts = parts
    this.#layers = layers
    this.#early = resolvePolicy(layers({}))
    this.#first = parts.sources.acquire({ service })
    this.source = this.#joined = new JoinedSource(service, [], united(), options => this.whenKnown(options))
    this.#unsubscribe = parts.ways.subscribe(ways => this.#follow(ways))
    if (parts.ways.ways !== undefined) this.#follow(parts.ways.ways)
  }

  get known (): boolean { return this.#ways !== undefined }
  get only (): Leg | undefined { return this.#only }
  get early (): ResolvedPolicy { return this.#early }
  get legs (): readonly Leg[] { return [...this.#legs.values()] }

  choose (request: RequestFacts): Leg {
    if (this.#only !== undefined) return this.#only
    if (this.#ways === undefined) throw new NotReadyError(this.#service, 'await ready() before the first call')
    return this.#legs.get(this.#ways.choose(request, this.#parts.random))!
  }

  /** Where such a request can go, with its shares. */
  shares (request: RequestFacts): ReadonlyArray<{ readonly leg: Leg, readonly share: number }> {
    return this.#ways?.shares(request).map(({ way, share }) => ({ leg: this.#legs.get(way)!, share })) ?? []
  }

  /**
   * Takes an instance for one call.
   * @throws NotReadyError before anything is known; NoInstancesError
   */
  pick ({ request = noRequest, ...hints }: LaneHints = {}): Picked {
    const { balancer, hashKey } = this.choose(request)
    return balancer.pick(hints.key === undefined && hashKey !== undefined ? { ...hints, key: hashKey(request) } : hints)
  }

  /** The candidates of such a request with their loads, and why others are out. */
  explain (request: RequestFacts = noRequest): ServiceExplained {
    const parts = this.shares(request).map(({ leg, share }) => ({ share, destinations: leg.way.destinations.map(({ id }) => id), explained: leg.balancer.explain() }))
    return {
      service: this.#service,
      policy: parts[0]?.explained.policy ?? this.#early.service.balance?.policy ?? 'p2c',
      panic: parts.some(({ explained }) => explained.panic),
      ways: parts.map(({ destinations, share }) => ({ destinations, share })),
      instances: parts.flatMap(({ destinations, explained }) => explained.instances.map(instance => ({ ...instance, destination: destinations[0]! }))),
    }
  }

  /** Ids of instances that are put aside for failing. */
  aside (): string[] { return [...this.#lanes.values()].flatMap(({ balancer }) => balancer.aside()) }

  /** Other layers: calls that begin from now on go by them. */
  setLayers (layers: (entry: ServicePolicy) => readonly ServicePolicy[]): void {
    this.#layers = layers
    this.#early = resolvePolicy(layers({}))
    if (this.#ways !== undefined) this.#follow(this.#ways)
  }

  /** @throws NotReadyError, PermissionDeniedError, WrongDatacenterError, AbortedError */
  async whenKnown ({ timeout = READY_MS, signal }: ReadyOptions = {}): Promise<void> {
    if (this.known) return
    let settle = (): void => {}
    let abort = (): void => {}
    let cancel = (): void => {}
    try {
      await keptAlive(new Promise<void>((resolve, reject) => {
        this.#waiters.add(settle = resolve)
        abort = () => reject(new AbortedError({ cause: signal?.reason }))
        if (signal?.aborted === true) abort()
        signal?.addEventListener('abort', abort, { once: true })
        cancel = this.#parts.clock.after(timeout, () => reject(this.#notReady(timeout)))
      }))
    } finally {
      cancel()
      this.#waiters.delete(settle)
      signal?.removeEventListener('abort', abort)
    }
  }

  subscribe (listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** Sources are given back, balancers closed. Calls under way keep what they have. */
  close (): void {
    this.#unsubscribe()
    this.#joined.close()
    for (const lane of this.#lanes.values()) end(lane)
    this.#lanes.clear()
    this.#first?.release()
    this.#listeners.clear()
  }

  #follow (ways: Ways): void {
    const lanes = new Map<string, Lane>()
    const legs = new Map<Way, Leg>()
    for (const way of ways.all) {
      const policy = resolvePolicy(this.#layers(entryPolicy(way)))
      const key = JSON.stringify([way.destinations, way.loadBalancer?.Policy])
      let lane = lanes.get(key) ?? this.#lanes.get(key)
      lane?.balancer.configure(policy.service.balance ?? {})
      lanes.set(key, lane ??= this.#make(key, way.destinations, policy))
      legs.set(way, { way, source: lane.source, balancer: lane.balancer, policy, hashKey: hashKey(way.loadBalancer?.HashPolicies) })
    }
    const old = this.#lanes
    this.#lanes = lanes
    this.#legs = legs
    this.#ways = ways
    this.#only = ways.only && legs.get(ways.only)
    this.#joined.change([...lanes.values()].map(({ source }) => source))
    for (const [key, lane] of old) if (!lanes.has(key)) end(lane)
    this.#first?.release()
    this.#first = undefined
    for (const settle of this.#waiters) settle()
    this.#waiters.clear()
    for (const listener of [...this.#listeners]) listener()
  }

  /** The list by the service's own name knows best what is in the way. */
  #notReady (timeout: number): NotReadyError {
    const trouble = this.#first?.source.trouble
    const why = trouble === undefined ? `the registry has not answered within ${timeout} ms` : `the registry cannot be asked: ${trouble.message}`
    return new NotReadyError(this.#service, `${why}, and no list was kept on disk`, { cause: trouble })
  }

  #make (key: string, destinations: readonly Destination[], { service: { balance = {} } }: ResolvedPolicy): Lane {
    const held = destinations.map(destination => this.#parts.sources.acquire(questionOf(destination)))
    const source = new JoinedSource(this.#service, held.map(({ source }) => source), preferred)
    const balancer = new Balancer(this.#service, balance, this.#parts)
    balancer.update(source.instances)
    return { key, held, source, balancer, unsubscribe: source.subscribe(instances => balancer.update(instances)) }
  }
}

function end ({ held, source, balancer, unsubscribe }: Lane): void {
  unsubscribe()
  source.close()
  balancer.close()
  for (const one of held) one.release()
}

const questionOf = ({ service, filter, onlyPassing, datacenter, peer }: Destination): InstanceQuestion =>
  ({ service, ...filter && { filter }, ...onlyPassing && { onlyPassing }, ...datacenter && { datacenter }, ...peer && { peer } })

/** One leg that stays, for whoever has source and balancer already. */
export function fixedLeg (way: Way, source: ServiceSource, balancer: Balancer, policy: ResolvedPolicy): Legs & { setPolicy (policy: ResolvedPolicy): void } {
  const listeners = new Set<() => void>()
  let leg: Leg = { way, source, balancer, policy, hashKey: undefined }
  return {
    get only () { return leg },
    known: true,
    get early () { return leg.policy },
    choose: () => leg,
    whenKnown: () => Promise.resolve(),
    subscribe (listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    setPolicy (next) {
      leg = { ...leg, policy: next }
      for (const listener of listeners) listener()
    },
  }
}
