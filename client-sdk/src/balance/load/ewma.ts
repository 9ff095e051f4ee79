// Averages that forget: the newest counts most, the old fades with time, not with the number of calls. Pure arithmetic, without a clock.

/** Share of the old value that is left after `elapsedMs`. @example a tenth of tau: 0.905; tau: 0.368; three times tau: 0.05 */
export const fade = (elapsedMs: number, tauMs: number): number => Math.exp(-Math.max(0, elapsedMs) / tauMs)

/** The average after one more sample. */
export const blend = (average: number, sample: number, elapsedMs: number, tauMs: number): number => {
  const old = fade(elapsedMs, tauMs)
  return average * old + sample * (1 - old)
}

/** A value on its way back to `rest`, when nothing has been heard for a while. */
export const relax = (value: number, rest: number, elapsedMs: number, tauMs: number): number => rest + (value - rest) * fade(elapsedMs, tauMs)
