// What became of a service's instances lately (`/v1/history/:service`, Roster only): kept in memory, the last 20 changes of each.

import type { CheckStatus } from './health.js'
import { json, list, record, shaped } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

/** `From` is empty for an instance that came, `To` for one that went. */
export interface StatusChange {
  readonly Time: string
  readonly Index: number
  readonly From: CheckStatus | ''
  readonly To: CheckStatus | ''
  readonly CheckID?: string
  readonly Output?: string
}

export interface InstanceHistory { readonly Node: string, readonly ServiceID: string, readonly Changes: readonly StatusChange[] }

export const historyApi = (http: Transport) => ({
  /** Oldest change first. */
  service: (name: string, options: CallOptions = {}): Promise<Answer<readonly InstanceHistory[]>> =>
    http.call({ method: 'GET', path: path`/v1/history/${name}`, decode: json(list(shaped<InstanceHistory>({ Changes: list(record<StatusChange>()) }))) }, options),
})
