// When a result reaches the catalog: a new status at once, with its output; a new output alone later, so that chatty outputs do not wake every
// watcher. `syncWhen` and `syncDelayMs` decide; `SyncDelay` is the timers.

import type { Clock } from '../clock.js'
import { DueTimer } from './due-timer.js'
import type { Due } from './due-timer.js'

export interface Shown { readonly status: string, readonly output: string }

/**
 * @param before what the catalog shows
 * @param after what was found
 * @param updateIntervalMs `check_update_interval`; 0: every output goes at once
 */
export function syncWhen (before: Shown, after: Shown, updateIntervalMs: number): 'now' | 'later' | 'never' {
  if (before.status !== after.status) return 'now'
  if (before.output === after.output) return 'never'
  return updateIntervalMs > 0 ? 'later' : 'now'
}

/** 0.5 to 1.5 intervals, so that the checks of one start do not stay in step. */
export const syncDelayMs = (updateIntervalMs: number, random: () => number): number => updateIntervalMs * (0.5 + random())

/** Puts off the output of any number of checks. Each waits once: outputs that come meanwhile go along, they do not start the wait anew. */
export class SyncDelay<Id> {
  readonly #clock: Clock
  readonly #entries = new Map<Id, Due & { readonly id: Id }>()
  readonly #timer: DueTimer<Due & { readonly id: Id }>

  /** @param due called when the wait of `id` is over. Must not throw. */
  constructor (clock: Clock, due: (id: Id) => void) {
    this.#clock = clock
    this.#timer = new DueTimer({
      clock,
      fire: entry => {
        this.#entries.delete(entry.id)
        due(entry.id)
      },
    })
  }

  get size (): number { return this.#entries.size }

  /** Starts the wait of `id`, ms, unless it is waiting already. */
  defer (id: Id, delayMs: number): void {
    if (this.#entries.has(id)) return
    const entry = { id, at: 0, slot: -1 }
    this.#entries.set(id, entry)
    this.#timer.set(entry, this.#clock.monotonic() + delayMs)
  }

  /** What was put off has gone along with something else, or its check is gone. */
  cancel (id: Id): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#timer.delete(entry)
  }

  /** Idempotent. */
  stop (): void {
    this.#timer.stop()
    this.#entries.clear()
  }
}
