// Intentions: who may call whom (`/v1/connect/intentions…`). By source and destination; the calls by id are for old ones only.

import { dictionary, flag, json, list, record, shaped, text } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { Cached, CallOptions, Filtered, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

export type IntentionAction = 'allow' | 'deny'

/** A rule over requests instead of connections. */
export interface IntentionPermission { readonly Action: IntentionAction, readonly HTTP?: Readonly<Record<string, unknown>>, readonly JWT?: Readonly<Record<string, unknown>> }

export interface Intention {
  /** Only old ones have one. */
  readonly ID?: string
  readonly Description?: string
  readonly SourceNS: string
  readonly SourceName: string
  readonly SourcePeer?: string
  readonly SourcePartition?: string
  readonly DestinationNS: string
  readonly DestinationName: string
  readonly DestinationPartition?: string
  readonly SourceType: string
  readonly Action?: IntentionAction
  readonly Permissions?: readonly IntentionPermission[]
  readonly Meta?: Readonly<Record<string, string>> | null
  /** 9 names both, 8 any source, 6 any destination, 5 neither; the highest that matches decides. */
  readonly Precedence: number
  readonly CreatedAt?: string
  readonly UpdatedAt?: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

export interface IntentionBody {
  readonly SourceName?: string
  readonly DestinationName?: string
  readonly SourceType?: 'consul'
  readonly Action?: IntentionAction
  readonly Permissions?: readonly IntentionPermission[]
  readonly Description?: string
  /** Only for those by id. */
  readonly Meta?: Readonly<Record<string, string>>
}

const intention = record<Intention>()
const intentions = list(intention)

export const intentionsApi = (http: Transport) => ({
  list: (options: ReadOptions & Filtered = {}): Promise<Answer<readonly Intention[]>> =>
    http.call({ method: 'GET', path: '/v1/connect/intentions', decode: json(intentions) }, options),
  /** @throws NotFoundError */
  get: (source: string, destination: string, options: ReadOptions = {}): Promise<Answer<Intention>> =>
    http.call({ method: 'GET', path: '/v1/connect/intentions/exact', query: { source, destination }, decode: json(intention) }, options),
  /** Writes the intention between the two, replacing what was there. */
  set: (source: string, destination: string, body: IntentionBody, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'PUT', path: '/v1/connect/intentions/exact', query: { source, destination }, body, idempotent: true, decode: json(flag) }, options),
  /** `true` also when there was none. */
  delete: (source: string, destination: string, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'DELETE', path: '/v1/connect/intentions/exact', query: { source, destination }, idempotent: true, decode: json(flag) }, options),
  /** What concerns each of these names as source or as destination, in the order in which it is looked at. */
  match: (by: 'source' | 'destination', names: readonly string[], options: ReadOptions & Cached = {}): Promise<Answer<Readonly<Record<string, readonly Intention[]>>>> =>
    http.call({ method: 'GET', path: '/v1/connect/intentions/match', query: { by, name: names }, decode: json(dictionary(intentions)) }, options),
  /** May the one call the other? A rule over requests counts as no, since there is no request to look at. */
  check: async (source: string, destination: string, options: CallOptions = {}): Promise<Answer<boolean>> => {
    const { value, meta } = await http.call({ method: 'GET', path: '/v1/connect/intentions/check', query: { source, destination }, decode: json(shaped<{ Allowed: boolean }>({ Allowed: flag })) }, options)
    return { value: value.Allowed, meta }
  },

  // === by id, as old clients do ===
  /** Gives the new intention's id. */
  create: (body: IntentionBody, options: CallOptions = {}): Promise<Answer<string>> =>
    id(http.call({ method: 'POST', path: '/v1/connect/intentions', body, decode: withId }, options)),
  /** @throws NotFoundError */
  getById: (uuid: string, options: ReadOptions = {}): Promise<Answer<Intention>> =>
    http.call({ method: 'GET', path: path`/v1/connect/intentions/${uuid}`, decode: json(intention) }, options),
  updateById: (uuid: string, body: IntentionBody, options: CallOptions = {}): Promise<Answer<string>> =>
    id(http.call({ method: 'PUT', path: path`/v1/connect/intentions/${uuid}`, body, idempotent: true, decode: withId }, options)),
  deleteById: (uuid: string, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'DELETE', path: path`/v1/connect/intentions/${uuid}`, decode: json(flag) }, options),
})

const withId = json(shaped<{ ID: string }>({ ID: text }))
const id = async (answer: Promise<Answer<{ readonly ID: string }>>): Promise<Answer<string>> => { const { value, meta } = await answer; return { value: value.ID, meta } }
