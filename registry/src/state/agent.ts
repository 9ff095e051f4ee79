// What was registered at this agent (and not straight in the catalog): the definitions that sync, checks and persistence stand on.
// Catalog rows made from them live in services.ts and checks.ts; one transaction writes both.

import type { CheckDefinition } from '../health/definition.js'
import type { ServiceRecord } from './services.js'
import type { Entry } from './entry.js'
import type { CheckRecord } from './checks.js'

/** Where a registration came from: the API (kept over a restart) or a configuration file (read anew at each start and reload). */
export type RegistrationSource = 'api' | 'file'

export interface AgentServiceRecord {
  /** `node` is the agent's own node. */
  readonly service: ServiceRecord
  /** What was registered, where config entries have made something else of it in `service`. */
  readonly own?: Pick<ServiceRecord, 'proxy'>
  /** ACL token that its sync uses; '' for the agent's own. */
  readonly token: string
  readonly source: RegistrationSource
  /** Id of the service that this one is the sidecar of and goes with, '' for none. */
  readonly sidecarOf: string
  /** The registration left its tags out, which some answers tell from an empty list. */
  readonly nullTags: boolean
}

export interface AgentCheckRecord {
  /** Among several servers the one on whose host it has to run; absent where any may. */
  readonly server?: string
  /** As the agent shows it, but for an output that is too fresh to be written (agent/live-outputs.ts); the catalog may lag behind. */
  readonly check: CheckRecord
  /** How to find out, as far as it says something; `null` for maintenance, which nobody has to find out. */
  readonly definition: Readonly<Partial<CheckDefinition>> | null
  readonly token: string
  readonly source: RegistrationSource
  /** Its service has given it a heartbeat: what it says is more than the hope of its registration. */
  readonly confirmed: boolean
  /** As of its service when it was registered. */
  readonly nullTags: boolean
}

export type AgentServiceEntry = Entry<AgentServiceRecord>
export type AgentCheckEntry = Entry<AgentCheckRecord>

/** Ids are compared as they are, letter case included. */
export class Agent {
  readonly services = new Map<string, AgentServiceEntry>()
  readonly checks = new Map<string, AgentCheckEntry>()
  /** Ids of checks by id of their service, those of the node under ''. The usual service has one, for which a set would be a waste. */
  readonly #checksOf = new Map<string, string | Set<string>>()

  /** Checks of one service, '' for those of the node; by id. */
  checksOf (serviceId: string): AgentCheckEntry[] {
    const ids = this.#checksOf.get(serviceId) ?? []
    return (typeof ids === 'string' ? [ids] : [...ids].sort()).map(id => this.checks.get(id)!)
  }

  /** The fold's side. */
  setCheck (id: string, entry: AgentCheckEntry | undefined): void {
    const before = this.checks.get(id)?.value.check.serviceId
    if (before !== undefined && before !== entry?.value.check.serviceId) {
      const ids = this.#checksOf.get(before)!
      if (typeof ids === 'string' || (ids.delete(id) && ids.size === 0)) this.#checksOf.delete(before)
    }
    if (entry === undefined) {
      this.checks.delete(id)
      return
    }
    this.checks.set(id, entry)
    const { serviceId } = entry.value.check
    const ids = this.#checksOf.get(serviceId)
    if (ids === undefined) this.#checksOf.set(serviceId, id)
    else if (typeof ids !== 'string') ids.add(id)
    else if (ids !== id) this.#checksOf.set(serviceId, new Set([ids, id]))
  }
}
