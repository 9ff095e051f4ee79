// The table of leases: which process owns which instances. Renewals are not here: they live in memory, see ../leases/.

import type { Entry } from './entry.js'

export interface LeaseRecord {
  readonly id: string
  readonly ttlMs: number
  readonly deregisterAfterMs: number
  readonly node: string
  readonly serviceIds: readonly string[]
}

export type LeaseEntry = Entry<LeaseRecord>

export class Leases {
  readonly byId = new Map<string, LeaseEntry>()
  /** Which lease owns an instance: folded node + NUL + folded service id → lease id. */
  readonly ownerOf = new Map<string, string>()
}
