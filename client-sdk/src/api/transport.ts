// One exchange with the registry: request out, answer in, within bounds of time and size, on whichever server answers. The nouns (agent.ts, catalog.ts, …) say what to ask;
// nothing here knows an endpoint. Its parts: failover.ts (which server), connections.ts (sockets), options.ts and meta.ts (query and headers), decode.ts, errors.ts.

import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { resolveSettings } from './address.js'
import type { Address, AddressOptions } from './address.js'
import { blockingTimeout } from './blocking.js'
import { Connections } from './connections.js'
import { ShapeError } from './decode.js'
import type { Accepts, Decoder, RawAnswer } from './decode.js'
import { dialFailure } from './dial-error.js'
import { AbortedError, ClosedError, DecodeError, InvalidOptionError, isAborted, isClosed, isNoLeader, isTimeout, isUnreachable, OverloadedError, refused, TimeoutError, TooLargeError, UnreachableError } from './errors.js'
import type { ErrorContext, RosterClientError } from './errors.js'
import { Failover } from './failover.js'
import { readMeta, readRetryAfter } from './meta.js'
import type { Answer, Headers, Meta } from './meta.js'
import { cacheControl, commonQuery, queryString } from './options.js'
import type { AnyOptions, Consistency, Query } from './options.js'

export interface TransportOptions extends AddressOptions, Consistency {
  /** Datacenter asked for when a call names none; default the server's own. */
  readonly datacenter?: string
  /** For a call that does not wait, answer included, ms. Default 10,000. */
  readonly timeoutMs?: number
  /** Added to the wait of a blocking query and its jitter, ms: way, queue and work of the server. Default 10,000. */
  readonly slackMs?: number
  /** Until a connection stands, ms. Default 5,000; 1,000 when there are several addresses, since another one may do. */
  readonly connectTimeoutMs?: number
  /** Until a server begins to answer a read while there is another server to ask, ms. Default 1,000. The last one asked has the whole rest of the time. */
  readonly moveOnMs?: number
  /** Connections to one address. Default 1,024. */
  readonly maxConnections?: number
  /** Calls at once, waiting ones included; one more is refused with OverloadedError. Default 10,000. */
  readonly maxInFlight?: number
  /** Longest answer and longest watch message, bytes. Default 64 MiB. */
  readonly maxAnswerBytes?: number
  /** Sent with each request, such as a user agent or what a proxy wants. */
  readonly headers?: Readonly<Record<string, string>>
  /** Parameters of each request, such as a namespace; a call's own count over them. */
  readonly query?: Query
}

/** One endpoint, ready to be asked. */
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

/** A body that is read as it comes. Who takes it must read it to its end or destroy it. */
export interface Streamed {
  readonly body: Readable
  readonly meta: Meta
}

/** What is fixed for every attempt of one call. */
interface Call {
  readonly exchange: Omit<Exchange<unknown>, 'decode'>
  readonly target: string
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array | Readable | undefined
  readonly token: string | undefined
  readonly signal: AbortSignal | undefined
  /** On the monotonic clock, ms. */
  readonly deadline: number
  readonly timeoutMs: number
  readonly waits: boolean
}

/** Longest refusal text that an error carries, bytes. */
const REFUSAL_BYTES = 4096

export class Transport {
  readonly addresses: readonly Address[]
  readonly token: string | undefined
  readonly #options: Required<Pick<TransportOptions, 'timeoutMs' | 'slackMs' | 'moveOnMs' | 'maxInFlight' | 'maxAnswerBytes'>> & TransportOptions
  readonly #headers: Readonly<Record<string, string>>
  readonly #auth: string | undefined
  readonly #failover: Failover<Address>
  readonly #connections: Connections
  #inFlight = 0
  #closed = false

