// Sessions: what a lock lives on (`/v1/session/…`). The locks themselves are keys (kv.ts).

import type { GoDuration } from './check-definition.js'
import { absentOn, first, flag, json, list, record, sayingAt, shaped, text } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

export interface Session {
  readonly ID: string
  readonly Name: string
  readonly Node: string
  /** Nanoseconds. */
  readonly LockDelay: number
  readonly Behavior: SessionBehavior
  /** As sent, such as `15s`; empty: none. */
  readonly TTL: string
  readonly NodeChecks: readonly string[] | null
  readonly ServiceChecks: ReadonlyArray<{ readonly ID: string, readonly Namespace?: string }> | null
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** What becomes of held keys when the session ends. */
export type SessionBehavior = 'release' | 'delete'

/** All optional; by default the agent's node, its `serfHealth`, 15 s lock-delay, `release`, no TTL. */
export interface SessionBody {
  readonly Name?: string
  readonly Node?: string
  /** How long nobody may take a lock that this session lost. A number below 1,000 counts as seconds, else nanoseconds. */
  readonly LockDelay?: GoDuration
  readonly Behavior?: SessionBehavior
  /** 10 s to 24 h; the session ends when it was not renewed for about twice this. */
  readonly TTL?: string
  /** `[]`: none. */
  readonly NodeChecks?: readonly string[]
  readonly ServiceChecks?: ReadonlyArray<{ readonly ID: string }>
}

const sessions = list(record<Session>())

export const sessionApi = (http: Transport) => ({
  create: async (body: SessionBody = {}, options: CallOptions = {}): Promise<Answer<string>> => {
    const { value, meta } = await http.call({ method: 'PUT', path: '/v1/session/create', body, decode: json(shaped<{ ID: string }>({ ID: text })) }, options)
    return { value: value.ID, meta }
  },
  /** `true` also when it was not there. */
  destroy: (id: string, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'PUT', path: path`/v1/session/destroy/${id}`, idempotent: true, decode: json(flag) }, options),
  /** `undefined`: the session has ended, its locks are lost. */
  renew: (id: string, options: CallOptions = {}): Promise<Answer<Session | undefined>> =>
    http.call({ method: 'PUT', path: path`/v1/session/renew/${id}`, idempotent: true, accept: sayingAt(404, /^Session id .* not found/), decode: absentOn(404, json(first(record<Session>()))) }, options),
  info: (id: string, options: ReadOptions = {}): Promise<Answer<Session | undefined>> =>
    http.call({ method: 'GET', path: path`/v1/session/info/${id}`, decode: json(first(record<Session>())) }, options),
  node: (node: string, options: ReadOptions = {}): Promise<Answer<readonly Session[]>> =>
    http.call({ method: 'GET', path: path`/v1/session/node/${node}`, decode: json(sessions) }, options),
  list: (options: ReadOptions = {}): Promise<Answer<readonly Session[]>> =>
    http.call({ method: 'GET', path: '/v1/session/list', decode: json(sessions) }, options),
})
