// What a watch connection has to say, in order and at a pace: a server takes a client that sends hundreds of frames within a second for a flood and ends it,
// and a process that begins to watch a thousand services is none. Knows frames, not sockets.

import type { CancelTimer, Clock } from '../clock.js'
import type { ClientFrame } from './watch-protocol.js'

/** Frames that may go out at once after a pause. */
const BURST = 200
/** Frames a second after that. Together they stay below 500 within any second, the server's bound. */
const PER_SECOND = 250

/**
 * Subscriptions and their ends keep their order. Acknowledgements go behind them, one for each subscription, the newest index: so what waits is bounded by
 * the number of subscriptions, however long the server takes.
 */
export class Outbox {
  readonly #queue: ClientFrame[] = []
  readonly #acks = new Map<string, number>()
  #tokens = BURST
  #at: number
  #cancel: CancelTimer | undefined

  constructor (private readonly send: (frame: ClientFrame) => void, private readonly clock: Clock) { this.#at = clock.monotonic() }

  /** Frames that wait. */
  get size (): number { return this.#queue.length + this.#acks.size }

  subscribe (frame: ClientFrame & { readonly op: 'sub' }): void {
    this.#queue.push(frame)
    this.#flush()
  }

  /** Ends a subscription; one that was never said is taken back instead. */
  unsubscribe (id: string): void {
    this.#acks.delete(id)
    const waiting = this.#queue.findIndex(frame => frame.op === 'sub' && frame.id === id)
    if (waiting >= 0) this.#queue.splice(waiting, 1)
    else this.#queue.push({ op: 'unsub', id })
    this.#flush()
  }

  /** Sent with the next turn of the event loop at the earliest, so that several changes handled in one turn are one frame. */
  ack (id: string, index: number): void {
    this.#acks.set(id, Math.max(index, this.#acks.get(id) ?? 0))
    this.#cancel ??= this.clock.after(0, () => this.#flush())
  }

  stop (): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#queue.length = 0
    this.#acks.clear()
  }

  #flush (): void {
    const now = this.clock.monotonic()
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#at) * PER_SECOND / 1000)
    this.#at = now
    this.#cancel?.()
    this.#cancel = undefined
    while (this.#tokens >= 1 && this.size > 0) {
      this.#tokens--
      this.send(this.#next())
    }
    if (this.size > 0) this.#cancel = this.clock.after(1000 / PER_SECOND, () => this.#flush())
  }

  #next (): ClientFrame {
    const first = this.#queue.shift()
    if (first !== undefined) return first
    const [id, index] = this.#acks.entries().next().value!
    this.#acks.delete(id)
    return { op: 'ack', id, index }
  }
}
