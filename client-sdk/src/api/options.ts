// What a caller may ask of any endpoint, in the language of this package, and how it is said on the wire (query string, headers). Answers come back through meta.ts.

import { InvalidOptionError } from './errors.js'

/** Holds for every call. */
export interface CallOptions {
  /** Ends the call with AbortedError. */
  readonly signal?: AbortSignal
  /** For the whole call, answer included, ms. Default: that of the client; for a blocking query the wait, its jitter and a slack. */
  readonly timeoutMs?: number
  /** Instead of the client's token; the empty string sends none. */
  readonly token?: string
  /** Datacenter to ask; agent endpoints ignore it. */
  readonly datacenter?: string
}

/** How new the answer must be. Without either the leader answers from what it has. */
export interface Consistency {
  /** Any server may answer, however old its data; fastest, and works without a leader. */
  readonly stale?: boolean
  /** The leader makes sure that it still is one. */
  readonly consistent?: boolean
  /** As `stale`, but data older than this, ms, is asked for again at the leader. */
  readonly maxStaleMs?: number
}

/**
 * Waiting for a change. With `index` (from an earlier answer's meta) the server holds the request until it has something newer or `waitMs` is over;
 * then it answers 200 with the current data, changed or not.
 *
 * Rule for loops: pass `nextIndex(previous, meta.index)`, not the index itself (see blocking.ts): an index that went back means another history.
 */
export interface Blocking {
  /** Number, or `meta.indexText` where the index may exceed 2^53 (event list). 0 or absent: do not wait. */
  readonly index?: number | string
  /** Longest wait, ms. The server's default is 300,000, its limit 600,000; it adds up to a sixteenth so that clients do not return together. */
  readonly waitMs?: number
}

/** May the agent answer from its cache? Only where the endpoint has one. */
export interface Cached {
  readonly cached?: boolean
  /** Oldest cached answer to accept, ms; whole seconds on the wire. */
  readonly maxAgeMs?: number
  /** How much older it may be while the servers cannot be reached, ms; whole seconds on the wire. */
  readonly staleIfErrorMs?: number
  /** Ask the servers even if there is a cached answer. */
  readonly mustRevalidate?: boolean
}

/** An expression over the fields of a row, such as `ServiceMeta.version == "2"`. */
export interface Filtered { readonly filter?: string }

/** Nearest first, seen from this node; `_agent` is the node that answers. */
export interface Near { readonly near?: string }

/** Only on nodes whose metadata has all of these. */
export interface NodeMeta { readonly nodeMeta?: Readonly<Record<string, string>> }

export interface ReadOptions extends CallOptions, Consistency, Blocking {}

/** One parameter of the query string. `true` is a presence flag; absent, `false` and `undefined` are not sent. */
export type QueryValue = string | number | boolean | undefined | readonly string[]
export type Query = Readonly<Record<string, QueryValue>>

/** Every option that any endpoint understands. An endpoint's own type shows which of them mean something there. */
export type AnyOptions = CallOptions & Consistency & Blocking & Cached & Filtered & Near & NodeMeta & {
  readonly hash?: string
  readonly tags?: readonly string[]
  readonly passing?: boolean
  readonly mergeCentralConfig?: boolean
  readonly peer?: string
}

const milliseconds = (ms: number | undefined) => ms === undefined ? undefined : `${whole('a duration', ms)}ms`

function whole (what: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) throw new InvalidOptionError(`${what} must be a number from 0 up, not ${value}`)
  return Math.round(value)
}

/** The common options as parameters; an endpoint adds its own. */
export function commonQuery (options: AnyOptions): Query {
  return {
    dc: options.datacenter || undefined,
    // The more precise wish wins over a default of the client that says the opposite; both at once in one call is for the server to refuse.
    stale: options.stale,
    consistent: options.consistent,
    max_stale: milliseconds(options.maxStaleMs),
    index: options.index === undefined || Number(options.index) === 0 ? undefined : String(options.index),
    wait: milliseconds(options.waitMs),
    hash: options.hash,
    cached: options.cached ?? (options.maxAgeMs !== undefined || options.staleIfErrorMs !== undefined || options.mustRevalidate === true),
    filter: options.filter,
    near: options.near,
    'node-meta': options.nodeMeta && Object.entries(options.nodeMeta).map(([key, value]) => `${key}:${value}`),
    tag: options.tags,
    passing: options.passing === true ? '1' : undefined,
    'merge-central-config': options.mergeCentralConfig,
    peer: options.peer,
  }
}

/** `Cache-Control` of the cache options, if any. Milliseconds become whole seconds, rounded down to be no laxer than asked. */
export function cacheControl (options: Cached): string | undefined {
  const parts: string[] = []
  if (options.mustRevalidate === true) parts.push('must-revalidate')
  if (options.maxAgeMs !== undefined) parts.push(`max-age=${Math.floor(options.maxAgeMs / 1000)}`)
  if (options.staleIfErrorMs !== undefined) parts.push(`stale-if-error=${Math.floor(options.staleIfErrorMs / 1000)}`)
  return parts.length === 0 ? undefined : parts.join(', ')
}

/**
 * A query string, keys in alphabetical order, with its question mark; empty without parameters.
 *
 * @example queryString({ stale: true, tag: ['a', 'b'], dc: undefined }) === '?stale=&tag=a&tag=b'
 */
export function queryString (query: Query): string {
  const pairs: string[] = []
  for (const key of Object.keys(query).sort()) {
    const value = query[key]
    if (value === undefined || value === false) continue
    const name = encodeURIComponent(key)
    if (value === true) pairs.push(`${name}=`)
    else if (typeof value === 'object') pairs.push(...value.map(item => `${name}=${encodeURIComponent(item)}`))
    else pairs.push(`${name}=${encodeURIComponent(value)}`)
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/**
 * A path whose placeholders are encoded, slashes included, so that no id can reach another endpoint.
 *
 * @example path`/v1/agent/service/${'a/b'}` === '/v1/agent/service/a%2Fb'
 */
export const path = (fixed: TemplateStringsArray, ...ids: readonly string[]): string =>
  fixed.reduce((whole, part, i) => whole + encodeURIComponent(ids[i - 1]!) + part)
