// Many waits with a limit, for the price of one timer: limits of seconds need no more exact watch than every tenth of a second, and nearly all waits end long before. (A timer of its own
// for each request costs as much as all other policies together.)

import type { CancelTimer, Clock } from '../clock.js'

/** Shortest and longest distance of two looks, ms. */
const MIN_TICK_MS = 10
const MAX_TICK_MS = 100
/** A limit is watched at least so finely, as a part of itself. */
const PARTS = 10

/** Something that waits. Is its own place in the list, so that coming and going allocates nothing. */
export interface Waiting {
  /** Monotonic, ms. */
  until: number
  before: Waiting | undefined
  after: Waiting | undefined
  /** Called at most once, up to a tick late. It is in the list no more. */
  expired (): void
}

/** The timer runs while somebody waits, so it has no owner but them. */
export class Patience {
  #first: Waiting | undefined
  #cancel: CancelTimer | undefined
  #nextAt = Infinity
  #tickMs = MAX_TICK_MS

  constructor (private readonly clock: Clock) {}

  /** @param now monotonic, ms */
  add (waiting: Waiting, ms: number, now: number): void {
    waiting.until = now + ms
    waiting.before = undefined
    waiting.after = this.#first
    if (this.#first !== undefined) this.#first.before = waiting
    this.#first = waiting
    const tick = Math.max(MIN_TICK_MS, Math.min(MAX_TICK_MS, ms / PARTS))
    if (this.#cancel !== undefined && tick >= this.#tickMs) return
    this.#tickMs = tick
    this.#start(now)
  }

  remove (waiting: Waiting): void {
    const { before, after } = waiting
    if (before === undefined && this.#first !== waiting) return
    if (before === undefined) this.#first = after
    else before.after = after
    if (after !== undefined) after.before = before
    waiting.before = waiting.after = undefined
  }

  #start (now: number): void {
    this.#cancel?.()
    this.#nextAt = now + this.#tickMs
    this.#cancel = this.clock.after(this.#tickMs, () => this.#look())
  }

  /** Nobody waits: the timer ends with its next turn, not before, since most often somebody comes again at once. */
  #look (): void {
    this.#cancel = undefined
    const now = Math.max(this.clock.monotonic(), this.#nextAt)
    const due: Waiting[] = []
    for (let waiting = this.#first; waiting !== undefined; waiting = waiting.after) if (waiting.until <= now) due.push(waiting)
    for (const waiting of due) {
      // One that expired may have ended others.
      if (waiting.before === undefined && this.#first !== waiting) continue
      this.remove(waiting)
      waiting.expired()
    }
    if (this.#first !== undefined && this.#cancel === undefined) this.#start(this.clock.monotonic())
    else if (this.#first === undefined) this.#tickMs = MAX_TICK_MS
  }
}
