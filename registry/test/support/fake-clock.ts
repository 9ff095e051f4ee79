// A clock that stands still until a test moves it. Timers run in order of their time, then of their making.
import type { Clock } from '../../src/clock.js'

export interface FakeClock extends Clock {
  /** Moves both clocks on by `ms`, running what is due on the way, microtasks between timers included. */
  advance (ms: number): Promise<void>
  /** Moves only the wall clock (NTP step, suspended laptop seen from outside). */
  jump (ms: number): void
  /** Timers that wait. */
  readonly pending: number
}

export function fakeClock (start = Date.UTC(2026, 0, 1)): FakeClock {
  let wall = start
  let mono = 0
  let made = 0
  const timers = new Map<number, { at: number, fn: () => void }>()
  return {
    now: () => wall,
    monotonic: () => mono,
    after (ms, fn) {
      const id = made++
      timers.set(id, { at: mono + Math.max(ms, 0), fn })
      return () => { timers.delete(id) }
    },
    async advance (ms) {
      const end = mono + ms
      for (;;) {
        await new Promise(resolve => setImmediate(resolve))
        const due = [...timers].filter(([, t]) => t.at <= end).sort(([i, a], [j, b]) => a.at - b.at || i - j)[0]
        if (due === undefined) break
        timers.delete(due[0])
        wall += due[1].at - mono
        mono = due[1].at
        due[1].fn()
      }
      wall += end - mono
      mono = end
      await new Promise(resolve => setImmediate(resolve))
    },
    jump (ms) { wall += ms },
    get pending () { return timers.size },
  }
}
