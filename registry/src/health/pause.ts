// Notices that this process itself stood still (SIGSTOP, a suspended laptop, a starved event loop), so that nobody is blamed for what it missed.
// It decides nothing: deadlines.ts and scheduler.ts are told and make up for it.

import { uptime } from 'node:os'
import type { CancelTimer, Clock } from '../clock.js'

export interface Pause {
  /** How far the monotonic clock ran on unattended, ms: what every deadline on that clock is short of. */
  readonly missedMs: number
  /** How long the machine slept on top of that, unseen by the monotonic clock, ms. */
  readonly asleepMs: number
}

/** Four beats a second: a pause is seen, and measured, to a quarter of a second, and an idle process still sleeps. */
const BEAT_MS = 250

/** Shorter pauses are the daily business of any event loop. */
const PAUSE_MS = 1000

export class PauseWatch {
  readonly #clock: Clock
  readonly #sinceBoot: () => number
  readonly #listeners = new Set<(pause: Pause) => void>()
  #beat = 0
  #boot = 0
  #cancel: CancelTimer | undefined
  /** Pauses seen so far; for metrics. */
  seen = 0

  /**
   * @param sinceBoot ms since boot, sleep of the machine included. Linux's monotonic clock stands still in a suspended laptop, this one does not;
   *   and unlike the wall clock nobody sets it, so a jumping wall clock is not taken for sleep.
   */
  constructor (clock: Clock, sinceBoot = () => uptime() * 1000) {
    this.#clock = clock
    this.#sinceBoot = sinceBoot
  }

  /** Calls `listener` after each pause longer than 1 s. Gives what ends that. */
  onPause (listener: (pause: Pause) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** Idempotent. */
  start (): void {
    if (this.#cancel !== undefined) return
    this.#remember()
    this.#arm()
  }

  /** Idempotent. */
  stop (): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /**
   * Looks whether there was a pause since the last beat, and tells. To be called before anything is declared dead:
   * after a pause, timers run in the order of their times, and the beat need not be the first.
   * @returns whether there was one
   */
  check (): boolean {
    if (this.#cancel === undefined) return false
    const missedMs = this.#clock.monotonic() - this.#beat
    const asleepMs = this.#sinceBoot() - this.#boot - missedMs
    if (missedMs <= PAUSE_MS && asleepMs <= PAUSE_MS) return false
    this.#remember()
    this.seen++
    for (const listener of this.#listeners) listener({ missedMs, asleepMs: Math.max(asleepMs, 0) })
    return true
  }

  #arm (): void {
    this.#cancel = this.#clock.after(BEAT_MS, () => {
      this.check()
      this.#remember()
      this.#arm()
    })
  }

  #remember (): void {
    this.#beat = this.#clock.monotonic()
    this.#boot = this.#sinceBoot()
  }
}
