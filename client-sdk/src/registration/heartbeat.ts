// The beat of everything that has to show signs of life: at a third of the TTL, jittered, sooner after a failure, one operation at a time. What a beat says is the keepers' affair
// (lease-keeper.ts, agent-keeper.ts).

import type { CancelTimer, Clock } from '../clock.js'
import { backoffMs, spread } from '../discovery/backoff.js'

export interface HeartbeatParts {
  readonly clock: Clock
  readonly random: () => number
  readonly ttlMs: () => number
  /** A rejection is told to `onTrouble`, and the next beat comes sooner. */
  readonly beat: () => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

/** Beats in one TTL: two may be lost. */
const BEATS_PER_TTL = 3
/** First return after a failure, ms, at most: a connection that was lost while the process stood still is no reason to stay away. */
const FIRST_RETURN_MS = 250

/**
 * When to beat next.
 *
 * @param failures in a row, 0: the last beat went well
 * @example nextBeatMs(15_000, 0, () => 0.5) === 5000
 */
export function nextBeatMs (ttlMs: number, failures: number, random: () => number): number {
  const regular = spread(ttlMs / BEATS_PER_TTL, random)
  if (failures === 0) return regular
  return Math.min(regular, failures === 1 ? FIRST_RETURN_MS * (0.2 + 0.8 * random()) : backoffMs(failures - 2, random))
}

export class Heartbeat {
  readonly #parts: HeartbeatParts
  #last: Promise<unknown> = Promise.resolve()
  #cancel: CancelTimer = () => {}
  #failures = 0
  #beating = false
  #stopped = false

  constructor (parts: HeartbeatParts) { this.#parts = parts }

  /** After all that was asked before; a beat that is under way is one of these. */
  run<T> (operation: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(operation, operation)
    this.#last = turn.catch(() => {})
    return turn
  }

  /** An operation that counts as a sign of life went well (or not): the next beat is reckoned from now. */
  begin (failed = false): void {
    this.#failures = failed ? this.#failures + 1 : 0
    this.#schedule()
  }

  /** Ends it; what is under way is let finish. Idempotent. */
  stop (): void {
    this.#stopped = true
    this.#cancel()
  }

  /** Resolves when nothing is under way any more. */
  async idle (): Promise<void> { await this.#last }

  #schedule (): void {
    this.#cancel()
    if (this.#stopped) return
    const { clock, random, ttlMs } = this.#parts
    this.#cancel = clock.after(nextBeatMs(ttlMs(), this.#failures, random), () => { void this.#beat() })
  }

  async #beat (): Promise<void> {
    // Behind a slow one there is no use in a second.
    if (this.#beating || this.#stopped) return
    this.#beating = true
    let failed = false
    try { await this.run(() => this.#stopped ? Promise.resolve() : this.#parts.beat()) } catch (error) {
      failed = true
      if (!this.#stopped) this.#parts.onTrouble(error)
    } finally { this.#beating = false }
    this.begin(failed)
  }
}
