// One connection of the watch stream: several subscriptions, frames handed over as they come, alive or typed error. It does not reconnect, keep rows or retry; that is the work
// of whoever holds it. Frames: watch-protocol.ts; opening the socket: watch-socket.ts; the older way to wait: blocking.ts.

import { systemClock } from '../clock.js'
import type { Clock } from '../clock.js'
import { DecodeError, SubscriptionError, UnreachableError, WatchClosedError } from './errors.js'
import type { ErrorContext, RosterClientError } from './errors.js'
import type { Transport } from './transport.js'
import type { ClientFrame, ProgressFrame, RowsFrame, ServerFrame, WatchKind, WatchKinds } from './watch-protocol.js'
import { Outbox } from './watch-outbox.js'
import { openSocket } from './watch-socket.js'
import type { WatchSocket } from './watch-socket.js'

export interface WatchOptions {
  /** Ends the opening; an open connection is ended by `close()`. */
  readonly signal?: AbortSignal
  readonly token?: string
  /** Until the stream stands, on each server that is tried, ms. Default 5,000. */
  readonly openTimeoutMs?: number
  /** How often to ask whether the other end is still there, ms. Default 15,000. Less finds a dead server sooner, for more traffic. */
  readonly pingMs?: number
  /** How long it may take to show any sign of life after that, ms. Default 10,000. */
  readonly pongTimeoutMs?: number
  /** Bytes that may wait to be sent; at the bound the connection is ended, because the server no longer reads. Default 1 MiB. */
  readonly maxBufferedBytes?: number
}

/** What a subscriber is told. Called in order, never after `end`. Must not throw: one that does is ended with its own error, the others go on. */
export interface Subscriber<K extends WatchKind> {
  readonly frame: (frame: RowsFrame<WatchKinds[K]['row']> | ProgressFrame) => void
  /** Once: with an error when the server refused or the connection was lost, without one after `close()`. */
  readonly end?: (error: RosterClientError | undefined) => void
}

export interface Subscription {
  readonly id: string
  /** Says that everything up to `index` is acted upon. Several within one turn of the event loop become one frame, the newest. */
  ack (index: number): void
  close (): void
}

export const watchApi = (http: Transport) => ({
  /**
   * Connects to the first server that will have it.
   * @throws WatchUnsupportedError (a Consul, an older server), UnreachableError, TimeoutError, PermissionDeniedError, AbortedError
   */
  open: (options: WatchOptions = {}): Promise<WatchConnection> => http.onAnyServer(async address => {
    const { dispatcher, headers } = http.upgradeTo(address, options.token)
    return new WatchConnection(await openSocket({ dispatcher, headers, address, timeoutMs: options.openTimeoutMs ?? 5000, signal: options.signal }), options)
  }),
})

export class WatchConnection {
  /** Address of the server, as the user wrote it. */
  readonly address: string
  /** Settles once, when the connection is over: `undefined` after `close()`, else why. */
  readonly closed: Promise<RosterClientError | undefined>
  readonly #socket: WatchSocket
  readonly #subscribers = new Map<string, Subscriber<WatchKind>>()
  readonly #outbox: Outbox
  readonly #where: ErrorContext
  readonly #maxBufferedBytes: number
  readonly #timers: { ping: NodeJS.Timeout, pong: NodeJS.Timeout | undefined }
  readonly #settle: (error: RosterClientError | undefined) => void
  #nextId = 1
  #bytesAtPing = 0
  #over = false

  constructor (socket: WatchSocket, { pingMs = 15_000, pongTimeoutMs = 10_000, maxBufferedBytes = 1024 * 1024 }: WatchOptions, clock: Clock = systemClock) {
    this.#socket = socket
    this.#outbox = new Outbox(frame => this.#send(frame), clock)
    this.address = socket.address.text
    this.#where = { url: socket.url, address: this.address }
    this.#maxBufferedBytes = maxBufferedBytes
    let settle!: (error: RosterClientError | undefined) => void
    this.closed = new Promise(resolve => { settle = resolve })
    this.#settle = settle
    socket.onMessage = text => this.#receive(text)
    socket.onClose = (code, reason) => this.#finish(new WatchClosedError(
      code === 1006 ? 'The watch connection was lost' : `The registry ended the watch connection: ${code}${reason === '' ? '' : ` (${reason})`}`, code, reason, this.#where))
    this.#timers = { ping: setInterval(() => this.#ping(pongTimeoutMs), pingMs), pong: undefined }
  }

