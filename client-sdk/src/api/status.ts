// Is there a leader, who are the servers, does this one serve (`/v1/status/…`, `/health/…`). The cheapest questions there are.

import { anything, json, jsonAt, list, nothing, text } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

/** Ready or not, with the parts that are not. */
export interface Readiness { readonly ready: boolean, readonly details: unknown }

export const statusApi = (http: Transport) => ({
  /** `ip:port` of the leader; empty when there is none. */
  leader: (options: CallOptions = {}): Promise<Answer<string>> => http.call({ method: 'GET', path: '/v1/status/leader', decode: json(text) }, options),
  peers: (options: CallOptions = {}): Promise<Answer<readonly string[]>> => http.call({ method: 'GET', path: '/v1/status/peers', decode: json(list(text)) }, options),
  /** Resolves when the process serves at all. Roster only. */
  live: (options: CallOptions = {}): Promise<Answer<void>> => http.call({ method: 'GET', path: '/health/live', decode: nothing }, options),
  /** Whether it can do its work: data loaded, leader known. Roster only; 503 is an answer. */
  ready: (options: CallOptions = {}): Promise<Answer<Readiness>> =>
    http.call({ method: 'GET', path: '/health/ready', accept: jsonAt(503), decode: answer => ({ ready: answer.status !== 503, details: json(anything)(answer) }) }, options),
})
