// What a service is, to the kit that runs it: a name, an owner, what it needs, and how it begins. Each service folder's app.ts gives one.

import type { Tracer } from '@opentelemetry/api'
import type { ClosableServer, RosterClient } from '@roster/client'
import type { FastifyBaseLogger } from 'fastify'
import type { Caller, Dependencies } from './dependencies.js'
import type { FaultList, Faults } from './faults.js'
import type { Http } from './http.js'
import type { Store } from './store/store.js'

export interface ServiceDefinition {
  readonly name: string
  readonly version: string
  /** The team that answers for it. */
  readonly owner: string
  /** What it is for, one sentence. */
  readonly purpose: string
  readonly deps: Dependencies
  readonly faults: FaultList
  /** Whether it keeps data. */
  readonly keeps: boolean
  /** Adds routes, begins its work. */
  start (parts: ServiceParts): Promise<Started | void>
}

export interface ServiceParts {
  readonly http: Http
  readonly roster: RosterClient
  /** Of this service alone. Absent when it keeps nothing. */
  readonly store: Store
  readonly faults: Faults
  readonly log: FastifyBaseLogger
  readonly tracer: Tracer
  /** Which of the service's instances this is, for people: `orders-2`. */
  readonly label: string
  readonly host: string
  /** Where callers are to find it; 0 asks the system. */
  readonly port: number
  /** Calls over HTTP of a dependency. @throws Error for one that deps.ts does not have */
  to (service: string): Caller
  readonly env: NodeJS.ProcessEnv
}

export interface Started {
  /** What callers connect to, when it is not the HTTP server. */
  readonly offer?: { readonly port: number, readonly server: ClosableServer }
  /** Once registered: work that needs to be somebody. */
  begin? (): void
  /** After the last call has been answered. */
  close? (): Promise<void>
}
