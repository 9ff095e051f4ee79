// One connection of a client: requests in, answers out, one after the other, however many it sends ahead. Reads requests strictly and makes an exchange of each; writes what the exchange
// says. Knows nothing of endpoints.

import type { Socket } from 'node:net'
import type { Clock } from '@roster/client'
import type { Patience, Waiting } from '@roster/client/calls'
import { Body } from '../wire/body.js'
import type { Fault } from '../wire/fault.js'
import { headEnd } from '../wire/head-end.js'
import { parseRequestHead } from '../wire/request-head.js'
import type { RequestHead } from '../wire/request-head.js'
import type { OnData } from '../wire/body.js'
import type { FieldLines } from '../wire/field-lines.js'
import type { Connection } from './connection.js'
import type { Http1Limits } from './limits.js'
import { ownAnswer } from './own-answer.js'
import type { Refusal } from './route.js'
import { stay } from './stay.js'

/** The request whose turn it is, as its connection sees it. */
export interface RequestSink {
  /** Bytes of the body with their framing, checked. */
  requestContent (bytes: Buffer, from: number, to: number): void
  /** The body is complete. */
  requestEnded (trailers: FieldLines | undefined): void
  /** There will be no more of the request, and no use for an answer. */
  requestGone (): void
  /** The body is not to be read. */
  requestFailed (fault: Fault): void
  /** The client reads again. */
  writable (): void
  /** Past `deadlineAt`. */
  deadlinePassed (): void
  readonly deadlineAt: number
  /** Takes long by nature: silence is no fault. */
  readonly long: boolean
}

/** What connections of one proxy share. */
export interface ClientParts {
  readonly clock: Clock
  readonly patience: Patience
  readonly limits: Http1Limits
  /** Makes the exchange of a request; it may be over when this returns. */
  readonly exchange: (client: ClientConnection, head: RequestHead) => RequestSink
  /** A head that could not be read; it is answered. */
  readonly unreadable: (client: ClientConnection, refusal: Refusal) => void
  readonly closed: (client: ClientConnection) => void
  readonly onHttp2Preface: ((socket: Socket, firstBytes: Buffer) => void) | undefined
  /** Every answer is the last of its connection. */
  readonly leaving: () => boolean
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\n')
/** Bodies up to this size are written together with their head, bytes. */
const TOGETHER_BYTES = 4096

/**
 * - waiting   => reading (first byte) | closed
 * - reading   => exchange (head complete) | lingering (a head that cannot be read) | closed
 * - exchange  => waiting (answer and request complete) | lingering (answer complete, request not) | tunnel | closed
 * - lingering => closed
 */
type State = 'waiting' | 'reading' | 'exchange' | 'lingering' | 'tunnel' | 'closed'

export class ClientConnection implements Connection, Waiting {
  until = Infinity
  before: Waiting | undefined
  after: Waiting | undefined
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  readonly encrypted: boolean
  state: State = 'waiting'
  /** Told of request content without framing, for who cannot take it as it is. */
  onData: OnData | undefined
  #sink: RequestSink | undefined
  #body: Body | undefined
  #rest: Buffer | undefined
  #seen = 0
  #first = true
  #skippedLine = false
  /** Bytes are being worked on: what ends within is gone on with there. */
  #working = false
  #ended = false
  #pendingHead = ''
  #stalled = false
  #paused = false
  /** Nothing of the body is read: nobody knows yet for whom it is. */
  #held = false
  #lingered = 0

