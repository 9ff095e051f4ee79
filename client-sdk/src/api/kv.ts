// Keys and values (`/v1/kv/…`). Several changes at once: txn.ts; who holds a lock: session.ts.

import { absentOn, emptyAt, flag, first, json, list, rawBytes, record, text } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

/** One key as the wire has it; `kvBytes` and `kvText` read its value. */
export interface KvPair {
  readonly Key: string
  /** Base64; `null` for the empty value. */
  readonly Value: string | null
  readonly Flags: number
  /** How many holders the lock has had; 0 when a plain write came last. */
  readonly LockIndex: number
  /** Session that holds the lock; absent when nobody does. */
  readonly Session?: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

export interface KvPutOptions extends CallOptions {
  /** A number of yours, up to 2^64-1. Absent: 0. */
  readonly flags?: number | string
  /** Only if the key's ModifyIndex is this; 0: only if the key is not there. */
  readonly cas?: number
  /** Take the lock for this session, and write. */
  readonly acquire?: string
  /** Give the lock of this session back, and write. */
  readonly release?: string
}

export const kvBytes = (pair: Pick<KvPair, 'Value'>): Buffer => Buffer.from(pair.Value ?? '', 'base64')
export const kvText = (pair: Pick<KvPair, 'Value'>): string => kvBytes(pair).toString('utf8')

/**
 * `/v1/kv/` and the key. Slashes stay readable, unless the path would then be another one to a proxy or router that tidies paths (empty and dot segments).
 *
 * @example kvPath('a b/c') === '/v1/kv/a%20b/c'; kvPath('a//b') === '/v1/kv/a%2F%2Fb'
 */
export function kvPath (key: string): string {
  const encoded = encodeURIComponent(key)
  const tidy = !/^\/|\/\/|(^|\/)\.{1,2}(\/|$)/.test(key)
  return `/v1/kv/${tidy ? encoded.replaceAll('%2F', '/') : encoded}`
}

const pairs = list(record<KvPair>())

export const kvApi = (http: Transport) => ({
  /** `undefined`: no such key. Its absence has an index too, so one can wait for it to come. */
  get: (key: string, options: ReadOptions = {}): Promise<Answer<KvPair | undefined>> =>
    http.call({ method: 'GET', path: kvPath(key), accept: emptyAt(404), decode: absentOn(404, json(first(record<KvPair>()))) }, options),
  /** The value alone, as bytes. */
  raw: (key: string, options: ReadOptions = {}): Promise<Answer<Uint8Array | undefined>> =>
    http.call({ method: 'GET', path: kvPath(key), query: { raw: true }, accept: emptyAt(404), decode: absentOn(404, rawBytes) }, options),
  /** Every pair whose key begins with these characters, sorted by bytes; none is an empty list. */
  list: async (prefix: string, options: ReadOptions = {}): Promise<Answer<readonly KvPair[]>> =>
    orEmpty(await http.call({ method: 'GET', path: kvPath(prefix), query: { recurse: true }, accept: emptyAt(404), decode: absentOn(404, json(pairs)) }, options)),
  /** The keys alone. @param separator cuts each key after its first occurrence behind the prefix, so that one level of folders is seen */
  keys: async (prefix: string, { separator, ...options }: ReadOptions & { readonly separator?: string } = {}): Promise<Answer<readonly string[]>> =>
    orEmpty(await http.call({ method: 'GET', path: kvPath(prefix), query: { keys: true, separator }, accept: emptyAt(404), decode: absentOn(404, json(list(text))) }, options)),
  /** `false`: the condition (cas, acquire, release) did not hold and nothing was written. Writing what is there already changes nothing. */
  put: (key: string, value: string | Uint8Array, { flags, cas, acquire, release, ...options }: KvPutOptions = {}): Promise<Answer<boolean>> =>
    http.call({
      method: 'PUT',
      path: kvPath(key),
      query: { flags, cas, acquire, release },
      body: typeof value === 'string' ? Buffer.from(value) : value,
      // A lost cas answer cannot be told from a lost race when it is sent again; a lock taken twice by its holder can.
      idempotent: cas === undefined && release === undefined,
      decode: json(flag),
    }, options),
  /** `true` also when the key was not there; `false`: its ModifyIndex is not `cas`. */
  delete: (key: string, { cas, ...options }: CallOptions & { readonly cas?: number } = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'DELETE', path: kvPath(key), query: { cas }, idempotent: cas === undefined, decode: json(flag) }, options),
  /** Deletes every key that begins with these characters; the empty prefix deletes everything. */
  deleteTree: (prefix: string, options: CallOptions = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'DELETE', path: kvPath(prefix), query: { recurse: true }, idempotent: true, decode: json(flag) }, options),
})

const orEmpty = <T>({ value, meta }: Answer<readonly T[] | undefined>): Answer<readonly T[]> => ({ value: value ?? [], meta })
