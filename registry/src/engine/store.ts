// What makes the batches of a LocalEngine durable: the seam between the engine of one process and the place where bytes are kept.
// Implementations: memory.ts keeps nothing, embedded.ts keeps a log on LMDB.

import type { Event, Revision, Row } from './engine.js'

/** A row as this process holds it, with what its store notes on it: where it lies and how many bytes it takes there. Both 0 where nothing is kept. */
export interface HeldRow extends Row {
  record: number
  bytes: number
}

export interface HeldEvent extends Event {
  readonly rows: readonly HeldRow[]
}

/** What one flush makes durable. */
export interface Batch {
  readonly events: readonly HeldEvent[]
  /** Rows that stood where the events put, deleted or purged something: of no use once the batch is durable. */
  readonly replaced: readonly HeldRow[]
}

/** Makes batches durable. `append` is never called again before its promise has settled. */
export interface Store {
  /** Puts each stored row, tombstones included, under its key; gives the last revision. */
  load (rows: Map<string, HeldRow>): Promise<Revision>
  /**
   * `undefined`: done already (nothing to wait for). Rejects with EngineError when nothing of the batch was kept.
   * `current` gives the row at a key as of this batch; it may only be called before `append` returns, since the head runs on.
   */
  append (batch: Batch, current: (key: string) => HeldRow | undefined): Promise<void> | undefined
  close (): Promise<void>
}
