// An instance, taken for one call: what the caller holds until the call is over. Ends once, whichever end comes first.

import type { Instance } from './instance.js'

export interface Outcome {
  /** Whether the instance did its work: 4xx are the caller's mistakes, 429 and 5xx are failures. */
  readonly ok: boolean
  /** Until the head of the answer, ms. Default: until now, without the time this process itself was busy. */
  readonly ms?: number
  /** The instance asked for a pause. */
  readonly retryAfterMs?: number
}

/** Exactly one of `done` and `release` counts, the first; `using` releases. */
export interface Picked {
  readonly instance: Instance
  /** Why this one, in a word: the policy's name, `probe`, or `panic`. */
  readonly reason: string
  done (outcome: Outcome): void
  /** The call was given up: neither success nor failure. */
  release (): void
  [Symbol.dispose] (): void
}

/** @param end called once, with the outcome of `done`, or without one */
export function pickedOnce (instance: Instance, reason: string, end: (outcome: Outcome | undefined) => void): Picked {
  let over = false
  const once = (outcome: Outcome | undefined) => {
    if (over) return
    over = true
    end(outcome)
  }
  const release = () => once(undefined)
  return { instance, reason, done: once, release, [Symbol.dispose]: release }
}