  get subscriptions (): number { return this.#subscribers.size }

  /**
   * Begins a subscription. The first frame is a snapshot, or with `since` a change or progress from there; the frame's type says which.
   * @throws WatchClosedError when the connection is over
   */
  subscribe<K extends WatchKind> (kind: K, params: WatchKinds[K]['params'], subscriber: Subscriber<K>, { since }: { readonly since?: number } = {}): Subscription {
    if (this.#over) throw new WatchClosedError('The watch connection is closed', 1000, '', this.#where)
    const id = String(this.#nextId++)
    this.#subscribers.set(id, subscriber as Subscriber<WatchKind>)
    this.#outbox.subscribe({ op: 'sub', id, kind, params, ...since !== undefined && { since } })
    return {
      id,
      ack: index => { if (this.#subscribers.has(id)) this.#outbox.ack(id, index) },
      close: () => { if (this.#subscribers.has(id)) { this.#outbox.unsubscribe(id); this.#end(id, undefined) } },
    }
  }

  /** Says farewell and ends the connection; resolves when the socket is gone, at the latest after a second. */
  async close (): Promise<void> {
    this.#finish(undefined)
    await this.#socket.close()
  }

  #receive (text: string): void {
    let frame: ServerFrame
    try { frame = readFrame(text) } catch (cause) {
      this.#fail(new DecodeError(`The registry sent a watch frame that cannot be read: ${JSON.stringify(text.slice(0, 80))}`, undefined, { ...this.#where, cause }))
      return
    }
    if (frame.type === 'error') {
      if (frame.id === undefined || frame.id === '') this.#fail(new WatchClosedError(`The registry refused the watch: ${frame.error}`, 1002, frame.error, this.#where))
      else this.#end(frame.id, new SubscriptionError(frame.error, frame.id, this.#where))
      return
    }
    // A frame for a subscription that was closed just now is on its way for a while; a type that is not known is of a later version.
    const subscriber = this.#subscribers.get(frame.id)
    if (subscriber === undefined || !known.has(frame.type)) return
    try { subscriber.frame(frame as RowsFrame<never> | ProgressFrame) } catch (cause) {
      this.#outbox.unsubscribe(frame.id)
      this.#end(frame.id, new SubscriptionError(`The subscriber failed: ${cause instanceof Error ? cause.message : String(cause)}`, frame.id, { ...this.#where, cause }))
    }
  }

  #send (frame: ClientFrame): void {
    if (this.#over) return
    this.#socket.send(JSON.stringify(frame))
    if (this.#socket.bufferedBytes > this.#maxBufferedBytes) this.#fail(new WatchClosedError(`The registry does not read: more than ${this.#maxBufferedBytes} bytes wait to be sent`, 1006, '', this.#where))
  }

  /** Any byte that comes after the ping is a sign of life, the pong as good as a frame. */
  #ping (pongTimeoutMs: number): void {
    if (this.#timers.pong !== undefined && this.#socket.bytesRead === this.#bytesAtPing) return
    clearTimeout(this.#timers.pong)
    const before = this.#bytesAtPing = this.#socket.bytesRead
    this.#socket.ping()
    this.#timers.pong = setTimeout(() => {
      this.#timers.pong = undefined
      if (this.#socket.bytesRead === before) this.#fail(new UnreachableError(`The registry showed no sign of life for ${pongTimeoutMs} ms after a ping`, { ...this.#where, sent: true }))
    }, pongTimeoutMs)
  }

  #fail (error: RosterClientError): void {
    this.#finish(error)
    this.#socket.terminate()
  }

  #finish (error: RosterClientError | undefined): void {
    if (this.#over) return
    this.#over = true
    clearInterval(this.#timers.ping)
    clearTimeout(this.#timers.pong)
    this.#outbox.stop()
    for (const id of [...this.#subscribers.keys()]) this.#end(id, error)
    this.#settle(error)
  }

  #end (id: string, error: RosterClientError | undefined): void {
    const subscriber = this.#subscribers.get(id)
    if (subscriber === undefined) return
    this.#subscribers.delete(id)
    // Whoever throws while being told that it is over has nobody left to tell.
    try { subscriber.end?.(error) } catch {}
  }
}

const known: ReadonlySet<string> = new Set(['snapshot', 'change', 'resync', 'progress'])

/** Checks what code follows without asking; rows are the kind's promise. Lists that are absent are empty. @throws Error when it is no frame */
function readFrame (text: string): ServerFrame {
  const frame = JSON.parse(text) as Record<string, unknown>
  const { id, type, index, upserts = [], removes = [], error } = frame
  if (type === 'error') return { ...typeof id === 'string' && { id }, type, error: typeof error === 'string' ? error : JSON.stringify(error) }
  if (typeof id !== 'string' || typeof type !== 'string') throw new TypeError('neither id nor type')
  if (!known.has(type)) return { id, type } as unknown as ServerFrame
  if (typeof index !== 'number' || !Array.isArray(upserts ?? []) || !Array.isArray(removes ?? [])) throw new TypeError('index or rows missing')
  for (const row of (upserts ?? []) as unknown[]) {
    if (typeof row !== 'object' || row === null || typeof (row as { Key?: unknown }).Key !== 'string') throw new TypeError('a row without key')
  }
  return { id, type, index, upserts: upserts ?? [], removes: removes ?? [] } as ServerFrame
}
