// Who takes the next call: choice × load × list. The list comes from outside (discovery), results come from the calls; this puts them together and keeps the rest of a call's life
// out of sight. Prepared once a change, decided once a call. Sends nothing.

import { NoInstancesError } from '../api/errors.js'
import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import type { Candidate, Pick } from './choice.js'
import { zoneAware } from './choices/zone-aware.js'
import type { ZoneOptions } from './choices/zone-aware.js'
import type { Instance } from './instance.js'
import { noLag } from './loop-lag.js'
import type { LoopLag } from './loop-lag.js'
import { Ejector } from './outlier/ejector.js'
import type { EjectorOptions } from './outlier/ejector.js'
import { DEFAULT_PANIC_THRESHOLD } from './panic.js'
import { PickedOnce } from './picked.js'
import type { Outcome, Picked } from './picked.js'
import { policies } from './policies.js'
import type { PolicyName } from './policies.js'
import { routeTimes } from './route-times.js'
import { selects } from './select.js'
import type { Selector } from './select.js'
import { sieve } from './sieve.js'
import type { Sieved, SieveRules } from './sieve.js'
import { slowStartFactor } from './slow-start.js'
import type { SlowStartOptions } from './slow-start.js'
import { Statistics } from './statistics.js'
import type { Flight, InstanceStatistics, ServiceStatistics } from './statistics.js'

export interface BalancerOptions {
  /** Default `p2c`. */
  readonly policy?: PolicyName
  /** Which instances are meant at all. Default all. */
  readonly select?: Selector
  /** When nobody is selected: nobody (default), or everybody. */
  readonly selectFallback?: 'none' | 'any'
  /** Share of healthy instances below which the registry's health is not looked at; 0: never. Default 0.5. */
  readonly panicThreshold?: number
  /** `false`: nobody is put aside for failing. */
  readonly outlier?: EjectorOptions | false
  readonly slowStart?: SlowStartOptions
  readonly zone?: ZoneOptions
}

/** What is passed in from around: one of each for a whole client. */
export interface BalancerParts {
  readonly statistics?: Statistics
  readonly lag?: LoopLag
  readonly clock?: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

export interface CallHints {
  /** Where the same should go to the same instance (`ring_hash`). */
  readonly key?: string
  /** Instances that failed this call before. */
  readonly exclude?: ReadonlySet<string>
  /** This call may be spent on an instance that was put aside, to see whether it is well again: it can be repeated elsewhere. Default false. */
  readonly mayProbe?: boolean
  /** Method and path pattern or the like: what takes long by nature is found out by it. */
  readonly route?: string
  /** This call takes long by nature: a stream, a long poll, an upgrade. */
  readonly long?: boolean
}

/** One instance, as people see it. */
export interface ExplainedInstance {
  readonly instance: Instance
  readonly candidate: boolean
  /** Why it is out, or in. */
  readonly reason: string
  readonly weight: number
  readonly load: number
  readonly pending: number
  readonly costMs: number
  readonly success: number
}

export interface Explained { readonly service: string, readonly policy: PolicyName, readonly panic: boolean, readonly instances: readonly ExplainedInstance[] }

/** An instance in the list, with all that a decision needs at hand. */
interface Node extends Candidate {
  readonly instance: Instance
  readonly statistics: InstanceStatistics
  /** To the mean of the candidates. */
  readonly relativeWeight: number
}

/** Parts of the slow-start window after which weights are reckoned anew. */
const SLOW_START_STEPS = 20
/** A probe that no call has wanted to take for this long may be taken by any, ms: else an instance that only POSTs reach would stay out for ever. */
const PROBE_PATIENCE_MS = 30_000

export class Balancer {
  #options!: BalancerOptions
  #rules!: SieveRules
  readonly #statistics: Statistics
  readonly #service: ServiceStatistics
  readonly #routes = routeTimes()
  #ejector: Ejector | undefined
  #choose!: <C extends Candidate>(candidates: readonly C[]) => Pick<C>
  readonly #lag: LoopLag
  readonly #clock: Clock
  readonly #random: () => number
  #instances: readonly Instance[] = []
  /** When each was first seen; those of the first list have always been there. */
  readonly #firstSeen = new Map<string, number>()
  #began = false
  #pick: Pick<Node> = () => undefined
  #nodes = new Map<string, Node>()
  #sieved: Sieved
  #version = -1
  #staleAt = Infinity

  constructor (readonly service: string, options: BalancerOptions = {}, parts: BalancerParts = {}) {
    this.#clock = parts.clock ?? systemClock
    this.#random = parts.random ?? Math.random
    this.#lag = parts.lag ?? noLag
    this.#statistics = parts.statistics ?? new Statistics(this.#lag)
    this.#service = this.#statistics.service(service)
    this.#setOptions(options, undefined)
    this.#sieved = sieve([], this.#rules)
  }

