// One call at one server: sent, answered within its time and size, understood, or failed with a typed error. Which server, and whether to try another, is transport.ts.

import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Address } from './address.js'
import type { AttemptClock } from './attempt-clock.js'
import type { Call } from './call.js'
import { ShapeError } from './decode.js'
import type { Decoder, RawAnswer } from './decode.js'
import { dialFailure } from './dial-error.js'
import { AbortedError, ClosedError, DecodeError, isAborted, isClosed, refused, TimeoutError, TooLargeError, UnreachableError } from './errors.js'
import type { ErrorContext, RosterClientError } from './errors.js'
import { readMeta, readRetryAfter } from './meta.js'
import type { Answer, Headers, Meta } from './meta.js'

/** A body that is read as it comes. Who takes it must read it to its end or destroy it. */
export interface Streamed {
  readonly body: Readable
  readonly meta: Meta
}

/** Longest refusal text that an error carries, bytes. */
const REFUSAL_BYTES = 4096
/** Longest head of an answer that undici takes, bytes. */
const HEAD_BYTES = 16 * 1024
/** A timer may ring this much early: it counts whole milliseconds. */
const TIMER_MS = 2

export class Attempt {
  constructor (
    private readonly call: Call,
    private readonly address: Address,
    private readonly clock: AttemptClock,
    private readonly dispatcher: Dispatcher,
    /** Who we are: token, basic auth, user agent. */
    private readonly identity: Readonly<Record<string, string>>,
    private readonly maxAnswerBytes: number
  ) {}

  /** Reads the whole answer. Ends the clock. */
  async whole<T> (decode: Decoder<T>): Promise<Answer<T>> {
    try {
      const { statusCode: status, headers, body } = await this.#send()
      const answer = { status, contentType: contentTypeOf(headers), bytes: await this.#readAll(body) }
      this.#refuse(answer, headers)
      return { value: this.#decode(decode, answer), meta: readMeta(status, headers, this.address.text) }
    } finally { this.clock.stop() }
  }

  /** Hands over the body; from then on the clock counts its pauses, and stops with it. @param idleMs longest pause, ms; undefined: any */
  async streamed (idleMs: number | undefined): Promise<Streamed> {
    try {
      const { statusCode: status, headers, body } = await this.#send()
      if (!isSuccess(status)) this.#refuse({ status, contentType: contentTypeOf(headers), bytes: await this.#readAll(body) }, headers)
      return { body: this.#typed(body, idleMs), meta: readMeta(status, headers, this.address.text) }
    } catch (error) { this.clock.stop(); throw error }
  }

  async #send (): Promise<Dispatcher.ResponseData> {
    const { method, target, headers, body } = this.call
    try {
      return await this.dispatcher.request({ origin: this.address.origin, method, path: this.address.prefix + target, headers: { ...this.identity, ...headers }, body, signal: this.clock.signal })
    } catch (error) { throw this.#failure(error) }
  }

  async #readAll (body: Readable): Promise<Buffer> {
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > this.maxAnswerBytes) throw new TooLargeError(`The answer is larger than ${this.maxAnswerBytes} bytes`, this.maxAnswerBytes, this.#where())
        chunks.push(chunk)
      }
    } catch (error) { throw error instanceof TooLargeError ? error : this.#failure(error, 'unexpected EOF') }
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
  }

  /** The body with typed errors and its back-pressure; ending it early (destroy) ends the connection. */
  #typed (body: Readable, idleMs: number | undefined): Readable {
    const { clock } = this
    const typed = new Readable({
      read: () => { body.resume() },
      destroy: (error, callback) => {
        clock.stop()
        body.destroy()
        callback(error)
      },
    })
    clock.restart(idleMs)
    body.on('data', (chunk: Buffer) => {
      clock.restart(idleMs)
      if (!typed.push(chunk)) body.pause()
    })
    body.on('end', () => { clock.stop(); typed.push(null) })
    body.on('error', error => { if (!typed.readableEnded) typed.destroy(this.#failure(error, 'unexpected EOF')) })
    body.pause()
    return typed
  }

  #refuse (answer: RawAnswer, headers: Headers): void {
    if (isSuccess(answer.status) || this.call.accept?.(answer) === true) return
    const { index } = readMeta(answer.status, headers, this.address.text)
    const retryAfterMs = readRetryAfter(headers, Date.now())
    const body = answer.bytes.subarray(0, REFUSAL_BYTES).toString('utf8').trimEnd()
    throw refused({ ...this.#where(), status: answer.status, body, ...index !== undefined && { index }, ...retryAfterMs !== undefined && { retryAfterMs } })
  }

  #decode<T> (decode: Decoder<T>, answer: RawAnswer): T {
    try { return decode(answer) } catch (cause) {
      if (!(cause instanceof ShapeError)) throw cause
      throw new DecodeError(this.#says(cause.message), answer.status, { ...this.#where(), cause })
    }
  }

  /** @param cut the text for a body that ended early, which is a failure of its own, whatever ended it */
  #failure (error: unknown, cut?: string): RosterClientError {
    const { call, clock } = this
    const where = { ...this.#where(), cause: error }
    if (isClosed(error)) return new ClosedError('client', where)
    if (call.signal?.aborted === true) return new AbortedError({ ...where, cause: call.signal.reason })
    if (clock.rang) {
      // A server that was left for another one had less than the whole time; a timer counts whole ms and may ring that much early.
      const limit = Math.round(performance.now() < call.deadline - TIMER_MS ? clock.timeoutMs : Math.max(call.timeoutMs, clock.timeoutMs))
      return new TimeoutError(this.#says(`context deadline exceeded (no answer within ${limit} ms)`), limit, where)
    }
    if (isAborted(error)) return new AbortedError(where)
    if ((error as { code?: string }).code === 'UND_ERR_HEADERS_OVERFLOW') return new TooLargeError(this.#says('the head of the answer is too large'), HEAD_BYTES, where)
    const { text, sent } = dialFailure(error, this.address)
    return new UnreachableError(this.#says(cut ?? text), { ...where, sent })
  }

  #where (): ErrorContext & { readonly url: string } {
    return { method: this.call.method, url: this.address.origin + this.address.prefix + this.call.target, address: this.address.text }
  }

  /** `Get "http://…": text`, as Go's client prints it. */
  #says (text: string): string {
    const { method } = this.call
    return `${method[0]}${method.slice(1).toLowerCase()} "${this.#where().url}": ${text}`
  }
}

const isSuccess = (status: number) => status >= 200 && status < 300
const contentTypeOf = (headers: Headers) => String(headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
