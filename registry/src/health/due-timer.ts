// Any number of due things under one timer of the clock: the timer always stands for the first of them. Used by deadlines.ts, scheduler.ts and
// sync-delay.ts; the order itself is kept by due-queue.ts.

import { MAX_TIMER_MS } from '../clock.js'
import type { CancelTimer, Clock } from '../clock.js'
import { DueQueue } from './due-queue.js'
import type { Due } from './due-queue.js'

export type { Due } from './due-queue.js'

/** Handled in one turn of the event loop; the rest of a burst follows in the next turns, so that requests are answered in between. */
const PER_TURN = 100

export interface DueTimerOptions<T extends Due> {
  readonly clock: Clock
  /** Called when `entry` is due, never early; it is off the queue by then. Must not throw. */
  readonly fire: (entry: T, now: number) => void
}

export class DueTimer<T extends Due> {
  readonly #queue = new DueQueue<T>()
  readonly #options: DueTimerOptions<T>
  #cancel: CancelTimer | undefined
  #armedFor = Infinity
  #stopped = false

  constructor (options: DueTimerOptions<T>) { this.#options = options }

  get size (): number { return this.#queue.size }

  /** Sets or moves `entry` to `at` (ms on the monotonic clock). After `stop` nothing is ever due. */
  set (entry: T, at: number): void {
    if (this.#stopped) return
    this.#queue.set(entry, at)
    if (at < this.#armedFor) this.#arm()
  }

  delete (entry: T): void { this.#queue.delete(entry) }

  /** Gives each entry a new time. O(n). */
  reschedule (at: (entry: T) => number): void {
    this.#queue.reschedule(at)
    this.#arm()
  }

  /** Ends the timer; idempotent. */
  stop (): void {
    this.#stopped = true
    this.#disarm()
    this.#queue.clear()
  }

  #disarm (): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#armedFor = Infinity
  }

  #arm (): void {
    this.#disarm()
    const first = this.#queue.peek()
    if (first === undefined || this.#stopped) return
    this.#armedFor = first.at
    // A timer may fire a fraction of a millisecond before its time; rounding up saves a turn for nothing.
    const wait = Math.min(Math.max(Math.ceil(first.at - this.#options.clock.monotonic()), 0), MAX_TIMER_MS)
    this.#cancel = this.#options.clock.after(wait, () => this.#turn())
  }

  #turn (): void {
    this.#disarm()
    const now = this.#options.clock.monotonic()
    for (let n = 0; n < PER_TURN; n++) {
      const first = this.#queue.peek()
      if (first === undefined || first.at > now) break
      this.#queue.delete(first)
      this.#options.fire(first, now)
    }
    this.#arm()
  }
}
