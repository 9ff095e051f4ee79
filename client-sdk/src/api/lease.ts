// Leases: one heartbeat for a whole process and all that it offers (`/v1/lease…`, Roster only). When it lapses, all of it turns critical at once and is removed a while later.

import type { NodeService } from './catalog.js'
import type { CheckStatus } from './health.js'
import { absentOn, json, list, record, sayingAt, shaped, text } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions } from './options.js'
import type { ServiceBody } from './service-definition.js'
import type { Transport } from './transport.js'

export interface LeaseBody {
  /** The same id replaces the whole set. Absent: a new one. */
  readonly ID?: string
  /** Go duration, 1 s to 24 h: the longest silence. */
  readonly TTL: string
  /** Go duration, from 1 s: how long the instances stay critical before they are removed. Default: the server's. */
  readonly DeregisterAfter?: string
  /** Node that the instances are on; made if need be, gone with its last instance. */
  readonly Node?: string
  /** Of instances that name none. Default: where the connection comes from. */
  readonly Address?: string
  /** Of instances that the lease did not have before; afterwards `status` says. Default: passing. */
  readonly Status?: LeaseStatus
  /** What the checks say once the lease has lapsed. Default: `TTL expired`. */
  readonly LapseOutput?: string
  readonly Services: readonly ServiceBody[]
}

export interface LeaseAnswer {
  readonly ID: string
  readonly TTL: string
  /** Revision at which watchers see the registration. */
  readonly Index: number
}

/** One service of a lease as the catalog has it, with the lease's word about it. */
export type LeaseService = NodeService & { readonly Status: LeaseStatus, readonly Output: string }

export interface Lease {
  readonly ID: string
  readonly TTL: string
  readonly DeregisterAfter: string
  readonly Node: string
  /** Until it lapses; 0 when it has. */
  readonly RemainingMs: number
  /** Nobody has renewed it in time: its services are critical, and gone soon. */
  readonly Lapsed: boolean
  readonly Services: readonly LeaseService[]
}

/** What a process may say of itself; the last two are critical checks whose output says which. */
export type LeaseStatus = CheckStatus | 'draining' | 'not-ready'

export interface LeaseStatusBody {
  readonly Status: LeaseStatus
  readonly Output?: string
  /** Absent: all of the lease. */
  readonly ServiceIDs?: readonly string[]
}

/** What the calls of this process to one service did since the last report. */
export interface EdgeBody {
  /** The service that calls. Default: the lease's first. */
  readonly From?: string
  readonly To: string
  readonly Requests: number
  /** Those of the requests that failed. */
  readonly Errors: number
  /** Counts by time: entry `i` is of calls of up to `2^((i-4)/2)` ms, at most 34 entries. What is left out is 0. */
  readonly Latency?: readonly number[]
  /** Instances that are put aside now, `node/service id`; at most 64. */
  readonly Ejected?: readonly string[]
}

export interface LeaseEdgesBody {
  /** How long the counts are of, ms. */
  readonly WindowMs: number
  /** At most 256. They replace those of the report before. */
  readonly Edges: readonly EdgeBody[]
}

const lease = shaped<Lease>({ ID: text, Services: list(record<LeaseService>()) })

/** Told apart from "no such endpoint", which is the 404 of a registry without leases. */
const unknown = sayingAt(404, /^Unknown lease ID /)

export const leaseApi = (http: Transport) => ({
  /** Registers the set, or replaces the one of this id. An identical set changes nothing and wakes nobody. */
  put: (body: LeaseBody, options: CallOptions = {}): Promise<Answer<LeaseAnswer>> =>
    http.call({ method: 'PUT', path: '/v1/lease', body, idempotent: body.ID !== undefined, decode: json(shaped<LeaseAnswer>({ ID: text })) }, options),
  /** `undefined`: the registry does not know the lease (any more); register again. */
  renew: (id: string, options: CallOptions = {}): Promise<Answer<Omit<LeaseAnswer, 'ID'> | undefined>> =>
    http.call({ method: 'PUT', path: path`/v1/lease/${id}/renew`, idempotent: true, accept: unknown, decode: absentOn(404, json(record<Omit<LeaseAnswer, 'ID'>>())) }, options),
  /** Says how the process itself feels: draining, not ready, critical. @throws NotFoundError */
  status: (id: string, body: LeaseStatusBody, options: CallOptions = {}): Promise<Answer<{ readonly Index: number }>> =>
    http.call({ method: 'PUT', path: path`/v1/lease/${id}/status`, body, idempotent: true, decode: json(record<{ readonly Index: number }>()) }, options),
  /** Reports who calls whom; not a sign of life. `EveryMs`: when the registry would like the next one. `undefined`: it does not know the lease (any more). */
  edges: (id: string, body: LeaseEdgesBody, options: CallOptions = {}): Promise<Answer<{ readonly EveryMs: number } | undefined>> =>
    http.call({ method: 'PUT', path: path`/v1/lease/${id}/edges`, body, accept: unknown, decode: absentOn(404, json(record<{ readonly EveryMs: number }>())) }, options),
  get: (id: string, options: CallOptions = {}): Promise<Answer<Lease | undefined>> =>
    http.call({ method: 'GET', path: path`/v1/lease/${id}`, accept: unknown, decode: absentOn(404, json(lease)) }, options),
  list: (options: CallOptions = {}): Promise<Answer<readonly Lease[]>> => http.call({ method: 'GET', path: '/v1/leases', decode: json(list(lease)) }, options),
  /** Everything that it owns goes at once. `undefined`: it was not there. */
  delete: (id: string, options: CallOptions = {}): Promise<Answer<{ readonly Index: number } | undefined>> =>
    http.call({ method: 'DELETE', path: path`/v1/lease/${id}`, idempotent: true, accept: unknown, decode: absentOn(404, json(record<{ readonly Index: number }>())) }, options),
})
