// A clock that stands still until it is told to go on. Timers run in the order of their time, then of their making; an hour passes in microseconds.

import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../clock.js'

export interface VirtualClock extends Clock {
  /** Goes on by `ms`, running what falls due on the way. Promises that these resolve are the caller's affair. */
  advance (ms: number): void
  /** The same, and between two timers everything that has been resolved runs: for code that awaits. */
  run (ms: number): Promise<void>
  /** Timers that wait. */
  readonly pending: number
}

/** `fn` is `undefined` once it was cancelled or has run. */
interface Timer { readonly at: number, readonly made: number, fn: (() => void) | undefined }

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.made < b.made)

/** Timers by their time: a binary heap, since a simulation has many thousands of them. Those that were cancelled are passed over when their time comes. */
class Timers {
  readonly #heap: Timer[] = []

  push (timer: Timer): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(timer, heap[above]!)) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = timer
  }

  /** The first that is due, taken out. */
  due (until: number): Timer | undefined {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined || (first.fn !== undefined && first.at > until)) return undefined
      this.#shift()
      if (first.fn !== undefined) return first
    }
  }

  #shift (): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++
      if (!isBefore(heap[below]!, last)) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = last
  }
}

/** @param start wall clock at the beginning, ms since 1970 */
export function virtualClock (start: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let time = 0
  let made = 0
  let pending = 0
  const timers = new Timers()
  const step = (end: number): boolean => {
    const timer = timers.due(end)
    if (timer === undefined) { time = end; return false }
    time = Math.max(time, timer.at)
    pending--
    const { fn } = timer
    timer.fn = undefined
    fn!()
    return true
  }
  return {
    now: () => start + time,
    monotonic: () => time,
    after (ms, fn) {
      const timer: Timer = { at: time + Math.max(0, ms), made: made++, fn }
      pending++
      timers.push(timer)
      return () => {
        if (timer.fn === undefined) return
        timer.fn = undefined
        pending--
      }
    },
    advance (ms) { const end = time + ms; while (step(end)) continue },
    async run (ms) {
      const end = time + ms
      do await setImmediate(); while (step(end))
    },
    get pending () { return pending },
  }
}
