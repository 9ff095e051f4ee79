// The one owner of everything that finds out whether something lives: gives each check to whoever looks after its kind, counts thresholds, and hands
// results on. It writes nothing itself and knows neither the catalog nor a protocol.

import { same } from '../engine/draft.js'
import type { Clock } from '../clock.js'
import { Aliases, type AliasSource } from './alias.js'
import { checkDefinition, typeOf, type CheckDefinition, type CheckType } from './definition.js'
import type { Guard } from './guard.js'
import type { CheckContext, CheckResult, CheckStatus } from './kind.js'
import { kindOf } from './kinds.js'
import { AddressPolicy } from './net/address-policy.js'
import { Resolver } from './net/resolver.js'
import { CheckTls, type TlsMaterial } from './net/tls.js'
import { cutOutput, outputLimit } from './output.js'
import { TtlOwners } from './owners.js'
import type { PauseWatch } from './pause.js'
import type { ReapCandidate } from './reaper.js'
import { DEFAULT_SCHEDULER_LIMITS, Scheduler } from './scheduler.js'
import { applyThresholds, initialCounters } from './thresholds.js'
import { TtlChecks } from './ttl.js'

export interface HealthLimits {
  /** Bytes of output that are kept; a check's own limit may only lower it. */
  readonly outputMaxBytes: number
  /** No output is kept at all. */
  readonly discardOutput: boolean
  /** CIDRs that no request of a check goes to. */
  readonly deniedNetworks: readonly string[]
  /** CIDRs that are reached all the same. */
  readonly allowedNetworks: readonly string[]
  /** Runs at once; programs have a lower bound besides. */
  readonly maxConcurrent?: number
  /** `unix:///…` or `tcp://host:port` of the Docker daemon. */
  readonly dockerHost: string
  /** What checks show and trust where they use TLS; nothing and the system's roots when absent. */
  readonly tls?: TlsMaterial
}

export interface HealthManagerOptions {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Started and stopped by whoever made it; leases share it. */
  readonly pauses: PauseWatch
  /**
   * Gets what is to be shown of a check, after thresholds: also results that change nothing, which the receiver compares anyway.
   * A rejection is logged; an expired TTL is then reported again a little later, an active check by its next run.
   */
  readonly report: (checkId: string, result: CheckResult) => void | Promise<void>
  readonly limits: HealthLimits
  readonly aliases: AliasSource
  /** Told of services with TTL checks that fall silent and return. */
  readonly guard?: Pick<Guard, 'lapsed' | 'returned'>
  readonly resolver?: Resolver
  readonly log: { warn (fields: object, message: string): void }
}

export interface CheckToWatch {
  readonly checkId: string
  /** '' for a check of the node. */
  readonly serviceId: string
  /** The fields that matter, or all of them. */
  readonly definition: Readonly<Partial<CheckDefinition>>
  /** What is shown of it now. */
  readonly status: string
}

/** There are as many of these as there are checks, so they keep a definition as it came and make it whole where it is needed. */
interface Watched extends Omit<CheckToWatch, 'status'> {
  readonly type: CheckType | undefined
  /** Monotonic, ms: first of the critical results since the last other one. */
  criticalSince: number | undefined
}

export class HealthManager {
  readonly scheduler: Scheduler
  readonly #options: HealthManagerOptions
  readonly #shared: Omit<CheckContext, 'timeoutMs' | 'outputMaxBytes'>
  readonly #watched = new Map<string, Watched>()
  readonly #ttl: TtlChecks
  readonly #aliases: Aliases
  readonly #owners = new TtlOwners()
  /** TTL checks that have expired so far; for metrics. */
  expired = 0

