// One connection to an endpoint: requests out, answers in, one after the other. Reads answers strictly and tells the exchange whose turn it is; knows no policy. Kept between exchanges by
// its pool (pool.ts).

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from '@roster/client'
import type { Patience, Waiting } from '@roster/client/calls'
import { Body } from '../wire/body.js'
import type { OnData } from '../wire/body.js'
import type { FieldLines } from '../wire/field-lines.js'
import { headEnd } from '../wire/head-end.js'
import { parseResponseHead } from '../wire/response-head.js'
import type { Asked, ResponseHead } from '../wire/response-head.js'
import type { UpstreamTls } from '../upstream/upstream.js'
import { badAnswer, connectFailed, connectTimeout, reset } from './failure.js'
import type { Http1Limits } from './limits.js'
import { stay } from './stay.js'

/** Whose turn it is. Each of `ended`, `failed` and `switched` is the last that it hears of a request. */
export interface AnswerSink {
  /** The next thing to happen is the first byte on the connection. */
  connected (): void
  informed (head: ResponseHead): void
  /** The head of the answer. The sink may leave in it (`dump`, `destroy`). */
  answered (head: ResponseHead): void
  /** Bytes of the body with their framing, checked. */
  content (bytes: Buffer, from: number, to: number): void
  /** All that came with one read has been told. */
  flush (): void
  /** The answer is complete. @param trailers where there are any */
  ended (trailers: FieldLines | undefined): void
  failed (error: Error): void
  /** What was written has gone out; there may be more. */
  writable (): void
  /** Silence for longer than `until`. */
  overdue (now: number): void
  /** The connection is the sink's own from here on, with what was read from it. */
  switched (head: ResponseHead, socket: Socket, rest: Buffer): void
}

/** What connections of one pool share. */
export interface ConnectionParts {
  readonly clock: Clock
  readonly patience: Patience
  readonly limits: Http1Limits
}

export interface Target {
  readonly address: string
  readonly port: number
  readonly tls: UpstreamTls | undefined
}

/** The pool's side. */
export interface Keeper {
  /** It lies idle from now on. */
  idle (connection: ServerConnection): void
  /** It is gone. @param idleMs how long it had lain idle, when the server closed it then */
  gone (connection: ServerConnection, idleMs: number | undefined): void
  /** It has lain idle and unused for long enough. */
  unused (connection: ServerConnection, idleMs: number): void
  said (keepAliveMs: number): void
}

/** Bytes of an answer nobody wants that are read so that its connection can be used again. */
const MAX_DUMP_BYTES = 16 * 1024
/** 1xx answers to one request: more is an attack or a fault. */
const MAX_INFORMATION = 64

/**
 * - connecting => busy (connected) | dead
 * - busy       => idle (the answer is complete, and so was the request) | switched (101) | dead
 * - idle       => busy (the next request) | dead
 */
type State = 'connecting' | 'busy' | 'idle' | 'switched' | 'dead'

export class ServerConnection implements Waiting {
  until = Infinity
  before: Waiting | undefined
  after: Waiting | undefined
  readonly socket: Socket
  state: State = 'connecting'
  idleSince = 0
  /** Has answered before: it may be closing just now. */
  used = false
  /** Bytes of the present answer have come. */
  heard = false
  /** All of the present request has been written. */
  requestDone = false
  /** Told of content without framing, where the client cannot take it as it is. */
  onData: OnData | undefined
  #sink: AnswerSink | undefined
  #asked: Asked = { method: '', upgrade: undefined }
  #head: ResponseHead | undefined
  #body: Body | undefined
  #rest: Buffer | undefined
  #information = 0
  #dumped = 0
  #closedByServer = false

