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

/** The order of a pick's life is kept here; what it means is the balancer's. A class, since there is one for every call. */
export abstract class PickedOnce implements Picked {
  #answered = false
  #over = false

  constructor (readonly instance: Instance, readonly reason: string) {}

  /** Called at most once, and before `ended`. */
  protected abstract head (outcome: Outcome): void
  /** Called once: with the outcome of `done`, or without one. @param told whether `head` was called before */
  protected abstract ended (outcome: Outcome | undefined, told: boolean): void

  answering (outcome: Outcome): void {
    if (this.#over || this.#answered) return
    this.#answered = true
    this.head(outcome)
  }

  done (outcome: Outcome): void { this.#end(outcome) }
  release (): void { this.#end(undefined) }
  [Symbol.dispose] (): void { this.#end(undefined) }

  #end (outcome: Outcome | undefined): void {
    if (this.#over) return
    this.#over = true
    this.ended(outcome, this.#answered)
  }
}
