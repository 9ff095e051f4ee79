// Forgets tombstones that are old enough, together with one row that says from which revision on deletions are remembered: the floor. A topic with neither rows
// nor tombstones has the floor as its index, so that it never goes back. What it is not: the one who makes tombstones (every deletion does).

import type { Clock, CancelTimer } from '../clock.js'
import type { Command, Engine, Event, Fold, Revision, Row } from './engine.js'

/** Row whose revision is the floor. */
export const FLOOR_KEY = 'meta/floor'

export interface FloorRecord {
  /** The newest deletion that is forgotten: whoever has seen everything up to it lacks none. Absent: the floor itself. */
  readonly forgotten?: Revision
}

/** The newest deletion that a floor says is forgotten. */
export const forgottenBy = ({ value, revision }: Row): Revision => (value as FloorRecord | undefined)?.forgotten ?? revision

/** ms that a tombstone is kept, counted from when it was folded here, and anew at each start: wall clocks do not come into it. As long as Consul keeps its own. */
export const KEEP_MS = 15 * 60_000
/** ms between looks. */
const INTERVAL_MS = 60_000
/** Tombstones in one transaction; more wait for the next, which follows at once. */
const MOST_AT_ONCE = 5000

/** When a tombstone was folded, ms on the monotonic clock, and which: a key may have been put and deleted again. */
export interface Seen {
  readonly revision: number
  readonly atMs: number
}

/** Purges what `seen` has seen for KEEP_MS and is still as it was seen. The result is how many. */
export function purgeTombstones (nowMs: number, seen: ReadonlyMap<string, Seen>): Command<number> {
  return head => {
    const purges: string[] = []
    let forgotten = 0
    for (const [key, { revision, atMs }] of seen) {
      if (purges.length === MOST_AT_ONCE) break
      if (nowMs - atMs < KEEP_MS) break // seen in this order, so the rest is younger
      // By prefix is the only way to read a tombstone; its own key is the first that can come.
      const [row] = head.tombstones(key)
      if (row?.key === key && row.revision === revision) {
        purges.push(key)
        forgotten = Math.max(forgotten, revision)
      }
    }
    // Tombstones are seen in the order of their revisions, but for those of before a start.
    const before = head.get(FLOOR_KEY)
    const floor: FloorRecord = { forgotten: Math.max(forgotten, before === undefined ? 0 : forgottenBy(before)) }
    return { tx: purges.length === 0 ? undefined : { puts: [[FLOOR_KEY, floor]], purges }, result: purges.length }
  }
}

export interface TombstoneCollectorOptions {
  /** Told of each purge. */
  readonly onPurge?: (count: number) => void
  /** Told of a purge that failed; it is tried again after the interval. */
  readonly onError?: (error: unknown) => void
}

/** Sees tombstones come and go and purges the old ones. Put it beside the state's fold: it wants every row and every event. */
export class TombstoneCollector implements Fold {
  readonly #clock: Clock
  readonly #engine: Pick<Engine, 'commit'>
  readonly #options: TombstoneCollectorOptions
  /** Oldest first. */
  readonly #seen = new Map<string, Seen>()
  #timer: CancelTimer | undefined

  constructor (clock: Clock, engine: Pick<Engine, 'commit'>, options: TombstoneCollectorOptions = {}) {
    this.#clock = clock
    this.#engine = engine
    this.#options = options
    this.#wait(INTERVAL_MS)
  }

  /** Tombstones that are remembered. For metrics. */
  get size (): number { return this.#seen.size }

  row (row: Row): void {
    this.#seen.delete(row.key) // and to the end again: it may have been seen before
    if (row.value === undefined) this.#seen.set(row.key, { revision: row.revision, atMs: this.#clock.monotonic() })
  }

  event (event: Event): void {
    for (const row of event.rows) this.row(row)
    for (const key of event.purges) this.#seen.delete(key)
  }

  #wait (ms: number): void {
    this.#timer = this.#clock.after(ms, () => { void this.#collect() })
  }

  async #collect (): Promise<void> {
    let purged = 0
    try {
      const { result } = await this.#engine.commit(purgeTombstones(this.#clock.monotonic(), this.#seen))
      purged = result
      if (purged > 0) this.#options.onPurge?.(purged)
    } catch (error) {
      this.#options.onError?.(error)
    }
    if (this.#timer !== undefined) this.#wait(purged === MOST_AT_ONCE ? 0 : INTERVAL_MS)
  }

  /** No purge begins after it. Idempotent. */
  stop (): void {
    this.#timer?.()
    this.#timer = undefined
  }
}
