// Time as an input: the real clock, and the shape that tests give a false one (test/support/fake-clock.ts).

/** Ends a timer; calling it twice is fine. */
export type CancelTimer = () => void

export interface Clock {
  /** Wall clock, ms since 1970. For people and time stamps only; never for durations. */
  now (): number
  /** Monotonic, ms. */
  monotonic (): number
  /** Calls `fn` once after `ms`. The timer does not keep the process alive. */
  after (ms: number, fn: () => void): CancelTimer
}

/** Longest delay that a Node timer takes; longer waits are split by whoever needs them. */
export const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after (ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
