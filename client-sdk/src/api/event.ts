// User events: small messages to all agents, the last 256 of which each keeps (`/v1/event/…`).

import { json, list, record } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { Blocking, CallOptions } from './options.js'
import type { Transport } from './transport.js'

export interface UserEvent {
  readonly ID: string
  readonly Name: string
  /** Base64; `null` when there is none. */
  readonly Payload: string | null
  readonly NodeFilter: string
  readonly ServiceFilter: string
  readonly TagFilter: string
  readonly Version: number
  readonly LTime: number
}

/** Regular expressions that choose who takes notice. */
export interface EventTarget { readonly node?: string, readonly service?: string, readonly tag?: string }

export const eventApi = (http: Transport) => ({
  /** @param payload up to 300 bytes */
  fire: (name: string, { payload, node, service, tag, ...options }: CallOptions & EventTarget & { readonly payload?: string | Uint8Array } = {}): Promise<Answer<UserEvent>> =>
    http.call({ method: 'PUT', path: path`/v1/event/fire/${name}`, query: { node, service, tag }, body: Buffer.from(payload ?? ''), decode: json(record<UserEvent>()) }, options),
  /**
   * Oldest first. The index is a hash of the last event, not a counter: wait with `index: meta.indexText`, which waits while it is the same.
   */
  list: ({ name, ...options }: CallOptions & Blocking & EventTarget & { readonly name?: string } = {}): Promise<Answer<readonly UserEvent[]>> =>
    http.call({ method: 'GET', path: '/v1/event/list', query: { name, node: options.node, service: options.service, tag: options.tag }, decode: json(list(record<UserEvent>())) }, options),
})