  constructor (options: HealthManagerOptions) {
    this.#options = options
    const { clock, random, pauses, limits } = options
    this.#shared = {
      clock,
      policy: new AddressPolicy(limits.deniedNetworks, limits.allowedNetworks),
      resolver: options.resolver ?? new Resolver(),
      tls: new CheckTls(limits.tls),
      dockerHost: limits.dockerHost,
    }
    const { socket, process } = DEFAULT_SCHEDULER_LIMITS
    const most = limits.maxConcurrent ?? socket
    this.scheduler = new Scheduler({ clock, random, pauses, limits: { socket: most, process: Math.min(most, process) } })
    this.#ttl = new TtlChecks({ clock, pauses, expired: (id, result, alive) => this.#expired(id, result, alive) })
    this.#aliases = new Aliases(clock, options.aliases, (id, result) => this.#learnt(id, { ...result, output: cutOutput(result.output, limits.outputMaxBytes) }))
  }

  get size (): number { return this.#watched.size }

  /** Services with TTL checks: what the guard counts, besides leases. */
  get owners (): number { return this.#owners.size }

  has (checkId: string): boolean { return this.#watched.has(checkId) }

  /**
   * Looks after a check from now on, in place of what was known under its id. The same again changes nothing in the rhythm of an active check
   * (else a service that registers itself every few seconds would never be looked at), and is a sign of life for a TTL check.
   */
  add (check: CheckToWatch): void {
    const before = this.#watched.get(check.checkId)
    const { checkId, serviceId, definition, status } = check
    const whole = checkDefinition(definition)
    const type = typeOf(whole)
    if (before !== undefined) {
      const alike = before.type === type && before.serviceId === serviceId && same(before.definition, definition)
      if (alike && type !== 'ttl') {
        before.criticalSince = undefined // who registers puts off removal
        return
      }
      this.remove(checkId)
    }
    const watched: Watched = { checkId, serviceId, definition, type, criticalSince: undefined }
    this.#watched.set(checkId, watched)
    if (type === 'ttl') this.#addTtl(watched, whole, status)
    else if (type === 'alias') this.#aliases.set(checkId, { node: whole.aliasNode, service: whole.aliasService })
    else if (type !== undefined) this.#addActive(watched, whole, type)
  }

  /** Forgets a check; a run of it that goes on is cut short and reports nothing. Unknown ids do no harm. */
  remove (checkId: string): void {
    const watched = this.#watched.get(checkId)
    if (watched === undefined) return
    this.#watched.delete(checkId)
    this.scheduler.delete(checkId)
    this.#aliases.delete(checkId)
    this.#ttl.delete(checkId)
    if (watched.type === 'ttl' && watched.serviceId !== '' && this.#owners.delete(watched.serviceId, checkId)) this.#options.guard?.returned(ownerId(watched.serviceId))
  }

  /**
   * A heartbeat of a TTL check, in time or late.
   * @returns what to show of it, which is the caller's to write; `undefined` when there is no such TTL check
   */
  heartbeat (checkId: string, status: CheckStatus, note: string): CheckResult | undefined {
    const watched = this.#watched.get(checkId)
    const result = this.#ttl.heartbeat(checkId, status, this.#options.limits.discardOutput ? '' : note)
    if (watched === undefined || result === undefined) return undefined
    this.#noteStatus(watched, status)
    if (this.#owners.spoke(watched.serviceId, checkId)) this.#options.guard?.returned(ownerId(watched.serviceId))
    return result
  }

  /** Critical checks of services that ask for removal, for the reaper. */
  * candidates (): Iterable<ReapCandidate> {
    for (const { checkId, serviceId, definition, criticalSince } of this.#watched.values()) {
      const deregisterAfterMs = definition.deregisterCriticalServiceAfterMs ?? 0
      if (criticalSince === undefined || serviceId === '' || deregisterAfterMs <= 0) continue
      yield { checkId, serviceId, criticalSince, deregisterAfterMs }
    }
  }

  /** Nothing is reported any more; resolves when the last run has ended. Idempotent. */
  async stop (): Promise<void> {
    this.#ttl.stop()
    this.#aliases.stop()
    await this.scheduler.stop()
    this.#watched.clear()
  }

  #addTtl ({ checkId, serviceId }: Watched, definition: CheckDefinition, status: string): void {
    const outputMaxBytes = outputLimit(definition.outputMaxBytes, this.#options.limits.outputMaxBytes)
    this.#ttl.set(checkId, { ttlMs: definition.ttlMs, outputMaxBytes }, status === 'passing' || status === 'warning')
    // Only services are ever removed, so only they are counted.
    if (serviceId !== '') this.#owners.add(serviceId)
  }

  #addActive ({ checkId }: Watched, definition: CheckDefinition, type: CheckType): void {
    const kind = kindOf(type)
    if (kind === undefined) return
    const { limits } = this.#options
    const outputMaxBytes = outputLimit(definition.outputMaxBytes, limits.outputMaxBytes)
    const timeoutMs = definition.timeoutMs > 0 ? definition.timeoutMs : kind.defaultTimeoutMs
    let counters = initialCounters(definition)
    this.scheduler.set(checkId, {
      intervalMs: definition.intervalMs,
      uses: kind.uses,
      run: kind.prepare(definition, { ...this.#shared, timeoutMs, outputMaxBytes }),
      report: result => {
        const counted = applyThresholds(definition, counters, result)
        counters = counted.counters
        if (counted.status !== undefined) this.#learnt(checkId, { status: counted.status, output: result.output })
      },
    })
  }

  #expired (checkId: string, result: CheckResult, alive: boolean): void {
    const { serviceId } = this.#watched.get(checkId)!
    this.expired++
    // One that had been given up before (and only came back from the disk) does not fall silent now.
    if (alive && this.#owners.silent(serviceId, checkId)) this.#options.guard?.lapsed(ownerId(serviceId))
    this.#learnt(checkId, result)
  }

  #learnt (checkId: string, result: CheckResult): void {
    const watched = this.#watched.get(checkId)
    if (watched === undefined) return
    this.#noteStatus(watched, result.status)
    void this.#report(watched, this.#options.limits.discardOutput ? { status: result.status, output: '' } : result)
  }

  async #report (watched: Watched, result: CheckResult): Promise<void> {
    try {
      await this.#options.report(watched.checkId, result)
    } catch (error) {
      this.#options.log.warn({ err: error, check: watched.checkId }, 'agent: unable to record the result of a check')
      if (watched.type === 'ttl' && this.#watched.get(watched.checkId) === watched) this.#ttl.retry(watched.checkId)
    }
  }

  #noteStatus (watched: Watched, status: CheckStatus): void {
    if (status !== 'critical') watched.criticalSince = undefined
    else watched.criticalSince ??= this.#options.clock.monotonic()
  }
}

/** A service's name among the guard's owners. */
const ownerId = (serviceId: string): string => `service:${serviceId}`
