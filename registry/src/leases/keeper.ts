// Leases in time: renewals, lapses, removal. A renewal is a memory write; only what others can see is committed.
//
//   alive  => lapsed    no renewal within the TTL (after a start, and after a pause of the server, one whole TTL more)
//   lapsed => alive     a renewal, a word or a new grant
//   lapsed => gone      DeregisterAfter later, unless the mass-expiry guard holds removals back

import { errors } from '../errors.js'
import { soleOwner } from '../cluster/ownership.js'
import { Deadlines } from '../health/deadlines.js'
import { agentLease, isMereSign, leaveCommand, REAP_MS, reportCommand } from '../local-agent/node-lease.js'
import { endLease, grantLease, lapseLease, returnLease, sayOfLease } from './commands.js'
import { topics } from '../state/topic-names.js'
import type { Clock } from '../clock.js'
import type { Ownership } from '../cluster/ownership.js'
import type { Command, Event } from '../engine/engine.js'
import type { Guard } from '../health/guard.js'
import type { PauseWatch } from '../health/pause.js'
import type { LeaseRecord, LeaseWord } from '../state/leases.js'
import type { State } from '../state/state.js'
import type { Logger } from '../telemetry/log.js'
import type { AgentReport } from '../local-agent/node-lease.js'
import type { LeaseGrant } from './commands.js'

/** How soon a write that failed is tried again, and a held-back removal looked at again, ms. */
const RETRY_MS = 1000