  constructor (readonly socket: Socket, readonly tag: unknown, private readonly parts: ClientParts) {
    const address = socket.remoteAddress ?? ''
    this.remoteAddress = address.startsWith('::ffff:') ? address.slice(7) : address.replace(/%.*$/, '')
    this.remotePort = socket.remotePort ?? 0
    this.localPort = socket.localPort ?? 0
    this.encrypted = 'encrypted' in socket && socket.encrypted === true
    socket.setNoDelay(true)
    socket.on('data', this.#onBytes).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose).on('drain', this.#onDrain)
    const now = parts.clock.monotonic()
    parts.patience.add(this, parts.limits.headMs, now)
    if (socket.destroyed) queueMicrotask(this.#onClose)
  }

  /** For bytes that somebody else read before. */
  begin (bytes: Buffer): void { if (bytes.length > 0) this.#onBytes(bytes) }

  get isIdle (): boolean { return this.state === 'waiting' || (this.state === 'reading' && this.#rest === undefined) }
  /** Closing now would lose something. */
  get isBusy (): boolean { return (this.state === 'reading' && this.#rest !== undefined) || this.state === 'exchange' || this.state === 'tunnel' || this.socket.writableLength > 0 }
  /** The request whose answer is under way is complete. */
  get requestDone (): boolean { return this.#body === undefined || this.#body.done }

  // === reading ===

  readonly #onBytes = (chunk: Buffer): void => {
    if (this.state === 'lingering') { this.#linger(chunk.length); return }
    if (this.state === 'closed' || this.state === 'tunnel') return
    let bytes = chunk
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk])
      this.#rest = undefined
    }
    this.#work(bytes)
  }

  /** As many messages as these bytes hold, as long as each is over when the next begins. */
  #work (bytes: Buffer): void {
    let from = 0
    this.#working = true
    while (from < bytes.length) {
      if (this.#body !== undefined && !this.#body.done && this.state === 'exchange' && !this.#held) {
        from = this.#readBody(this.#body, bytes, from)
        if (from < 0) break
      } else if ((this.state === 'waiting' && !this.#stalled) || this.state === 'reading') {
        const next = this.#readHead(bytes, from)
        if (next < 0) break
        from = next
      } else break
    }
    this.#working = false
    if (from < 0 || from >= bytes.length || this.state === 'closed') return
    // What was sent ahead waits for its turn; what came late to a connection that ends is for nobody.
    if (this.state === 'lingering') this.#linger(bytes.length - from)
    else if (this.state !== 'tunnel' && this.#rest === undefined) this.#hold(from === 0 ? bytes : bytes.subarray(from))
  }

  #hold (bytes: Buffer): void {
    this.#rest = bytes
    // Nor is more taken in from who does not read what it asked for.
    if (this.state === 'exchange' || this.#stalled) this.pause()
  }

  /** @returns where the body begins; -1 when all is said or kept */
  #readHead (bytes: Buffer, start: number): number {
    const { limits } = this.parts
    let from = start
    // One empty line before a request is forgiven, as RFC 9112, 2.2 asks.
    if (!this.#skippedLine && bytes[from] === 13 && (from + 1 === bytes.length || bytes[from + 1] === 10)) {
      if (from + 1 === bytes.length) { this.#rest = bytes.subarray(from); return -1 }
      this.#skippedLine = true
      this.#seen = 0
      from += 2
      if (from === bytes.length) return -1
    }
    if (this.state === 'waiting') {
      this.state = 'reading'
      this.until = this.parts.clock.monotonic() + limits.headMs
    }
    if (this.#first && this.#isPreface(bytes, from)) return -1
    const end = headEnd(bytes, from, this.#seen, { headBytes: limits.requestHeadBytes, targetBytes: limits.targetBytes })
    if (typeof end !== 'number') { this.#refuse(end); return -1 }
    if (end < 0) {
      this.#rest = bytes.subarray(from)
      this.#seen = this.#rest.length
      return -1
    }
    this.#first = false
    this.#seen = 0
    this.#skippedLine = false
    const head = parseRequestHead(bytes, from, end, limits)
    if (!('method' in head)) { this.#refuse(head); return -1 }
    this.state = 'exchange'
    this.until = Infinity
    this.onData = undefined
    this.#body = head.framing === 'none' ? undefined : new Body(head.framing, head.length)
    const sink = this.parts.exchange(this, head)
    // Over already, without a thing to wait for.
    if (this.state === 'exchange') {
      this.#sink = sink
      this.arm()
    }
    return end + 2
  }

  /** HTTP/2 with prior knowledge (RFC 9113, 3.3): for somebody else. @returns whether the bytes are dealt with */
  #isPreface (bytes: Buffer, from: number): boolean {
    if (bytes[from] !== 80 || bytes[from + 1] !== 82 || this.parts.onHttp2Preface === undefined) return false
    const length = Math.min(PREFACE.length, bytes.length - from)
    if (PREFACE.compare(bytes, from, from + length, 0, length) !== 0) return false
    if (length < PREFACE.length) { this.#rest = bytes.subarray(from); return true }
    this.release()
    this.parts.onHttp2Preface(this.socket, bytes.subarray(from))
    return true
  }

  #readBody (body: Body, bytes: Buffer, from: number): number {
    const sink = this.#sink!
    body.feed(bytes, from, this.onData)
    if (body.passEnd > from) sink.requestContent(bytes, from, body.passEnd)
    if (body.fault !== undefined) {
      sink.requestFailed(body.fault)
      return -1
    }
    if (body.done) sink.requestEnded(body.trailers)
    this.arm()
    return body.end
  }

  #refuse (fault: Fault): void {
    const refusal = { status: fault.status, reason: fault.reason, message: `${fault.message} (${fault.clause})`, close: true }
    this.state = 'exchange'
    this.write(ownAnswer(refusal, false, true))
    this.parts.unreadable(this, refusal)
    this.finish(false)
  }

  /** The body of the request is not wanted faster than this. */
  pause (): void {
    if (this.#paused || this.state === 'closed') return
    this.#paused = true
    this.socket.pause()
    this.arm()
  }

  /** Nothing of the body is handed on until `unhold`, not even what has been read with the head. */
  hold (): void {
    this.#held = true
    this.pause()
  }

  unhold (): void {
    this.#held = false
    if (this.state !== 'exchange') return
    const rest = this.#rest
    this.#rest = undefined
    this.resume()
    if (rest !== undefined) this.#work(rest)
  }

  resume (): void {
    // What was sent ahead waits; more of it must not come.
    if (!this.#paused || this.state === 'closed' || (this.#rest !== undefined && this.state === 'exchange')) return
    this.#paused = false
    this.socket.resume()
    this.arm()
  }

  /** What was read from the socket and belongs to whatever comes after the request: the first bytes of a new protocol. */
  takeRest (): Buffer | undefined {
    const rest = this.#rest
    this.#rest = undefined
    return rest
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    if (this.state === 'tunnel') return
    // Whoever closes its side while it waits has nobody left to read the answer: no client of HTTP does so otherwise.
    if (this.state === 'exchange') {
      this.#gone()
      this.socket.destroy()
    } else this.socket.destroySoon()
  }

  readonly #onError = (): void => { this.#gone() }

  readonly #onClose = (): void => {
    this.#gone()
    this.#close()
  }

  #gone (): void {
    const sink = this.#sink
    this.#sink = undefined
    sink?.requestGone()
  }

  #close (): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.parts.patience.remove(this)
    this.parts.closed(this)
  }

  // === writing ===

  /** The head of an answer, held back until something follows it or `flush`. */
  head (text: string): void { this.#pendingHead = text }

  /** Takes back a head that has not gone out. @returns whether there was one */
  dropHead (): boolean {
    const held = this.#pendingHead !== ''
    this.#pendingHead = ''
    return held
  }

  /** @returns false when the client does not keep up; `writable` tells when it does again */
  content (bytes: Buffer, from: number, to: number): boolean {
    const { socket } = this
    const part = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)
    if (this.#pendingHead === '') return this.#sent(socket.write(part))
    const head = this.#pendingHead
    this.#pendingHead = ''
    if (to - from <= TOGETHER_BYTES) return this.#sent(socket.write(head + bytes.toString('latin1', from, to), 'latin1'))
    socket.cork()
    socket.write(head, 'latin1')
    const goesOn = socket.write(part)
    socket.uncork()
    return this.#sent(goesOn)
  }

  /** Text of the wire itself: heads, chunk lines, own answers. */
  write (text: string): boolean {
    const all = this.#pendingHead + text
    this.#pendingHead = ''
    return all === '' || this.#sent(this.socket.write(all, 'latin1'))
  }

  flush (): void { if (this.#pendingHead !== '') this.write('') }

  cork (): void { this.socket.cork() }
  uncork (): void { this.socket.uncork() }

  /** The answer is complete. @param keep whether another request may follow */
  finish (keep: boolean): void {
    this.flush()
    this.#held = false
    this.#sink = undefined
    if (this.state !== 'exchange') return
    if (!keep || !this.requestDone || this.#ended) { this.#farewell(); return }
    this.#body = undefined
    this.state = 'waiting'
    this.until = this.parts.clock.monotonic() + this.parts.limits.keepAliveMs
    const rest = this.#rest
    this.#rest = undefined
    this.resume()
    if (rest === undefined) return
    if (this.#working || this.#stalled) this.#hold(rest)
    else this.#work(rest)
  }

  /** No answer, or half of one: the client must not take it for a whole. */
  cut (): void {
    this.#gone()
    this.#pendingHead = ''
    // A reset says more clearly than an end that something is missing.
    if (!this.socket.destroyed) this.socket.resetAndDestroy()
    this.#close()
  }

  /** Closes in peace if nothing is under way. */
  closeIdle (): void {
    if (!this.isIdle) return
    this.#sink = undefined
    this.socket.end()
    this.#startLingering()
  }

  /** The connection is another protocol's from here on. Timers and listeners of this one are gone. */
  release (): void {
    this.state = 'tunnel'
    this.#sink = undefined
    this.parts.patience.remove(this)
    this.socket.off('data', this.#onBytes).off('end', this.#onEnd).off('drain', this.#onDrain)
    this.socket.pause()
  }

  /** Our side is done; what the client still sends is read for a while, since closing with unread bytes makes the system throw the answer away. */
  #farewell (): void {
    this.socket.end()
    if (this.#ended) { this.socket.destroySoon(); return }
    this.#startLingering()
  }

  #startLingering (): void {
    this.state = 'lingering'
    this.until = this.parts.clock.monotonic() + this.parts.limits.lingerMs
    if (this.#rest !== undefined) {
      this.#lingered = this.#rest.length
      this.#rest = undefined
    }
    this.#paused = false
    this.socket.resume()
  }

  #linger (bytes: number): void {
    this.#lingered += bytes
    if (this.#lingered > this.parts.limits.lingerBytes) this.socket.destroy()
  }

  #sent (goesOn: boolean): boolean {
    if (goesOn) return true
    this.#stalled = true
    this.arm()
    return false
  }

  readonly #onDrain = (): void => {
    this.#stalled = false
    this.arm()
    this.#sink?.writable()
    if (this.state !== 'waiting') return
    const rest = this.takeRest()
    this.resume()
    if (rest !== undefined) this.#work(rest)
  }

  // === time ===

  /** Limits of what is being waited for now. */
  arm (): void {
    if (this.state !== 'exchange') return
    const { limits, clock } = this.parts
    const deadline = this.#sink?.deadlineAt ?? Infinity
    const silent = this.#stalled ? limits.stalledMs : !this.requestDone && !this.#paused && this.#sink?.long !== true ? limits.requestIdleMs : Infinity
    this.until = silent === Infinity ? deadline : Math.min(deadline, clock.monotonic() + silent)
  }

  expired (): void {
    const now = this.parts.clock.monotonic()
    this.#expired(now)
    if (this.state !== 'closed' && this.state !== 'tunnel') stay(this.parts.patience, this, now)
  }

  #expired (now: number): void {
    this.until = Infinity
    if (this.state === 'exchange') {
      const sink = this.#sink
      if (sink !== undefined && now >= sink.deadlineAt) sink.deadlinePassed()
      else if (this.#stalled) { this.#gone(); this.socket.destroy() } else if (sink !== undefined && !this.requestDone) sink.requestFailed(SLOW)
      return
    }
    // Nothing has come at all: there is nobody to be told.
    if (this.state === 'reading' && this.#rest !== undefined) { this.#refuse({ ...SLOW, message: 'the head of the request did not come in time' }); return }
    this.socket.destroy()
  }
}

const SLOW: Fault = { status: 408, reason: 'slow-request', message: 'the body of the request did not come in time', clause: 'RFC 9110, 15.5.9' }
