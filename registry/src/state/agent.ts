// What was registered at this agent (and not straight in the catalog): the definitions that sync, checks and persistence stand on.
// Catalog rows made from them live in services.ts and checks.ts; one transaction writes both.

import type { ServiceRecord } from './services.js'
import type { Entry } from './entry.js'
import type { CheckRecord } from './checks.js'

/** Where a registration came from: the API (kept over a restart) or a configuration file (read anew at each start and reload). */
export type RegistrationSource = 'api' | 'file' | 'sidecar'

export interface AgentServiceRecord {
  /** `node` is the agent's own node. */
  readonly service: ServiceRecord
  readonly token: string
  readonly source: RegistrationSource
  /** Id of the service that this one is the sidecar of, '' for none. */
  readonly sidecarOf: string
}

export interface AgentCheckRecord {
  /** As the agent shows it; the catalog may lag behind in output. */
  readonly check: CheckRecord
  /** The definition, as health/ wants it; plain data. */
  readonly definition: Readonly<Record<string, unknown>>
  readonly token: string
  readonly source: RegistrationSource
  /** Belongs to the registration of its service (goes with it, `service:<id>` names). */
  readonly embedded: boolean
}

export class Agent {
  readonly services = new Map<string, Entry<AgentServiceRecord>>()
  readonly checks = new Map<string, Entry<AgentCheckRecord>>()
}
