// Time as an input: the real clock, and the shape that a test or a simulator gives a false one.

/** Ends a timer; calling it twice is fine. */
export type CancelTimer = () => void

export interface Clock {
  /** Wall clock, ms since 1970: for people and time stamps, never for durations. */
  now (): number
  /** Monotonic, ms, from an arbitrary start. */
  monotonic (): number
  /** Calls `fn` once after `ms`. The timer does not keep the process alive. */
  after (ms: number, fn: () => void): CancelTimer
}

/** Longest delay that a Node timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after (ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(ms, 0), MAX_TIMER_MS)).unref()
    return () => clearTimeout(timer)
  },
}