  /** @throws InvalidOptionError for an option, address, file or environment variable that cannot be used */
  constructor (options: TransportOptions = {}, env: NodeJS.ProcessEnv = process.env) {
    for (const name of ['timeoutMs', 'slackMs', 'connectTimeoutMs', 'moveOnMs', 'maxConnections', 'maxInFlight', 'maxAnswerBytes'] as const) {
      const value = options[name]
      if (value !== undefined && !(Number.isFinite(value) && value > 0)) throw new InvalidOptionError(`${name} must be a number above 0, not ${value}`)
    }
    const { addresses, token, auth, tls } = resolveSettings(options, env)
    this.addresses = addresses
    this.token = token
    this.#auth = auth
    this.#failover = new Failover(addresses)
    this.#options = { ...options, timeoutMs: options.timeoutMs ?? 10_000, slackMs: options.slackMs ?? 10_000, moveOnMs: options.moveOnMs ?? 1000, maxInFlight: options.maxInFlight ?? 10_000, maxAnswerBytes: options.maxAnswerBytes ?? 64 * 1024 * 1024 }
    this.#headers = { 'user-agent': 'roster-client', ...options.headers }
    this.#connections = new Connections(tls, {
      connectTimeoutMs: options.connectTimeoutMs ?? (addresses.length > 1 ? 1000 : 5000),
      maxConnections: options.maxConnections ?? 1024,
      maxMessageBytes: this.#options.maxAnswerBytes,
    })
  }

  /** Calls under way. */
  get inFlight (): number { return this.#inFlight }

  /** The server that is asked first now. */
  get current (): Address { return this.#failover.current }

  /** Asks, and reads the whole answer. @throws one of the classes of errors.ts, never anything else */
  async call<T> (exchange: Exchange<T>, options: AnyOptions = {}): Promise<Answer<T>> {
    const call = this.#prepare(exchange, options)
    return this.#counted(() => this.#onAnyServer(call, async (address, timeoutMs) => {
      const end = new Clock(timeoutMs, call.signal)
      try {
        const answer = await this.#send(call, address, end)
        const bytes = await this.#readAll(call, address, answer.body, end)
        const raw: RawAnswer = { status: answer.statusCode, contentType: contentTypeOf(answer.headers), bytes }
        this.#refuse(call, address, answer, raw)
        return { value: this.#decode(call, address, exchange.decode, raw), meta: readMeta(answer.statusCode, answer.headers, address.text) }
      } finally { end.stop() }
    }))
  }

  /**
   * Asks, and hands over the body as it comes. The head of the answer is bound in time like any call's; the body may take as long as it likes, each pause at most `idleMs`.
   * @param idleMs longest pause within the body, ms; undefined for streams that may be silent for ever
   */
  async stream (exchange: Omit<Exchange<unknown>, 'decode'>, options: AnyOptions = {}, idleMs?: number): Promise<Streamed> {
    const call = this.#prepare(exchange, options)
    return this.#counted(() => this.#onAnyServer(call, async (address, timeoutMs) => {
      const end = new Clock(timeoutMs, call.signal)
      try {
        const answer = await this.#send(call, address, end)
        if (!isSuccess(answer.statusCode)) {
          const bytes = await this.#readAll(call, address, answer.body, end)
          this.#refuse(call, address, answer, { status: answer.statusCode, contentType: contentTypeOf(answer.headers), bytes })
        }
        return { body: this.#typed(call, address, answer.body, end, idleMs), meta: readMeta(answer.statusCode, answer.headers, address.text) }
      } catch (error) { end.stop(); throw error }
    }))
  }

  /** For another protocol on the same sockets' terms (watch.ts): pool and headers to reach `address` with. */
  upgradeTo (address: Address, token?: string): { readonly dispatcher: Dispatcher, readonly headers: Readonly<Record<string, string>> } {
    if (this.#closed) throw new ClosedError()
    return { dispatcher: this.#connections.to(address), headers: this.#identity(address, token) }
  }

  /** The same failover for another protocol: `attempt` is tried on each server in turn while it fails to reach one. */
  async onAnyServer<T> (attempt: (address: Address) => Promise<T>): Promise<T> {
    return this.#failingOver(true, attempt)
  }

  /** Ends every socket at once; calls under way are rejected with ClosedError. Idempotent. */
  async close (): Promise<void> {
    this.#closed = true
    await this.#connections.destroy(new ClosedError())
  }

  #prepare (exchange: Omit<Exchange<unknown>, 'decode'>, options: AnyOptions): Call {
    const defaults = this.#options
    // A call that says how new its answer must be is not overruled by the client's default for the opposite.
    const says = options.stale !== undefined || options.consistent !== undefined || options.maxStaleMs !== undefined
    const { stale, consistent, maxStaleMs } = says ? options : defaults
    const reads = exchange.method === 'GET'
    const query = queryString({ ...defaults.query, ...commonQuery({ ...options, datacenter: options.datacenter ?? defaults.datacenter, ...reads ? { stale, consistent, maxStaleMs } : {} }), ...exchange.query })
    const waits = (options.index !== undefined && Number(options.index) !== 0) || options.hash !== undefined
    const timeoutMs = options.timeoutMs ?? (waits ? blockingTimeout(options.waitMs, defaults.slackMs) : defaults.timeoutMs)
    const { body, type } = encode(exchange.body)
    const cache = cacheControl(options)
    return {
      exchange,
      target: exchange.path + query,
      headers: {
        ...type !== undefined && { 'content-type': type },
        ...cache !== undefined && { 'cache-control': cache },
        ...exchange.headers,
      },
      body,
      token: options.token,
      signal: options.signal,
      deadline: performance.now() + timeoutMs,
      timeoutMs,
      waits,
    }
  }

  async #counted<T> (run: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new ClosedError()
    if (this.#inFlight >= this.#options.maxInFlight) throw new OverloadedError(this.#options.maxInFlight)
    this.#inFlight++
    try { return await run() } finally { this.#inFlight-- }
  }

  /** Attempts of one call: each server once, and the only server twice if the connection was lost under a request that may be sent twice. */
  async #onAnyServer<T> (call: Call, attempt: (address: Address, timeoutMs: number) => Promise<T>): Promise<T> {
    if (call.signal?.aborted === true) throw new AbortedError({ cause: call.signal.reason })
    const repeatable = !isStream(call.body) && (call.exchange.method === 'GET' || call.exchange.idempotent === true)
    const others = this.addresses.length - 1
    let tried = 0
    return this.#failingOver(repeatable, address => {
      const leftMs = Math.max(1, call.deadline - performance.now())
      const mayMoveOn = tried++ < others && repeatable && !call.waits
      return attempt(address, mayMoveOn ? Math.min(leftMs, this.#options.moveOnMs) : leftMs)
    }, !isStream(call.body), () => performance.now() < call.deadline)
  }

  async #failingOver<T> (repeatable: boolean, attempt: (address: Address) => Promise<T>, mayRepeat = true, timeIsLeft = () => true): Promise<T> {
    const order = this.#failover.order()
    // An idle connection may be closed by the server in the moment in which it is used again; with one server the second try is what a second server is otherwise.
    const attempts = order.length === 1 && repeatable ? [order[0]!, order[0]!] : order
    const earlier: RosterClientError[] = []
    for (const [i, address] of attempts.entries()) {
      try { return await attempt(address) } catch (error) {
        const failure = error as RosterClientError
        const gone = isUnreachable(failure)
        const elsewhere = gone || isTimeout(failure) || isNoLeader(failure)
        if (elsewhere) this.#failover.failed(address)
        const last = i === attempts.length - 1
        const again = mayRepeat && timeIsLeft() && !this.#closed && elsewhere && (repeatable || isNoLeader(failure) || (gone && !failure.sent)) &&
          (attempts[i + 1] !== address || (gone && failure.sent))
        if (last || !again) { failure.earlier = earlier; throw failure }
        earlier.push(failure)
      }
    }
    throw new ClosedError() // unreachable: there is always an address, and the last attempt returns or throws
  }

  async #send (call: Call, address: Address, end: Clock): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#connections.to(address).request({
        method: call.exchange.method,
        path: address.prefix + call.target,
        headers: { ...this.#identity(address, call.token), ...call.headers },
        body: call.body,
        signal: end.signal,
      })
    } catch (error) { throw this.#failure(call, address, error, end) }
  }

  async #readAll (call: Call, address: Address, body: Readable, end: Clock): Promise<Buffer> {
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > this.#options.maxAnswerBytes) throw new TooLargeError(`The answer is larger than ${this.#options.maxAnswerBytes} bytes`, this.#options.maxAnswerBytes, context(call, address))
        chunks.push(chunk)
      }
    } catch (error) {
      if (error instanceof TooLargeError) throw error
      throw this.#failure(call, address, error, end, 'unexpected EOF')
    }
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
  }

  /** The body with typed errors, its clock and back-pressure kept; ending it early (destroy) ends the connection. */
  #typed (call: Call, address: Address, body: Readable, end: Clock, idleMs: number | undefined): Readable {
    const typed = new Readable({
      read: () => { body.resume() },
      destroy: (error, callback) => {
        end.stop()
        body.destroy()
        callback(error)
      },
    })
    const fail = (error: unknown) => { if (!typed.readableEnded) typed.destroy(this.#failure(call, address, error, end, 'unexpected EOF')) }
    end.restart(idleMs)
    body.on('data', (chunk: Buffer) => {
      end.restart(idleMs)
      if (!typed.push(chunk)) body.pause()
    })
    body.on('end', () => { end.stop(); typed.push(null) })
    body.on('error', fail)
    body.pause()
    return typed
  }

  #refuse (call: Call, address: Address, { statusCode: status, headers }: Dispatcher.ResponseData, raw: RawAnswer): void {
    if (isSuccess(status) || call.exchange.accept?.(raw) === true) return
    const index = readMeta(status, headers, address.text).index
    const retryAfterMs = readRetryAfter(headers, Date.now())
    throw refused({ ...context(call, address), status, body: raw.bytes.subarray(0, REFUSAL_BYTES).toString('utf8').trimEnd(), ...index !== undefined && { index }, ...retryAfterMs !== undefined && { retryAfterMs } })
  }

  #decode<T> (call: Call, address: Address, decode: Decoder<T>, raw: RawAnswer): T {
    try { return decode(raw) } catch (cause) {
      if (!(cause instanceof ShapeError)) throw cause
      const where = context(call, address)
      throw new DecodeError(`${goName(call)} "${where.url}": ${cause.message}`, raw.status, { ...where, cause })
    }
  }

  /** Who we are, for every request: token, basic auth of the URL or of the options. */
  #identity (address: Address, token: string | undefined): Record<string, string> {
    const auth = this.#auth ?? address.auth
    const shown = token ?? this.token
    return {
      ...this.#headers,
      ...shown !== undefined && shown !== '' && { 'x-consul-token': shown },
      ...auth !== undefined && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
    }
  }

  #failure (call: Call, address: Address, error: unknown, end: Clock, cut?: string): RosterClientError {
    const where = { ...context(call, address), cause: error }
    if (isClosed(error) || this.#closed) return new ClosedError('client', where)
    if (call.signal?.aborted === true) return new AbortedError({ ...where, cause: call.signal.reason })
    if (end.rang) {
      // A server that was left for another one had less than the whole time.
      const limit = Math.round(performance.now() < call.deadline ? end.timeoutMs : Math.max(call.timeoutMs, end.timeoutMs))
      return new TimeoutError(`${goName(call)} "${where.url}": context deadline exceeded (no answer within ${limit} ms)`, limit, where)
    }
    if (isAborted(error)) return new AbortedError(where)
    if ((error as { code?: string }).code === 'UND_ERR_HEADERS_OVERFLOW') return new TooLargeError(`${goName(call)} "${where.url}": the head of the answer is too large`, 16 * 1024, where)
    const { text, sent } = dialFailure(error, address)
    // A body that ends early is a failure of its own, whatever ended it.
    return new UnreachableError(cut === undefined ? `${goName(call)} "${where.url}": ${text}` : `${goName(call)} "${where.url}": ${cut}`, { ...where, sent })
  }
}

