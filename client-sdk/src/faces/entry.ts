// Where a call comes in: takes a handler in either of undici's shapes (before 7: onConnect, onHeaders, …; since 7: onRequestStart, onResponseStart, …), since Node's own fetch brings the
// one or the other with its version. Gives it one controller for the whole call, whatever happens inside. Inwards everything has the new shape.

import type { Duplex } from 'node:stream'
import type { Call } from '../interceptors/call.js'
import type { Controller, Handler, Headers } from '../interceptors/interceptor.js'

/** Whether a handler has the shape before undici 7, which reads raw headers. */
export const isOldShape = (handler: Handler): boolean => handler.onRequestStart === undefined

/** @param ended called once, when nothing more will come; of an upgrade, when its socket has closed */
export const enter = (handler: Handler, call: Call, ended: () => void): Entry =>
  isOldShape(handler) ? new OldEntry(handler, call, ended) : new Entry(handler, call, ended)

export class Entry implements Handler, Controller {
  aborted = false
  paused = false
  reason: Error | null = null
  #inner: Controller | undefined
  #over = false

  constructor (protected readonly handler: Handler, private readonly call: Call, private readonly ended: () => void) {}

  // === what the caller holds ===

  get rawHeaders () { return this.#inner?.rawHeaders }
  get rawTrailers () { return this.#inner?.rawTrailers }

  abort (reason?: Error): void {
    if (this.aborted || this.#over) return
    this.aborted = true
    this.reason = reason ?? new DOMException('This operation was aborted', 'AbortError')
    this.call.givenUp = true
    this.#inner?.abort(this.reason)
  }

  pause (): void {
    this.paused = true
    this.#inner?.pause()
  }

  resume (): void {
    this.paused = false
    this.#inner?.resume()
  }

  // === what comes from inside ===

  onRequestStart (inner: Controller, context: unknown): void {
    const first = this.#inner === undefined
    this.#inner = inner
    if (this.aborted) inner.abort(this.reason!)
    else if (this.paused) inner.pause()
    if (!first) return
    try { this.started(context) } catch (error) { this.abort(error as Error) }
  }

  onRequestUpgrade (_inner: Controller, statusCode: number, headers: Headers, socket: Duplex): void {
    this.#over = true
    socket.once('close', this.ended)
    this.upgraded(statusCode, headers, socket)
  }

  onResponseStart (_inner: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (!this.#over) this.head(statusCode, headers, statusMessage)
  }

  onResponseData (_inner: Controller, chunk: Buffer): void {
    if (!this.#over) this.data(chunk)
  }

  onResponseEnd (_inner: Controller, trailers: Headers): void {
    if (this.#over) return
    this.#over = true
    this.ended()
    this.end(trailers)
  }

  onResponseError (_inner: Controller | null, error: Error): void {
    if (this.#over) return
    this.#over = true
    this.ended()
    this.failed(error)
  }

  // === how the handler is told ===

  protected started (context: unknown): void { this.handler.onRequestStart?.(this, context) }
  protected upgraded (statusCode: number, headers: Headers, socket: Duplex): void { this.handler.onRequestUpgrade?.(this, statusCode, headers, socket) }
  protected head (statusCode: number, headers: Headers, statusMessage?: string): void { this.handler.onResponseStart?.(this, statusCode, headers, statusMessage) }
  protected data (chunk: Buffer): void { this.handler.onResponseData?.(this, chunk) }
  protected end (trailers: Headers): void { this.handler.onResponseEnd?.(this, trailers) }
  protected failed (error: Error): void { this.handler.onResponseError?.(this, error) }
}

/** The shape before undici 7. `false` from a callback asks for a pause; raw headers are lists of name and value. */
class OldEntry extends Entry {
  readonly #resume = () => this.resume()

  protected override started (context: unknown): void {
    (this.handler.onConnect as ((abort: (reason?: Error) => void, context?: unknown) => void) | undefined)?.((reason?: Error) => this.abort(reason), context)
  }

  protected override upgraded (statusCode: number, headers: Headers, socket: Duplex): void { this.handler.onUpgrade?.(statusCode, this.#raw(headers), socket) }

  protected override head (statusCode: number, headers: Headers, statusMessage = ''): void {
    this.handler.onResponseStarted?.()
    const goesOn = this.handler.onHeaders?.(statusCode, this.#raw(headers), this.#resume, statusMessage)
    // fetch answers `false` to a 1xx, and means nothing by it.
    if (goesOn === false && statusCode >= 200) this.pause()
  }

  protected override data (chunk: Buffer): void { if (this.handler.onData?.(chunk) === false) this.pause() }
  protected override end (trailers: Headers): void { this.handler.onComplete?.((this.rawTrailers ?? rawOf(trailers)) as string[]) }
  protected override failed (error: Error): void { this.handler.onError?.(error) }

  /** As they came, where they are still there. */
  #raw (headers: Headers): Buffer[] {
    const raw = this.rawHeaders
    return Array.isArray(raw) ? raw as Buffer[] : rawOf(headers)
  }
}

function rawOf (headers: Headers): Buffer[] {
  const raw: Buffer[] = []
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) raw.push(Buffer.from(name, 'latin1'), Buffer.from(one, 'latin1'))
  }
  return raw
}
