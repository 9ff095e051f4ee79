// One endpoint with one caller's options, made ready to be sent: target, headers, body, deadline. Pure; attempt.ts sends it, transport.ts says to whom.

import type { Readable } from 'node:stream'
import { blockingTimeout } from './blocking.js'
import type { Accepts, Decoder } from './decode.js'
import { cacheControl, commonQuery, queryString } from './options.js'
import type { AnyOptions, Consistency, Query } from './options.js'

/** One endpoint. */
export interface Exchange<T> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Begins with `/v1` or another path of the server; ids in it are encoded (see `path`). */
  readonly path: string
  /** The endpoint's own parameters, beside the common ones. */
  readonly query?: Query
  /** JSON, unless bytes or a stream. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Answers with a status outside 200 to 299. */
  readonly accept?: Accepts
  /** Doing it twice is the same as doing it once, so that it may be sent again when nobody knows whether it arrived. Every GET is. */
  readonly idempotent?: boolean
  readonly decode: Decoder<T>
}

/** What a client says for all its calls. */
export interface CallDefaults extends Consistency {
  readonly datacenter?: string
  readonly timeoutMs: number
  readonly slackMs: number
  readonly query?: Query
}

/** What is fixed for every attempt. */
export interface Call {
  readonly method: Exchange<unknown>['method']
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Readable | undefined
  readonly accept: Accepts | undefined
  readonly token: string | undefined
  readonly signal: AbortSignal | undefined
  /** On the monotonic clock, ms. */
  readonly deadline: number
  readonly timeoutMs: number
  /** A blocking query: silence is what it is for. */
  readonly waits: boolean
  /** The body is read as it is sent, so it can be sent once. */
  readonly once: boolean
  /** May be sent again when nobody knows whether it arrived. */
  readonly repeatable: boolean
}

/** @param now monotonic, ms */
export function prepareCall (exchange: Omit<Exchange<unknown>, 'decode'>, options: AnyOptions, defaults: CallDefaults, now: number): Call {
  // A call that says how new its answer must be is not overruled by the client's default for the opposite; a write is not asked to be either.
  const says = options.stale !== undefined || options.consistent !== undefined || options.maxStaleMs !== undefined
  const { stale, consistent, maxStaleMs } = says || exchange.method !== 'GET' ? options : defaults
  const query = queryString({ ...defaults.query, ...commonQuery({ ...options, datacenter: options.datacenter ?? defaults.datacenter, stale, consistent, maxStaleMs }), ...exchange.query })
  const waits = (options.index !== undefined && Number(options.index) !== 0) || options.hash !== undefined
  const timeoutMs = options.timeoutMs ?? (waits ? blockingTimeout(options.waitMs, defaults.slackMs) : defaults.timeoutMs)
  const { body, type } = encode(exchange.body)
  const cache = cacheControl(options)
  return {
    method: exchange.method,
    target: exchange.path + query,
    headers: { ...type !== undefined && { 'content-type': type }, ...cache !== undefined && { 'cache-control': cache }, ...exchange.headers },
    body,
    accept: exchange.accept,
    token: options.token,
    signal: options.signal,
    deadline: now + timeoutMs,
    timeoutMs,
    waits,
    once: isStream(body),
    repeatable: !isStream(body) && (exchange.method === 'GET' || exchange.idempotent === true),
  }
}

const isStream = (body: unknown): body is Readable => typeof body === 'object' && body !== null && 'pipe' in body

function encode (body: unknown): { readonly body: Call['body'], readonly type?: string } {
  if (body === undefined) return { body: undefined }
  if (body instanceof Uint8Array || isStream(body)) return { body, type: 'application/octet-stream' }
  return { body: JSON.stringify(body), type: 'application/json' }
}