/**
 * Timer and caller's signal of one attempt, as one signal. Written out because on Node 20 `AbortSignal.any([signal, AbortSignal.timeout(ms)])` may lose its timeout to the
 * garbage collector: nothing but the combined signal holds on to it.
 */
class Clock {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined
  readonly #abort = () => this.#controller.abort()
  /** The time was up. */
  rang = false

  constructor (public timeoutMs: number, private readonly outer: AbortSignal | undefined) {
    this.restart(timeoutMs)
    outer?.addEventListener('abort', this.#abort, { once: true })
  }

  get signal (): AbortSignal { return this.#controller.signal }

  /** Counts anew; undefined: not at all. */
  restart (timeoutMs: number | undefined): void {
    if (timeoutMs !== undefined && timeoutMs === this.timeoutMs && this.#timer !== undefined) { this.#timer.refresh(); return }
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (timeoutMs === undefined) return
    this.timeoutMs = timeoutMs
    this.#timer = setTimeout(() => { this.rang = true; this.#abort() }, timeoutMs)
  }

  stop (): void {
    this.restart(undefined)
    this.outer?.removeEventListener('abort', this.#abort)
  }
}

const isSuccess = (status: number) => status >= 200 && status < 300
const isStream = (body: unknown): body is Readable => typeof body === 'object' && body !== null && 'pipe' in body
const contentTypeOf = (headers: Headers) => String(headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()

/** `Get`, `Put`, as Go's client prints methods. */
const goName = (call: Call) => call.exchange.method[0]! + call.exchange.method.slice(1).toLowerCase()
const context = (call: Call, address: Address): ErrorContext & { readonly url: string } =>
  ({ method: call.exchange.method, url: address.origin + address.prefix + call.target, address: address.text })

function encode (body: unknown): { readonly body: string | Uint8Array | Readable | undefined, readonly type?: string } {
  if (body === undefined) return { body: undefined }
  if (body instanceof Uint8Array || isStream(body)) return { body, type: 'application/octet-stream' }
  return { body: JSON.stringify(body), type: 'application/json' }
}
