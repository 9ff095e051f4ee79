// How long this process itself kept answers waiting: a busy event loop makes every server look slow, and the balancer must not blame them. Measured once for all calls of a process.

import type { CancelTimer, Clock } from '../clock.js'

/** What a call needs to know; 0 for ever where nobody measures. */
export interface LoopLag {
  /**
   * Time that the loop has been blocked since the beginning of time, ms. The difference over a call is what the call lost.
   * @param now monotonic, ms, for who has just looked
   */
  blockedMs (now?: number): number
  /** A call begins. Measuring goes on while there are calls, so that an idle process has no timer. */
  enter (): void
  leave (): void
}

export const noLag: LoopLag = { blockedMs: () => 0, enter: () => {}, leave: () => {} }

/** Distance of the ticks, ms. Less finds shorter blocks at a higher price. */
const TICK_MS = 20
/** Lateness that is not counted, ms: what timers have anyway. */
const GRACE_MS = 5

/**
 * A tick that comes late by more than the grace was kept from running, and so were answers. A tick that is overdue at this very moment counts too: sockets may be read
 * before timers run.
 * @example a tick planned for 20 ms that runs at 220 ms: 200 ms blocked
 */
export function measureLoopLag (clock: Clock): LoopLag {
  let total = 0
  let due = 0
  let calls = 0
  let cancel: CancelTimer = () => {}
  const late = (now = clock.monotonic()) => { const ms = now - due; return calls > 0 && ms > GRACE_MS ? ms : 0 }
  const tick = () => {
    total += late()
    due = clock.monotonic() + TICK_MS
    cancel = clock.after(TICK_MS, tick)
  }
  return {
    blockedMs: now => total + late(now),
    enter () {
      if (calls++ > 0) return
      due = clock.monotonic() + TICK_MS
      cancel = clock.after(TICK_MS, tick)
    },
    leave () {
      if (calls === 1) { total += late(); cancel() }
      calls = Math.max(0, calls - 1)
    },
  }
}
