// The lease of this process at one registry: clients of the same registry share it, so that there is one heartbeat and one id, however many parts of an application have a client of
// their own. Lives as long as one of them holds it; asks over the connections of whichever has held it longest.

import { InvalidOptionError, isClosed } from '../api/errors.js'
import type { Clock } from '../clock.js'
import type { CalledService } from './edge-reporter.js'
import type { Keeper, Kept } from './keeper.js'
import { LeaseKeeper } from './lease-keeper.js'
import type { LeaseKeeperParts } from './lease-keeper.js'

/** A client's part in it. */
export interface LeaseMember extends LeaseKeeperParts {
  /** What it calls, to be reported with the lease. */
  readonly upstreams: () => Iterable<CalledService>
}

/** By clock first: time that a test moves is another time. */
const leases = new Map<Clock, Map<string, ProcessLease>>()

/** @param registry what tells one registry, as one token sees it, from another */
export function joinLease (registry: string, member: LeaseMember): SharedLease {
  let ofClock = leases.get(member.clock)
  if (ofClock === undefined) leases.set(member.clock, ofClock = new Map())
  let lease = ofClock.get(registry)
  if (lease === undefined) {
    const known = ofClock
    ofClock.set(registry, lease = new ProcessLease(member, () => {
      known.delete(registry)
      if (known.size === 0) leases.delete(member.clock)
    }))
  }
  return new SharedLease(lease, member)
}

class ProcessLease {
  readonly members: LeaseMember[] = []
  readonly owners = new Map<Kept, LeaseMember>()
  readonly keeper: LeaseKeeper

  constructor (private readonly first: LeaseMember, private readonly ended: () => void) {
    const { members, owners } = this
    this.keeper = new LeaseKeeper({
      api: {
        lease: {
          put: (body, options) => this.#over(lease => lease.put(body, options)),
          renew: (id, options) => this.#over(lease => lease.renew(id, options)),
          status: (id, body, options) => this.#over(lease => lease.status(id, body, options)),
          delete: (id, options) => this.#over(lease => lease.delete(id, options)),
        },
      },
      clock: first.clock,
      random: first.random,
      node: first.node,
      locate: kept => (owners.get(kept) ?? first).locate(kept),
      onTrouble: error => { for (const { onTrouble } of members) onTrouble(error) },
    })
  }

  /** A client that ends takes its connections along, not what the others wait for: that is asked again over theirs. All of it may be said twice. */
  async #over<T> (ask: (lease: LeaseMember['api']['lease']) => Promise<T>): Promise<T> {
    for (;;) {
      const member = this.members[0] ?? this.first
      try { return await ask(member.api.lease) } catch (error) {
        if (!isClosed(error) || this.members.length === 0 || this.members[0] === member) throw error
      }
    }
  }

  leave (member: LeaseMember): void {
    const at = this.members.indexOf(member)
    if (at < 0) return
    this.members.splice(at, 1)
    if (this.members.length > 0) return
    this.keeper.stop()
    this.ended()
  }
}

/** The lease as one client holds it. */
export class SharedLease implements Keeper {
  constructor (private readonly lease: ProcessLease, private readonly member: LeaseMember) { lease.members.push(member) }

  get id (): string { return this.lease.keeper.id }
  get granted (): boolean { return this.lease.keeper.granted }
  /** One of the clients tells what all of them do. */
  get reports (): boolean { return this.lease.members[0] === this.member }

  * upstreams (): Iterable<CalledService> { for (const { upstreams } of this.lease.members) yield * upstreams() }

  async add (kept: Kept): Promise<void> {
    const { owners, keeper } = this.lease
    if ([...owners.keys()].some(({ spec }) => spec.id === kept.spec.id)) throw new InvalidOptionError(`"${kept.spec.id}" is registered by this process already; give an id of its own`)
    owners.set(kept, this.member)
    try { await keeper.add(kept) } catch (error) {
      owners.delete(kept)
      throw error
    }
  }

  say (instances: readonly Kept[]): Promise<number | undefined> { return this.lease.keeper.say(instances) }

  remove (kept: Kept): Promise<void> {
    this.lease.owners.delete(kept)
    return this.lease.keeper.remove(kept)
  }

  /** This client holds it no longer. */
  stop (): void { this.lease.leave(this.member) }
}
