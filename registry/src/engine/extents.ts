// How much of each record of the log is still of use, and which old records are worth cleaning out. Knows sizes only; embedded.ts reads and moves.
//
// Cleaning begins when the log is larger than SPREAD times what is of use in it, plus some slack, and goes from the oldest record on: segment cleaning as in
// Rosenblum and Ousterhout, "The Design and Implementation of a Log-Structured File System" (1992). Because the oldest goes first, a purge need not be
// remembered once its record is the oldest: no record is left that could still hold what it purged.

import type { HeldRow } from './store.js'

/** Bytes of the log that are let be before any cleaning: less makes small registries clean all the time, more makes starts slower. */
const SLACK_BYTES = 8 * 1024 * 1024
/** Beyond the slack, the log may be this many times what is of use in it. More takes disk, less takes moving. */
const SPREAD = 2
/** Bytes of old records looked through for each byte that a batch adds, and at the least. Enough to keep up, little enough not to be felt. */
const CLEAN_RATE = 4
const CLEAN_BYTES = 128 * 1024

interface Extent {
  readonly bytes: number
  /** Bytes of the rows that lie there and are still of use. */
  used: number
}

export class Extents {
  readonly #slack: number
  readonly #extents = new Map<number, Extent>()
  #bytes = 0
  #used = 0

  constructor (slackBytes = SLACK_BYTES) { this.#slack = slackBytes }

  /** Bytes of all records, and of the rows in them that are of use. */
  get bytes (): number { return this.#bytes }
  get used (): number { return this.#used }

  /** Whether a record holds any row of use. */
  isUsed (record: number): boolean { return this.#extents.get(record)!.used > 0 }

  add (record: number, bytes: number, used: number): void {
    this.#extents.set(record, { bytes, used })
    this.#bytes += bytes
    this.#used += used
  }

  drop (record: number): void {
    const { bytes, used } = this.#extents.get(record)!
    this.#extents.delete(record)
    this.#bytes -= bytes
    this.#used -= used
  }

  /** A row has been replaced: what it takes is of no use any more. */
  release (row: HeldRow): void {
    const extent = this.#extents.get(row.record)
    if (extent === undefined) return // went with its record
    extent.used -= row.bytes
    this.#used -= row.bytes
  }

  /**
   * Records to clean out, oldest first, when `added` bytes are about to be appended.
   * @param first the oldest record
   * @param last the newest record, which always stays
   */
  worthCleaning (first: number, last: number, added: number): number[] {
    const chosen: number[] = []
    let excess = this.#bytes + added - SPREAD * this.#used - this.#slack
    if (excess <= 0) return chosen
    // Once begun, a little more than needed, so that not every batch has to touch the oldest pages.
    excess += this.#slack / 16
    let left = Math.max(CLEAN_BYTES, CLEAN_RATE * added)
    for (let record = first; record < last && excess > 0 && left > 0; record++) {
      const { bytes, used } = this.#extents.get(record)!
      chosen.push(record)
      excess -= bytes - used
      left -= used > 0 ? bytes : bytes / 16 // one without a row of use is dropped unread
    }
    return chosen
  }
}
