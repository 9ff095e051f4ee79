// Central configuration (`/v1/config…`): entries of many kinds, stored and validated by the servers. Their fields: config-entries.ts; what they compile to: discovery-chain.ts.

import type { ConfigEntry, EntryOf } from './config-entries.js'
import { flag, json, list, record } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, Filtered, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

export const configApi = (http: Transport) => ({
  /** `false`: `cas` is not the entry's ModifyIndex (0: it must not be there). Durations are texts, keys in either case. */
  set: (entry: ConfigEntry, { cas, ...options }: CallOptions & { readonly cas?: number } = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'PUT', path: '/v1/config', query: { cas }, body: entry, idempotent: cas === undefined, decode: json(flag) }, options),
  /** @throws NotFoundError whose `index` is what to wait for until it is there */
  get: <K extends string>(kind: K, name: string, options: ReadOptions = {}): Promise<Answer<EntryOf<K>>> =>
    http.call({ method: 'GET', path: path`/v1/config/${kind}/${name}`, decode: json(record<EntryOf<K>>()) }, options),
  list: <K extends string>(kind: K, options: ReadOptions & Filtered = {}): Promise<Answer<ReadonlyArray<EntryOf<K>>>> =>
    http.call({ method: 'GET', path: path`/v1/config/${kind}`, decode: json(list(record<EntryOf<K>>())) }, options),
  /** `true` also when it was not there; `false`: `cas` is not its ModifyIndex. */
  delete: (kind: string, name: string, { cas, ...options }: CallOptions & { readonly cas?: number } = {}): Promise<Answer<boolean>> =>
    // Without cas the server answers `{}`.
    http.call({ method: 'DELETE', path: path`/v1/config/${kind}/${name}`, query: { cas }, idempotent: cas === undefined, decode: json(value => typeof value === 'boolean' ? value : record()(value) !== undefined) }, options),
})
