// How old knowledge is, and whether it is still good. Pure.

/** When a list was last known to be right. All in ms of the clock that is named. */
export interface Known {
  /** The registry is listened to now: what it does not change it confirms. */
  readonly live: boolean
  /** Monotonic; -Infinity: never. */
  readonly confirmedAt: number
}

/** @example ageMs({ live: false, confirmedAt: 100 }, 350) === 250; ageMs({ live: true, confirmedAt: 100 }, 350) === 0 */
export const ageMs = ({ live, confirmedAt }: Known, now: number): number => live ? 0 : Math.max(0, now - confirmedAt)

/**
 * Whether a list from disk may be used. One from the future was written under another clock: nobody knows how old it is.
 *
 * @param savedAt @param now wall clock, ms
 * @param slackMs by how much clocks of one machine may differ over time
 */
export const usableFromDisk = (savedAt: number, now: number, maxAgeMs: number, slackMs = 60_000): boolean => savedAt <= now + slackMs && now - savedAt <= maxAgeMs
