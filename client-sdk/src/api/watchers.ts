// Who watches, and what they have seen (`/v1/watchers…`, Roster only): how a drain knows that its callers know.

import { flag, json, list, record, shaped, text } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

/** One subscription of one connection. */
export interface Watcher {
  readonly Client: string
  readonly Kind: string
  readonly Name: string
  /** RFC 3339. */
  readonly Since: string
  /** Newest index that it has acknowledged; 0: none yet. */
  readonly Acked: number
}

/** `Acked: false`: the wait was over before everyone had; `Behind` are the clients that had not. */
export interface AckedAnswer { readonly Acked: boolean, readonly Behind: readonly string[] }

export const watchersApi = (http: Transport) => ({
  list: ({ kind, name, ...options }: CallOptions & { readonly kind?: string, readonly name?: string } = {}): Promise<Answer<readonly Watcher[]>> =>
    http.call({ method: 'GET', path: '/v1/watchers', query: { kind, name }, decode: json(list(record<Watcher>())) }, options),
  /** Answers when everyone who watches `name` has acknowledged `index`, or after `waitMs`. */
  acked: (name: string, index: number, options: CallOptions & { readonly waitMs?: number } = {}): Promise<Answer<AckedAnswer>> =>
    http.call({ method: 'GET', path: '/v1/watchers/acked', query: { name }, decode: json(shaped<AckedAnswer>({ Acked: flag, Behind: list(text) })) }, { ...options, index }),
})
