// Who must give a sign of life until when: the timers of TTL checks and of leases. A deadline is not a schedule (scheduler.ts): it is moved again
// and again and, as a rule, never reached.
//
// Renewing only writes the new time into the owner's entry. The queue still holds the old time; when that comes, the entry is queued again for what
// has become of its deadline. So a renewal is O(1) and allocates nothing, and each owner costs the queue one step a TTL.

import type { Clock } from '../clock.js'
import { DueTimer } from './due-timer.js'
import type { Due } from './due-timer.js'
import type { Pause, PauseWatch } from './pause.js'

interface Entry<Id> extends Due {
  readonly id: Id
  ttlMs: number
  /** Monotonic, ms; `at` of the queue may lie before it, never after. */
  deadline: number
}

export interface DeadlinesOptions<Id> {
  readonly clock: Clock
  /** Whose pauses count; started and stopped by whoever made it. */
  readonly pauses: PauseWatch
  /** Called once when `id` has given no sign for its TTL; it stays known and can be renewed. Never early. Must not throw. */
  readonly lapsed: (id: Id) => void
}

/**
 * Deadlines of any number of owners, on the monotonic clock: no jump of the wall clock moves them.
 * After a pause of this process longer than 1 s, every deadline is put off by the missed time plus one TTL (to at most two TTLs from now).
 */
export class Deadlines<Id> {
  readonly #clock: Clock
  readonly #pauses: PauseWatch
  readonly #lapsed: (id: Id) => void
  readonly #entries = new Map<Id, Entry<Id>>()
  readonly #timer: DueTimer<Entry<Id>>
  readonly #unsubscribe: () => void

  constructor (options: DeadlinesOptions<Id>) {
    this.#clock = options.clock
    this.#pauses = options.pauses
    this.#lapsed = options.lapsed
    this.#timer = new DueTimer({ clock: options.clock, fire: (entry, now) => this.#fire(entry, now) })
    this.#unsubscribe = options.pauses.onPause(pause => this.#excuse(pause))
  }

  /** Owners known, lapsed ones included. */
  get size (): number { return this.#entries.size }

  has (id: Id): boolean { return this.#entries.has(id) }

  /** Watches over `id`, with one whole TTL (ms) from now; what was set for it before is forgotten. */
  set (id: Id, ttlMs: number): void {
    const before = this.#entries.get(id)
    const now = this.#clock.monotonic()
    if (before === undefined) {
      const entry = { id, ttlMs, deadline: now + ttlMs, at: 0, slot: -1 }
      this.#entries.set(id, entry)
      this.#timer.set(entry, entry.deadline)
    } else {
      before.ttlMs = ttlMs
      before.deadline = now + ttlMs
      this.#timer.set(before, before.deadline)
    }
  }

  /** A sign of life: one TTL from now, also for one that had lapsed. False when `id` is not known. */
  renew (id: Id): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    entry.deadline = this.#clock.monotonic() + entry.ttlMs
    if (entry.slot === -1) this.#timer.set(entry, entry.deadline)
    return true
  }

  /** Lets `id` lapse (again) in `ms` if it is not renewed before: for a lapse that could not be recorded. */
  retry (id: Id, ms: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.slot !== -1) return
    entry.deadline = this.#clock.monotonic() + ms
    this.#timer.set(entry, entry.deadline)
  }

  /** ms until `id` lapses, 0 once it has; `undefined` when not known. */
  remaining (id: Id): number | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    return entry.slot === -1 ? 0 : Math.max(entry.deadline - this.#clock.monotonic(), 0)
  }

  delete (id: Id): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#timer.delete(entry)
  }

  /** Nothing lapses any more. Idempotent. */
  stop (): void {
    this.#unsubscribe()
    this.#timer.stop()
  }

  #fire (entry: Entry<Id>, now: number): void {
    if (entry.deadline <= now) this.#pauses.check()
    if (entry.deadline > now) this.#timer.set(entry, entry.deadline)
    else this.#lapsed(entry.id)
  }

  #excuse ({ missedMs }: Pause): void {
    const now = this.#clock.monotonic()
    for (const entry of this.#entries.values()) {
      // Bounded, or a machine that stutters for hours would let the dead live for hours.
      entry.deadline = Math.min(entry.deadline + missedMs + entry.ttlMs, now + 2 * entry.ttlMs)
    }
    // Times in the queue may lie before the deadlines, so they can stay as they are.
  }
}
