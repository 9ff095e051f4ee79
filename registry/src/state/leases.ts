// The table of leases: which process owns which instances. Renewals are not here: they live in memory, see ../leases/keeper.ts.

import type { Entry } from './entry.js'

/** What a process says of one of its instances. */
export interface LeaseWord {
  /** `draining` and `not-ready` read as critical in the catalog. */
  readonly status: 'passing' | 'warning' | 'critical' | 'draining' | 'not-ready'
  readonly output: string
}

/** The local agent whose lease it is: one for its node, with all that is registered there. */
export interface LeaseAgent {
  /** Of the node: another agent of the same name has another one. */
  readonly nodeId: string
  /** Where others reach the node. */
  readonly address: string
  /** Consul's version that its clients are told. */
  readonly version: string
  /** Where it answers HTTP: `host:port`, '' when it is not known. */
  readonly http: string
  /** It said good-bye, or was sent away: its node is gone, and what is left is the memory of it. */
  readonly left: boolean
}

export interface LeaseRecord {
  readonly id: string
  readonly ttlMs: number
  readonly deregisterAfterMs: number
  /** Node's name. */
  readonly node: string
  readonly serviceIds: readonly string[]
  /** By service id; instances without an entry are passing. */
  readonly words: Readonly<Record<string, LeaseWord>>
  /** No sign of life within the TTL: its instances are critical whatever they said. */
  readonly lapsed: boolean
  /** Output of its checks while it is lapsed. Absent: `TTL expired`. */
  readonly lapseOutput?: string
  /** Absent: the lease of a process, over instances. */
  readonly agent?: LeaseAgent
}

export type LeaseEntry = Entry<LeaseRecord>

export class Leases {
  readonly byId = new Map<string, LeaseEntry>()
  /** Which lease owns an instance: folded node + NUL + folded service id → lease id. */
  readonly ownerOf = new Map<string, string>()
}
