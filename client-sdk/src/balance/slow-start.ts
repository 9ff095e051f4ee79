// A new instance gets its share little by little, so that cold caches and compilers warm up before the full load comes. Off unless asked for. Pure.
// Source: Envoy, slow start mode.

export interface SlowStartOptions {
  /** Until an instance has its full weight, ms. More spares cold instances longer; less uses new capacity sooner. */
  readonly windowMs: number
  /** Share of its weight at the beginning, above 0, so that it is tried at all. Default 0.1. */
  readonly minFactor?: number
  /** 1: evenly. Above: most of it early; below: most of it late. Default 1. */
  readonly aggression?: number
}

/** @param ageMs since it was first seen @example of a window of 60 s, after 30 s: 0.5; after 3 s: 0.1 */
export function slowStartFactor (ageMs: number, { windowMs, minFactor = 0.1, aggression = 1 }: SlowStartOptions): number {
  if (ageMs >= windowMs) return 1
  return Math.max(minFactor, Math.max(0, ageMs / windowMs) ** (1 / aggression))
}