  get policy (): PolicyName { return this.#options.policy ?? 'p2c' }

  /** Other options, from the next pick on. The list and what was seen of its instances stay; so does who is put aside, unless the rules for that have changed. */
  configure (options: BalancerOptions): void {
    const before = this.#options
    if (JSON.stringify(options) === JSON.stringify(before)) return
    this.#setOptions(options, before)
    this.#prepare(this.#clock.monotonic())
  }

  #setOptions (options: BalancerOptions, before: BalancerOptions | undefined): void {
    this.#options = options
    this.#rules = { selected: selects(options.select ?? {}), selectAny: options.selectFallback === 'any', panicThreshold: options.panicThreshold ?? DEFAULT_PANIC_THRESHOLD }
    if (before === undefined || JSON.stringify(options.outlier) !== JSON.stringify(before.outlier)) this.#ejector = options.outlier === false ? undefined : new Ejector(options.outlier, this.#random)
    const make = () => policies[this.policy].choice(this.#random)
    this.#choose = options.zone === undefined ? make() : zoneAware(make, options.zone)
  }

  /** Instances that the list has, whether they can be called or not. */
  get size (): number { return this.#instances.length }

  /** The whole list, sick instances included, each id once. Statistics of those that stay are kept; so are those of the others, for a while. */
  update (instances: readonly Instance[]): void {
    const now = this.#clock.monotonic()
    const present = new Set(instances.map(({ id }) => id))
    for (const { id } of this.#instances) {
      if (present.has(id)) continue
      this.#statistics.leave(id, now)
      this.#firstSeen.delete(id)
    }
    for (const { id } of instances) {
      if (this.#firstSeen.has(id)) continue
      this.#statistics.enter(id, this.service)
      this.#firstSeen.set(id, this.#began ? now : -Infinity)
    }
    this.#began = true
    this.#instances = instances
    this.#prepare(now)
  }

  /**
   * Takes an instance for one call.
   * @throws NoInstancesError that says which step left nobody
   */
  pick (hints: CallHints = {}): Picked {
    const now = this.#clock.monotonic()
    if (now >= this.#staleAt || this.#version !== (this.#ejector?.version ?? 0)) this.#prepare(now)
    const { exclude, route, key } = hints
    const probe = this.#probe(hints, now)
    const node = probe ?? this.#pick({
      load: this.#loadAt(now),
      random: this.#random,
      key,
      skip: exclude !== undefined && exclude.size > 0 ? (candidate: Node) => exclude.has(candidate.id) : undefined,
    })
    if (node === undefined) throw new NoInstancesError(this.service, this.#nodes.size === 0 ? this.#sieved.why : 'every instance that could take it has been tried')
    const long = hints.long === true || (route !== undefined && this.#routes.isLong(route, now))
    return this.#taken(node, probe !== undefined, long, route, now)
  }

  /** Whether somebody could take the call who is not among these. */
  hasOther (than: ReadonlySet<string>): boolean {
    for (const id of this.#nodes.keys()) if (!than.has(id)) return true
    return false
  }

  /** Whether a route is known to take long everywhere (see route-times.ts): patience is due, not another attempt. */
  isLong (route: string): boolean { return this.#routes.isLong(route, this.#clock.monotonic()) }

  /** The list is not needed any more; what was seen of its instances is kept for a while, as when they leave. */
  close (): void { this.update([]) }

  /** Ids of instances that are put aside for failing. */
  aside (): string[] { return this.#ejector === undefined || this.#ejector.out === 0 ? [] : this.#instances.filter(({ id }) => this.#ejector!.isOut(id)).map(({ id }) => id) }

  /** The candidates with their loads, and why the others are out. */
  explain (): Explained {
    const now = this.#clock.monotonic()
    this.#prepare(now)
    const load = this.#loadAt(now)
    const { panic, reason } = this.#sieved
    const aside = (id: string) => this.#ejector?.reason(id)?.reason
    return {
      service: this.service,
      policy: this.policy,
      panic,
      instances: this.#instances.map(instance => {
        const node = this.#nodes.get(instance.id)
        const statistics = this.#statistics.of(instance.id)
        return {
          instance,
          candidate: node !== undefined,
          reason: reason(instance) ?? (node === undefined ? `put aside: ${aside(instance.id)}` : panic ? 'too few are healthy, so health is not looked at' : 'candidate'),
          weight: node?.weight ?? 0,
          load: node === undefined ? Infinity : load(node),
          pending: statistics.pending + statistics.long,
          costMs: statistics.costMs(now),
          success: statistics.success(now),
        }
      }),
    }
  }

  #loadAt (now: number): (node: Node) => number {
    const { metric } = policies[this.policy]
    return node => metric(node.statistics, node.relativeWeight, now)
  }

  /** From the list to the candidates, and the candidates to the choice. */
  #prepare (now: number): void {
    this.#sieved = sieve(this.#instances, this.#rules)
    const { left } = this.#sieved
    this.#ejector?.setMembers(left.map(({ id }) => id), now)
    this.#candidates(left.filter(({ id }) => this.#ejector?.isOut(id) !== true), now)
    this.#version = this.#ejector?.version ?? 0
  }

  #candidates (instances: readonly Instance[], now: number): void {
    const { slowStart } = this.#options
    this.#staleAt = Infinity
    const weights = instances.map(({ id, weight }) => {
      const full = weight > 0 ? weight : 1
      if (slowStart === undefined) return full
      const factor = slowStartFactor(now - this.#firstSeen.get(id)!, slowStart)
      if (factor < 1) this.#staleAt = now + slowStart.windowMs / SLOW_START_STEPS
      return full * factor
    })
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
    const nodes = instances.map((instance, i): Node => ({
      id: instance.id,
      weight: weights[i]!,
      ...instance.zone !== undefined && { zone: instance.zone },
      instance,
      statistics: this.#statistics.of(instance.id),
      relativeWeight: weights[i]! / mean,
    }))
    this.#nodes = new Map(nodes.map(node => [node.id, node]))
    this.#pick = this.#choose(nodes)
  }

  #probe ({ mayProbe, exclude }: CallHints, now: number): Node | undefined {
    if (this.#ejector === undefined || this.#ejector.out === 0) return undefined
    const id = this.#ejector.takeProbe(mayProbe === true ? now : now - PROBE_PATIENCE_MS, id => exclude?.has(id) === true)
    if (id === undefined) return undefined
    const instance = this.#instances.find(instance => instance.id === id)
    return instance && { id, weight: 1, instance, statistics: this.#statistics.of(id), relativeWeight: 1 }
  }

  #taken ({ instance, statistics }: Node, probe: boolean, long: boolean, route: string | undefined, now: number): Picked {
    // A stream that is open for hours needs no measuring of the loop, and must not keep it going.
    if (!long) this.#lag.enter()
    const flight = statistics.begin(now, long)
    return new BalancedPick(instance, probe ? 'probe' : this.#sieved.panic ? 'panic' : this.policy, statistics, flight, probe, long, route, this.#takenBy)
  }

  /** What a pick tells when its call has a result, and when it ends. */
  readonly #takenBy: PickOwner = {
    head: (taken, outcome) => {
      this.#result(taken, outcome, true)
      taken.statistics.answering(taken.flight)
      if (!taken.long) this.#lag.leave()
    },
    ended: (taken, outcome, told) => {
      taken.statistics.end(taken.flight)
      if (outcome !== undefined && !(told && outcome.ok)) this.#result(taken, outcome, !told)
      else if (taken.probe && !told) this.#ejector?.releaseProbe(taken.instance.id, this.#clock.monotonic())
      // Last, since the result is measured by it.
      if (!taken.long && !told) this.#lag.leave()
    },
  }

  /** @param first of this call: a body that breaks off after a good head is a failure of the instance, but no second request */
  #result ({ instance: { id }, statistics, flight, probe, route }: BalancedPick, { ok, ms, retryAfterMs }: Outcome, first: boolean): void {
    const now = this.#clock.monotonic()
    const took = ms ?? statistics.elapsedMs(flight, now)
    if (first) this.#service.counts.count(ok, flight.long ? undefined : took)
    const measured = !flight.long && (!ok || route === undefined || this.#routes.observe(route, id, took, this.#service.typicalMs, now))
    if (flight.long && route !== undefined && ok) this.#routes.observe(route, id, took, this.#service.typicalMs, now)
    statistics.observe(ok, took, measured, now)
    this.#ejector?.observe(id, ok, probe, now)
    if (retryAfterMs !== undefined && retryAfterMs > 0) this.#ejector?.pause(id, retryAfterMs, now)
  }
}

interface PickOwner {
  head (taken: BalancedPick, outcome: Outcome): void
  ended (taken: BalancedPick, outcome: Outcome | undefined, told: boolean): void
}

class BalancedPick extends PickedOnce {
  constructor (
    instance: Instance,
    reason: string,
    readonly statistics: InstanceStatistics,
    readonly flight: Flight,
    readonly probe: boolean,
    readonly long: boolean,
    readonly route: string | undefined,
    private readonly owner: PickOwner
  ) { super(instance, reason) }

  protected override head (outcome: Outcome): void { this.owner.head(this, outcome) }
  protected override ended (outcome: Outcome | undefined, told: boolean): void { this.owner.ended(this, outcome, told) }
}
