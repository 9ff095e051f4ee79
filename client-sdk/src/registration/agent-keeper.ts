// Registration at the agent with a TTL check for each instance: what every Consul understands, and what an instance needs whose checks the registry makes. On Roster lease-keeper.ts is
// the better way.

import { isNotFound, isRefused } from '../api/errors.js'
import type { CheckStatus } from '../api/health.js'
import type { RosterApi } from '../api/index.js'
import type { Clock } from '../clock.js'
import { Heartbeat } from './heartbeat.js'
import { answerMs, outputOf } from './keeper.js'
import type { Keeper, Kept, Word } from './keeper.js'

export interface AgentKeeperParts {
  readonly api: Pick<RosterApi, 'agent'>
  readonly clock: Clock
  readonly random: () => number
  readonly locate: (instance: Kept) => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

/** Shortest time to removal that a Consul takes, ms. */
const SHORTEST_REMOVAL_MS = 60_000
/** The definition is told again after this, ms; an identical one changes nothing. */
const REPEAT_MS = 60_000

export class AgentKeeper implements Keeper {
  readonly #parts: AgentKeeperParts
  readonly #kept = new Map<Kept, { putAt: number }>()
  readonly #heart: Heartbeat

  constructor (parts: AgentKeeperParts) {
    this.#parts = parts
    this.#heart = new Heartbeat({ clock: parts.clock, random: parts.random, ttlMs: () => this.#ttlMs, beat: () => this.#beat(), onTrouble: parts.onTrouble })
  }

  async add (instance: Kept): Promise<void> {
    this.#kept.set(instance, { putAt: -Infinity })
    try { await this.#now(() => this.#put(instance)) } catch (error) {
      this.#kept.delete(instance)
      throw error
    }
  }

  say (instances: readonly Kept[]): Promise<undefined> {
    return this.#now(async () => {
      for (const instance of instances) await this.#say(instance)
      return undefined
    })
  }

  remove (instance: Kept): Promise<void> {
    this.#kept.delete(instance)
    return this.#now(async () => {
      if (!instance.registered) return
      // Somebody was faster: gone is gone.
      await this.#parts.api.agent.deregisterService(instance.spec.id, { timeoutMs: answerMs(instance.spec.ttlMs) }).catch((error: unknown) => { if (!isUnknown(error)) throw error })
      instance.registered = false
    })
  }

  stop (): void { this.#heart.stop() }

  get #ttlMs (): number { return Math.min(...[...this.#kept.keys()].map(one => one.spec.ttlMs), 24 * 60 * 60 * 1000) }

  async #now<T> (operation: () => Promise<T>): Promise<T> {
    try {
      const value = await this.#heart.run(operation)
      if (this.#kept.size > 0) this.#heart.begin()
      return value
    } catch (error) {
      if (this.#kept.size > 0) this.#heart.begin(true)
      throw error
    }
  }

  async #beat (): Promise<void> {
    const failures: unknown[] = []
    for (const instance of [...this.#kept.keys()]) {
      try { await this.#say(instance) } catch (error) { failures.push(error) }
    }
    if (failures.length > 0) throw failures[0]
  }

  /** One that leaves is not registered anew. */
  async #say (instance: Kept): Promise<void> {
    const { spec, word } = instance
    const kept = this.#kept.get(instance)
    if (instance.registered && (kept === undefined || this.#parts.clock.monotonic() - kept.putAt < REPEAT_MS)) {
      try {
        await this.#parts.api.agent.updateCheck(checkId(instance), { Status: statusOf(word), Output: outputOf(word) }, { timeoutMs: answerMs(spec.ttlMs) })
        return
      } catch (error) {
        if (!isUnknown(error)) throw error
        instance.registered = false
      }
    }
    if (instance.registered || word.status !== 'draining') await this.#put(instance)
  }

  async #put (instance: Kept): Promise<void> {
    const { api, clock, locate } = this.#parts
    const { spec, word } = instance
    if (instance.address === undefined) await locate(instance)
    const timeoutMs = answerMs(spec.ttlMs)
    const ttl = {
      CheckID: checkId(instance),
      Name: `Service '${spec.name}' check`,
      TTL: `${Math.round(spec.ttlMs)}ms`,
      Status: statusOf(word),
      DeregisterCriticalServiceAfter: `${Math.max(SHORTEST_REMOVAL_MS, spec.deregisterAfterMs)}ms`,
    }
    await api.agent.registerService({ ...spec.body, ...instance.address !== undefined && { Address: instance.address }, Checks: [ttl, ...spec.checks] }, { replaceExistingChecks: true, timeoutMs })
    instance.registered = true
    const kept = this.#kept.get(instance)
    if (kept !== undefined) kept.putAt = clock.monotonic()
    await api.agent.updateCheck(checkId(instance), { Status: statusOf(word), Output: outputOf(word) }, { timeoutMs })
  }
}

/** The id that readers look for the process's own word under, see ../balance/instance.ts. */
const checkId = ({ spec }: Kept): string => `service:${spec.id}`
const statusOf = ({ status }: Word): CheckStatus => status === 'draining' || status === 'not-ready' ? 'critical' : status
/** Older Consuls answer 500 where newer ones answer 404. */
const isUnknown = (error: unknown): boolean => isNotFound(error) || (isRefused(error) && error.status === 500 && /unknown (check|service)/i.test(error.body))
