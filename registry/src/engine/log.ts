// The numbered records of embedded.ts in an LMDB file: read, and added and removed in one transaction that is on the disk before it is acknowledged.
// What it is not: the one who knows what is in a record (record.ts) or which are of no use any more (embedded.ts).
//
// Why a log and not a tree of rows: LMDB copies whole pages, so a batch of rows all over a large tree costs a page each (at 300,000 rows a twelfth of the
// commits a second that appending gives); records at the end cost what they weigh, however many rows there are.
//
// LMDB is run without its overlapping sync: pages are written and synced, then the root is written and synced, and only then is the commit done. A failure
// anywhere before leaves the old root, and what a failed sync lost are pages that nothing points to; so to go on after one is sound here.

import { constants } from 'node:os'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { open as openLmdb } from 'lmdb'
import { EngineError } from './engine.js'
import type { RootDatabase } from 'lmdb'
import type { Clock } from '../clock.js'

const { ENOSPC, EDQUOT } = constants.errno

/** ms between tries on a disk that had no room and seems to have none: each try of LMDB's leaves a trace on stderr. */
const RETRY_MS = 1000
/** Bytes that a commit may need beside its records: tree pages and the list of free ones. */
const TREE_BYTES = 64 * 1024
const KEY_BYTES = 6

/** Records lie under their number, so that LMDB's order is the log's. */
export function recordKey (number: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES)
  key.writeUIntBE(number, 0, KEY_BYTES)
  return key
}

export class Log {
  readonly #path: string
  readonly #clock: Clock
  /** `undefined` after a failure, until it could be opened again. */
  #lmdb: RootDatabase<Buffer, Buffer> | undefined
  /** Number of the newest record that is certainly there. */
  #newest: number | undefined
  /** When a commit failed last (ms, monotonic); `undefined` while all is well. */
  #failedAt: number | undefined

  /** @throws LMDB's error for a file that cannot be opened */
  constructor (path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
    this.#lmdb = open(path)
    this.#newest = newestIn(this.#lmdb)
  }

  /** Whether the last commit failed. */
  get troubled (): boolean { return this.#failedAt !== undefined }

  get newest (): number | undefined { return this.#newest }

  get count (): number { return this.#lmdb?.getKeysCount({ start: recordKey(0) }) ?? 0 }

  read (number: number): Buffer | undefined {
    return this.#lmdb?.get(recordKey(number))
  }

  /**
   * Adds records, which come after all others, and removes some. Resolves when both are on the disk.
   * @throws EngineError `NO_SPACE` or `IO`, and then nothing of it took place
   */
  async write (records: ReadonlyArray<readonly [number: number, bytes: Buffer]>, removed: readonly number[]): Promise<void> {
    const bytes = records.reduce((sum, [, record]) => sum + record.length, TREE_BYTES)
    if (this.#failedAt !== undefined) {
      const trouble = await this.#probe(bytes)
      if (trouble !== undefined && this.#clock.monotonic() - this.#failedAt < RETRY_MS) throw trouble
    }
    try {
      const lmdb = this.#lmdb ??= this.#reopen()
      const committed = lmdb.batch(() => {
        for (const [number, record] of records) void lmdb.put(recordKey(number), record)
        for (const number of removed) void lmdb.remove(recordKey(number))
      })
      await committed
    } catch (error) {
      const cause = await claim(error)
      this.#failedAt = this.#clock.monotonic()
      await this.#drop()
      throw isFull(cause) ? noSpace(cause) : await this.#probe(bytes) ?? new EngineError('IO', `writing ${this.#path} failed: ${messageOf(cause)}`, { cause })
    }
    this.#newest = records.at(-1)?.[0] ?? this.#newest
    this.#failedAt = undefined
  }

  async close (): Promise<void> {
    await this.#drop()
  }

  /** LMDB's state after a failed commit is not to be built on (a failed write of the root makes it unusable), so it is opened afresh. */
  #reopen (): RootDatabase<Buffer, Buffer> {
    const lmdb = open(this.#path)
    const newest = newestIn(lmdb)
    if (newest === this.#newest) return lmdb
    void lmdb.close()
    throw new EngineError('IO', `${this.#path} holds record ${newest}, whose write was reported as failed; a restart is needed`)
  }

  async #drop (): Promise<void> {
    const lmdb = this.#lmdb
    this.#lmdb = undefined
    await lmdb?.close()
  }

  /** LMDB reports a short write as a failed one. Writing as much to a file of our own shows whether it is the room that is missing. */
  async #probe (bytes: number): Promise<EngineError | undefined> {
    const file = join(this.#path, 'space-probe')
    try {
      await writeFile(file, Buffer.alloc(bytes), { flush: true })
      return undefined
    } catch (cause) {
      return isFull(cause) ? noSpace(cause) : new EngineError('IO', `writing ${this.#path} failed: ${messageOf(cause)}`, { cause })
    } finally {
      await rm(file, { force: true }).catch(() => {}) // a disk that cannot even do this has said so above
    }
  }
}

function open (path: string): RootDatabase<Buffer, Buffer> {
  const options = {
    path,
    encoding: 'binary' as const,
    keyEncoding: 'binary' as const,
    maxDbs: 1,
    overlappingSync: false,
    // A batch for each write and none for the event turn: the latter has a promise of its own, which nobody could catch.
    eventTurnBatching: false,
    permissionsMode: 0o600, // LMDB knows it, its types do not
  }
  return openLmdb<Buffer, Buffer>(options)
}

function newestIn (lmdb: RootDatabase<Buffer, Buffer>): number | undefined {
  const [key] = lmdb.getKeys({ reverse: true, end: recordKey(0), limit: 1 })
  return (key as Buffer | undefined)?.readUIntBE(0, KEY_BYTES)
}

/**
 * The reason of a failed commit. LMDB gives it as a second, rejected promise on the error (`commitError`); unless it is taken there,
 * the process would end with an unhandled rejection. No other rejection is touched.
 */
async function claim (error: unknown): Promise<unknown> {
  const reason = (error as { readonly commitError?: unknown } | null)?.commitError
  if (!(reason instanceof Promise)) return error
  return reason.then(() => error, (cause: unknown) => cause)
}

/** LMDB's errors carry errno as a number, Node's as `errno` below zero. */
function isFull (error: unknown): boolean {
  const { code, errno } = error as { readonly code?: unknown, readonly errno?: unknown }
  const number = typeof errno === 'number' ? -errno : code
  return number === ENOSPC || number === EDQUOT
}

const noSpace = (cause: unknown): EngineError => new EngineError('NO_SPACE', 'no space left on the disk', { cause })
const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
