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
  /** The head of the answer is here: the result is known, the call goes on as a stream until `done` or `release`. At most once; of a later `done` only a failure still counts. */
  answering (outcome: Outcome): void
  done (outcome: Outcome): void
  /** The call was given up: neither success nor failure. */
  release (): void
  [Symbol.dispose] (): void
}

/**
 * @param end called once, with the outcome of `done`, or without one
 * @param answering called at most once, and only before `end`
 */
export function pickedOnce (instance: Instance, reason: string, end: (outcome: Outcome | undefined) => void, answering: (outcome: Outcome) => void = () => {}): Picked {
  let answered = false
  let over = false
  const once = (outcome: Outcome | undefined) => {
    if (over) return
    over = true
    end(outcome)
  }
  const release = () => once(undefined)
  const head = (outcome: Outcome) => {
    if (over || answered) return
    answered = true
    answering(outcome)
  }
  return { instance, reason, answering: head, done: once, release, [Symbol.dispose]: release }
}