  constructor (private readonly target: Target, private readonly keeper: Keeper, private readonly parts: ConnectionParts) {
    const { address: host, port, tls } = target
    const now = parts.clock.monotonic()
    if (tls === undefined) {
      this.socket = connect({ host, port, noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 15_000 })
      this.socket.once('connect', this.#onConnect)
    } else {
      const { servername, ca, cert, key, rejectUnauthorized = true } = tls
      this.socket = connectTls({ host, port, ALPNProtocols: ['http/1.1'], rejectUnauthorized, ...servername !== undefined && { servername }, ...ca !== undefined && { ca: ca as string }, ...cert !== undefined && { cert }, ...key !== undefined && { key } })
      this.socket.setNoDelay(true)
      this.socket.once('secureConnect', this.#onConnect)
    }
    this.socket.on('data', this.#onBytes).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose).on('drain', this.#onDrain)
    parts.patience.add(this, parts.limits.connectMs, now)
  }

  /** The next request. What is written before the connection stands waits for it. */
  begin (sink: AnswerSink, asked: Asked): void {
    this.#sink = sink
    this.#asked = asked
    this.#head = this.#body = this.onData = undefined
    this.#information = 0
    this.heard = this.requestDone = false
    if (this.state !== 'idle') return
    this.state = 'busy'
    this.until = Infinity
    sink.connected()
  }

  /** The rest of the present answer is for nobody: it is read to its end if that is near, else cut. */
  dump (): void {
    this.#sink = undefined
    this.#dumped = 0
    this.until = this.parts.clock.monotonic() + this.parts.limits.lingerMs
    if (!this.requestDone || (this.#head !== undefined && this.#head.length > MAX_DUMP_BYTES)) this.destroy()
  }

  /** Nobody wants the answer, or the rest of it. */
  destroy (): void {
    this.#sink = undefined
    this.#dead()
    this.socket.destroy()
  }

  /** The connection is the caller's own from here on, once it stands. */
  release (): Socket {
    this.#sink = undefined
    this.state = 'switched'
    this.#leave()
    this.keeper.gone(this, undefined)
    this.socket.off('data', this.#onBytes).off('end', this.#onEnd).off('drain', this.#onDrain)
    return this.socket
  }

  expired (): void {
    const now = this.parts.clock.monotonic()
    const { state } = this
    if (state === 'dead' || state === 'switched') return
    this.until = Infinity
    if (state === 'connecting') { this.#fail(connectTimeout(this.parts.limits.connectMs)); return }
    if (state === 'idle') { this.keeper.unused(this, now - this.idleSince); this.destroy(); return }
    if (this.#sink === undefined) { this.destroy(); return }
    this.#sink.overdue(now)
    if (!this.#isOver()) stay(this.parts.patience, this, now)
  }

  /** The state changes under whatever is called. */
  #isOver (): boolean { return this.state === 'dead' || this.state === 'switched' }

  readonly #onConnect = (): void => {
    if (this.state !== 'connecting') return
    this.state = 'busy'
    this.until = Infinity
    this.#sink?.connected()
  }

  readonly #onDrain = (): void => { this.#sink?.writable() }

  readonly #onBytes = (chunk: Buffer): void => {
    // Bytes that nobody asked for: whatever they are, the next answer must not be taken for them.
    if (this.state !== 'busy') { this.destroy(); return }
    this.heard = true
    let bytes = chunk
    let seen = 0
    if (this.#rest !== undefined) {
      seen = this.#rest.length
      bytes = Buffer.concat([this.#rest, chunk])
      this.#rest = undefined
    }
    const sink = this.#sink
    let from = 0
    while (this.#body === undefined) {
      const next = this.#readHead(bytes, from, seen)
      if (next < 0) return
      from = next
      seen = 0
    }
    this.#readBody(this.#body, bytes, from)
    if (sink !== undefined && sink === this.#sink) sink.flush()
  }

  /** @returns where the body begins, or the next head; -1 when there is nothing more to do with these bytes */
  #readHead (bytes: Buffer, from: number, seen: number): number {
    const { limits } = this.parts
    const end = headEnd(bytes, from, seen, { headBytes: limits.responseHeadBytes, targetBytes: limits.responseHeadBytes })
    if (typeof end !== 'number') { this.#fail(badAnswer(end.message)); return -1 }
    if (end < 0) {
      this.#rest = from === 0 ? bytes : bytes.subarray(from)
      return -1
    }
    const head = parseResponseHead(bytes, from, end, MAX_FIELDS, this.#asked)
    if (!('lines' in head)) { this.#fail(badAnswer(`${head.message} (${head.clause})`)); return -1 }
    const next = end + 2
    if (head.status === 101) { this.#switch(head, bytes.subarray(next)); return -1 }
    if (head.status < 200) {
      if (++this.#information > MAX_INFORMATION) { this.#fail(badAnswer('there is no end of 1xx answers')); return -1 }
      this.#sink?.informed(head)
      return this.state === 'busy' && next < bytes.length ? next : -1
    }
    this.#head = head
    this.#body = new Body(head.framing, head.length)
    if (head.keepAliveMs > 0) this.keeper.said(head.keepAliveMs)
    this.#sink?.answered(head)
    return this.state === 'busy' ? next : -1
  }

  #readBody (body: Body, bytes: Buffer, from: number): void {
    if (!body.done && from < bytes.length) {
      body.feed(bytes, from, this.onData)
      if (this.#sink !== undefined) {
        if (body.passEnd > from) this.#sink.content(bytes, from, body.passEnd)
        if (this.state !== 'busy') return
      } else if ((this.#dumped += body.end - from) > MAX_DUMP_BYTES) { this.destroy(); return }
      if (body.fault !== undefined) { this.#fail(badAnswer(`${body.fault.message} (${body.fault.clause})`)); return }
      from = body.end
    }
    if (body.done) this.#finish(from < bytes.length, body.trailers)
  }

  /** @param more bytes came after the end of the answer: nothing that follows can be trusted */
  #finish (more: boolean, trailers: FieldLines | undefined): void {
    const sink = this.#sink
    this.#sink = undefined
    if (more || !this.#head!.reusable || !this.requestDone) this.destroy()
    else {
      this.state = 'idle'
      this.used = true
      if (this.socket.isPaused()) this.socket.resume()
      this.idleSince = this.parts.clock.monotonic()
      this.keeper.idle(this)
    }
    sink?.ended(trailers)
  }

  #switch (head: ResponseHead, rest: Buffer): void {
    const sink = this.#sink
    if (sink === undefined) { this.destroy(); return }
    sink.switched(head, this.release(), rest)
  }

  readonly #onEnd = (): void => {
    // A reset that comes with the last bytes is told as an end; only the peer's address is gone then.
    if (this.#body?.framing === 'close' && !this.#body.done && this.socket.remoteAddress !== undefined) {
      const sink = this.#sink
      this.#sink = undefined
      this.destroy()
      sink?.ended(undefined)
      return
    }
    this.#closed(undefined)
  }

  readonly #onError = (error: Error): void => {
    if (this.state === 'connecting') this.#fail(connectFailed(error))
    else this.#closed(error)
  }

  readonly #onClose = (): void => { this.#closed(undefined) }

  #closed (cause: Error | undefined): void {
    if (this.#isOver()) return
    this.#closedByServer = true
    this.#fail(reset(this.#body !== undefined ? 'the connection ended before the answer did' : 'the connection ended before the answer came', cause))
  }

  #fail (error: Error): void {
    const sink = this.#sink
    this.#sink = undefined
    this.destroy()
    sink?.failed(error)
  }

  #dead (): void {
    if (this.#isOver()) return
    const idleMs = this.state === 'idle' && this.#closedByServer ? this.parts.clock.monotonic() - this.idleSince : undefined
    this.state = 'dead'
    this.#leave()
    this.keeper.gone(this, idleMs)
  }

  #leave (): void { this.parts.patience.remove(this) }
}

/** Fields of an answer. */
const MAX_FIELDS = 256
