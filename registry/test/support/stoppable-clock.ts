// A false clock whose process can be "stopped": time goes on, nothing runs, and on continuing everything that is due runs late, in order of its time.
import { fakeClock, type FakeClock } from './fake-clock.js'

export interface StoppableClock extends FakeClock {
  /** The process stands still for `ms`; the monotonic clock runs on. */
  pause (ms: number): Promise<void>
  /** The machine sleeps for `ms`: the monotonic clock stands still, the time since boot does not. */
  sleep (ms: number): Promise<void>
  /** ms since boot, sleep included. */
  sinceBoot (): number
}

export function stoppableClock (): StoppableClock {
  const clock = fakeClock()
  /** While timers that fell due in a pause run: the time at which it ended. */
  let atLeast = 0
  let slept = 0
  const monotonic = (): number => Math.max(clock.monotonic(), atLeast)
  return {
    now: () => clock.now() + monotonic() - clock.monotonic() + slept,
    monotonic,
    after: (ms, fn) => clock.after(ms, fn),
    advance: ms => clock.advance(ms),
    jump: ms => clock.jump(ms),
    get pending () { return clock.pending },
    sinceBoot: () => monotonic() + slept,
    async pause (ms) {
      atLeast = clock.monotonic() + ms
      await clock.advance(ms)
    },
    async sleep (ms) {
      slept += ms
      await clock.advance(0)
    },
  }
}
