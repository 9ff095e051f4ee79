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

interface Timer { readonly at: number, readonly fn: () => void }

/** @param start wall clock at the beginning, ms since 1970 */
export function virtualClock (start: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let time = 0
  let made = 0
  const timers = new Map<number, Timer>()
  /** Of several at one time the one that was made first: a Map keeps the order. */
  const next = (until: number): [number, Timer] | undefined => {
    let first: [number, Timer] | undefined
    for (const entry of timers) if (entry[1].at <= until && (first === undefined || entry[1].at < first[1].at)) first = entry
    return first
  }
  const step = (end: number): boolean => {
    const due = next(end)
    if (due === undefined) { time = end; return false }
    timers.delete(due[0])
    time = Math.max(time, due[1].at)
    due[1].fn()
    return true
  }
  return {
    now: () => start + time,
    monotonic: () => time,
    after (ms, fn) {
      const id = made++
      timers.set(id, { at: time + Math.max(0, ms), fn })
      return () => { timers.delete(id) }
    },
    advance (ms) { const end = time + ms; while (step(end)) continue },
    async run (ms) {
      const end = time + ms
      do await setImmediate(); while (step(end))
    },
    get pending () { return timers.size },
  }
}