export interface LeaseKeeperOptions {
  readonly state: State
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T, readonly revision: number }>
  readonly clock: Clock
  readonly pauses: PauseWatch
  readonly guard: Guard
  readonly log: Logger
  /** False: this process only has a view, and the time of what it sees is kept elsewhere. Default true. */
  readonly keepsTime?: boolean
  /** Who among several servers acts when a lease's time is over. Default: this one. */
  readonly ownership?: Ownership
}

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions
  readonly #alive: Deadlines<string>
  readonly #removals: Deadlines<string>
  readonly #silence: () => void
  #stopped = false
  /** For metrics. */
  readonly stats = { renewals: 0, lapses: 0, returns: 0, removals: 0, grants: 0 }

  constructor (options: LeaseKeeperOptions) {
    this.#options = options
    const { clock, pauses, state } = options
    this.#alive = new Deadlines({ clock, pauses, lapsed: id => { void this.#lapse(id) } })
    this.#removals = new Deadlines({ clock, pauses, lapsed: id => { void this.#remove(id) } })
    if (options.keepsTime === false) {
      this.#silence = () => {}
      return
    }
    for (const { value } of state.leases.byId.values()) this.#begin(value)
    const unfollow = state.afterEvent(event => this.#follow(event))
    // What another server kept time of gets one whole TTL: nobody may lapse because a server went.
    const disown = this.#ownership.onChange(owned => {
      for (const { value } of state.leases.byId.values()) if (!owned('lease', value.id) && this.#ownership.owns('lease', value.id)) this.#begin(value)
    })
    this.#silence = () => {
      unfollow()
      disown()
    }
  }

  get #ownership (): Ownership { return this.#options.ownership ?? soleOwner }

  /** Leases that another took everything from, or that a restore brought or took, are kept time of as the state says. */
  #follow (event: Event): void {
    for (const row of event.rows) {
      if (!row.key.startsWith('lease/')) continue
      const lease = row.value as LeaseRecord | undefined
      if (lease === undefined) this.#forget((row.gone as { id: string }).id)
      else if (event.restored === true) this.#begin(lease)
      else if (!this.#alive.has(lease.id)) this.#alive.set(lease.id, lease.ttlMs)
      else if (this.#ownership.shared) this.#followOthers(lease)
    }
  }

  /** What another server has written of a lease: a word or a return is a sign of life. */
  #followOthers ({ id, ttlMs, deregisterAfterMs, lapsed }: LeaseRecord): void {
    if (!lapsed) {
      if (!this.#alive.renew(id)) this.#alive.set(id, ttlMs)
      this.#removals.delete(id)
    } else if (!this.#removals.has(id)) this.#removals.set(id, deregisterAfterMs)
  }

  /** A sign of life that was given at another server. */
  signed (id: string): void {
    const lease = this.#options.state.leases.byId.get(id)
    if (lease === undefined) return
    if (!this.#alive.renew(id)) this.#alive.set(id, lease.value.ttlMs)
    this.#removals.delete(id)
    this.#options.guard.returned(owner(id))
  }

  /** After a start, or a restore: everyone has a whole TTL to show up. */
  #begin ({ id, ttlMs, deregisterAfterMs, lapsed }: LeaseRecord): void {
    this.#alive.set(id, ttlMs)
    if (lapsed) this.#removals.set(id, ttlMs + deregisterAfterMs)
    else this.#removals.delete(id)
  }

  #forget (id: string): void {
    this.#alive.delete(id)
    this.#removals.delete(id)
    this.#options.guard.returned(owner(id))
  }

  /** @returns the index */
  async grant (grant: LeaseGrant): Promise<number> {
    const { commit, state } = this.#options
    await commit(grantLease(grant))
    this.stats.grants++
    this.#sign(grant.id, grant.ttlMs)
    return state.base + state.revision
  }

  /** @returns TTL in ms and index @throws RosterError 404: register again */
  async renew (id: string): Promise<{ readonly ttlMs: number, readonly index: number }> {
    const { commit, state } = this.#options
    const lease = state.leases.byId.get(id)
    if (lease === undefined || lease.value.agent?.left === true) throw errors.LEASE_UNKNOWN(id)
    this.stats.renewals++
    this.#sign(id, lease.value.ttlMs)
    if (lease.value.lapsed) {
      await commit(returnLease(id))
      this.stats.returns++
    }
    return { ttlMs: lease.value.ttlMs, index: state.base + state.revision }
  }

  /** @returns the index */
  async say (id: string, word: LeaseWord, serviceIds: readonly string[] | null): Promise<number> {
    const { commit, state } = this.#options
    const lease = state.leases.byId.get(id)
    if (lease === undefined) throw errors.LEASE_UNKNOWN(id)
    await commit(sayOfLease(id, word, serviceIds))
    this.#sign(id, lease.value.ttlMs)
    return state.base + state.revision
  }

  /**
   * A local agent says who it is, what has changed at it, or nothing new: a sign of life in any case.
   * @returns the index, and whether it was known before: one that was not has to say everything
   * @throws RosterError 500 when a living node of another id has the name
   */
  async agentReports (report: AgentReport): Promise<{ readonly known: boolean, readonly index: number }> {
    const { commit, state } = this.#options
    const id = agentLease(report.node.name)
    if (isMereSign(report, state.leases.byId.get(id)?.value, state.nodes.get(report.node.name)?.value)) return { known: true, index: (await this.renew(id)).index }
    const { result: known } = await commit(reportCommand(report))
    if (known) this.stats.renewals++
    else this.stats.grants++
    this.#sign(id, report.ttlMs)
    return { known, index: state.base + state.revision }
  }

  /** A local agent has left, or is sent away. @param nodeId of the agent that is meant; absent: whoever it is @returns whether there was one */
  async agentLeaves (node: string, nodeId?: string): Promise<boolean> {
    const { result } = await this.#options.commit(leaveCommand(node, nodeId))
    if (!result) return false
    const id = agentLease(node)
    this.#alive.delete(id)
    this.#removals.set(id, REAP_MS)
    this.#options.guard.returned(owner(id))
    return true
  }

  /** @returns the index @throws RosterError 404 */
  async end (id: string): Promise<number> {
    const { commit, state } = this.#options
    const { result } = await commit(endLease(id))
    if (!result) throw errors.LEASE_UNKNOWN(id)
    return state.base + state.revision
  }

  /** ms until it lapses; 0 once it has. */
  remainingMs (id: string): number { return Math.round(this.#alive.remaining(id) ?? 0) }

  #sign (id: string, ttlMs: number): void {
    if (!this.#alive.renew(id)) this.#alive.set(id, ttlMs)
    if (this.#removals.has(id)) this.#removals.delete(id)
    this.#options.guard.returned(owner(id))
    this.#ownership.signed('lease', id)
    const { topics: all, revision } = this.#options.state
    const life = topics.leaseLife(id)
    if (!all.awaited(life)) return
    all.touch(life, revision)
    all.wake()
  }

  async #lapse (id: string): Promise<void> {
    const { state, guard, log, commit } = this.#options
    const lease = state.leases.byId.get(id)
    if (lease === undefined || this.#stopped || this.#isAnothers(id, this.#alive)) return
    try {
      const { result } = await commit(lapseLease(id))
      // A renewal that came meanwhile has made it alive again.
      if (this.#alive.remaining(id)! > 0) {
        await commit(returnLease(id))
        return
      }
      if (!result) return
      this.stats.lapses++
      log.warn('Lease expired', { lease: id, node: lease.value.node, services: lease.value.serviceIds.length })
      guard.lapsed(owner(id))
      this.#removals.set(id, lease.value.deregisterAfterMs)
    } catch (error) {
      if (this.#stopped || !state.leases.byId.has(id)) return
      log.error('Expiry of a lease could not be written, trying again', { lease: id, error: String(error) })
      this.#alive.retry(id, RETRY_MS)
    }
  }

  /** Another server's to act on; looked at again, since that server may go, and this one may have lost touch for a moment. */
  #isAnothers (id: string, deadlines: Deadlines<string>): boolean {
    if (this.#ownership.owns('lease', id)) return false
    deadlines.retry(id, RETRY_MS)
    return true
  }

  async #remove (id: string): Promise<void> {
    const { state, guard, log, commit } = this.#options
    const lease = state.leases.byId.get(id)
    if (lease === undefined || !lease.value.lapsed || this.#stopped || this.#isAnothers(id, this.#removals)) return
    if (guard.active) {
      this.#removals.retry(id, RETRY_MS)
      return
    }
    try {
      await commit(endLease(id))
      this.stats.removals++
      log.warn('Lease removed with all that it owned', { lease: id, node: lease.value.node, services: lease.value.serviceIds.length })
    } catch (error) {
      if (this.#stopped) return
      log.error('Removal of a lease could not be written, trying again', { lease: id, error: String(error) })
      this.#removals.retry(id, RETRY_MS)
    }
  }

  /** Idempotent. */
  stop (): void {
    this.#stopped = true
    this.#silence()
    this.#alive.stop()
    this.#removals.stop()
  }
}

/** How the guard knows a lease. */
const owner = (id: string): string => `lease:${id}`
