// A clock that stands still until the test moves it; timers run in the order of their time, then of their making.
import type { Clock } from '../../src/clock.js'

export interface FakeClock extends Clock {
  /** Moves on by `ms`, running what falls due on the way. Synchronous: promises are the test's own affair. */
  advance (ms: number): void
  readonly pending: number
}

export function fakeClock (start = 0): FakeClock {
  let time = start
  let made = 0
  const timers = new Map<number, { readonly at: number, readonly fn: () => void }>()
  /** The earliest that is due; of several at one time the one made first, since a Map keeps the order. */
  const due = (until: number) => {
    let first: [number, { readonly at: number, readonly fn: () => void }] | undefined
    for (const entry of timers) if (entry[1].at <= until && (first === undefined || entry[1].at < first[1].at)) first = entry
    return first
  }
  return {
    now: () => Date.UTC(2026, 0, 1) + time,
    monotonic: () => time,
    after (ms, fn) {
      const id = made++
      timers.set(id, { at: time + Math.max(0, ms), fn })
      return () => { timers.delete(id) }
    },
    advance (ms) {
      const end = time + ms
      for (let next = due(end); next !== undefined; next = due(end)) {
        timers.delete(next[0])
        time = Math.max(time, next[1].at)
        next[1].fn()
      }
      time = end
    },
    get pending () { return timers.size },
  }
}
