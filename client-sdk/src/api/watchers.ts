// Who watches, and what they have seen (`/v1/watchers…`, Roster only): how a drain knows that its callers know.

import { flag, json, list, record, shaped } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

/** One subscription of one connection. */
export interface Watcher {
  readonly Client: string
  readonly Kind: string
  readonly Name: string
  /** Index from which it watches. */
  readonly Since: number
  /** Newest index that it has acknowledged. */
  readonly Acked: number
}

/** `Acked: false`: the wait was over before everyone had. */
export interface AckedAnswer { readonly Acked: boolean, readonly Watchers: number, readonly Pending: readonly Watcher[] }

export const watchersApi = (http: Transport) => ({
  list: ({ kind, name, ...options }: CallOptions & { readonly kind?: string, readonly name?: string } = {}): Promise<Answer<readonly Watcher[]>> =>
    http.call({ method: 'GET', path: '/v1/watchers', query: { kind, name }, decode: json(list(record<Watcher>())) }, options),
  /** Answers when everyone who watches `name` has acknowledged `index`, or after `waitMs`. */
  acked: (name: string, index: number, options: CallOptions & { readonly waitMs?: number } = {}): Promise<Answer<AckedAnswer>> =>
    http.call({ method: 'GET', path: '/v1/watchers/acked', query: { name }, decode: json(shaped<AckedAnswer>({ Acked: flag, Pending: list(record<Watcher>()) })) }, { ...options, index }),
})
