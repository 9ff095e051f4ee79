// The numbered records of embedded.ts in an LMDB file: read, and added and removed in one transaction that is on the disk before it is acknowledged.
// What it is not: the one who knows what is in a record (record.ts) or which are of no use any more (extents.ts).
//
// Why a log and not a tree of rows: LMDB copies whole pages, so a batch of rows all over a large tree costs a page each (at 300,000 rows a twelfth of the
// commits a second that appending gives); records at the end cost what they weigh, however many rows there are.
//
// LMDB is run without its overlapping sync: pages are written and synced, then the root is written and synced, and only then is the commit done. A failure
// anywhere before leaves the old root, and what a failed sync lost are pages that nothing points to; so to go on after one is sound here.

import { join } from 'node:path'
import { open as openLmdb } from 'lmdb'
import { EngineError } from './engine.js'
import { writeLockFile } from './lock-file.js'
import { Room, trouble } from './room.js'
import type { RootDatabase } from 'lmdb'
import type { Clock } from '../clock.js'

/** ms that LMDB is left alone after it has failed: each try leaves a trace on stderr. */
const REST_MS = 100
const KEY_BYTES = 6

/** Records lie under their number, so that LMDB's order is the log's. */
function recordKey (number: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES)
  key.writeUIntBE(number, 0, KEY_BYTES)
  return key
}

export class Log {
  readonly #path: string
  readonly #clock: Clock
  readonly #room: Room
  /** `undefined` after a failure, until it could be opened again. */
  #lmdb: RootDatabase<Buffer, Buffer> | undefined
  /** Number of the newest record that is certainly there. */
  #newest: number | undefined
  /** Why the last commit failed, and when LMDB may be asked again (ms, monotonic); `undefined` while all is well. */
  #failure: { readonly error: EngineError, readonly restUntil: number } | undefined

  private constructor (path: string, clock: Clock, lmdb: RootDatabase<Buffer, Buffer>, room: Room) {
    this.#path = path
    this.#clock = clock
    this.#room = room
    this.#lmdb = lmdb
    this.#newest = newestIn(lmdb)
  }

  /**
   * @param path the directory of the file, made when it is absent
   * @throws LMDB's or the file system's error
   */
  static async open (path: string, clock: Clock): Promise<Log> {
    const lmdb = open(path)
    try {
      return new Log(path, clock, lmdb, await Room.open(join(path, 'data.mdb')))
    } catch (error) {
      await lmdb.close()
      throw error
    }
  }

  /** Whether the last commit failed. */
  get troubled (): boolean { return this.#failure !== undefined }

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
    if (this.#failure !== undefined && this.#clock.monotonic() < this.#failure.restUntil) throw this.#failure.error
    try {
      await this.#room.take(records.map(([, bytes]) => bytes.length))
    } catch (cause) {
      const error = cause instanceof EngineError ? cause : trouble(cause)
      this.#failure = { error, restUntil: 0 }
      throw error
    }
    try {
      const lmdb = this.#lmdb ??= this.#reopen()
      await lmdb.batch(() => {
        for (const [number, record] of records) void lmdb.put(recordKey(number), record)
        for (const number of removed) void lmdb.remove(recordKey(number))
      })
    } catch (failed) {
      const cause = await claim(failed)
      const error = cause instanceof EngineError ? cause : trouble(cause)
      this.#failure = { error, restUntil: this.#clock.monotonic() + REST_MS }
      await this.#drop()
      throw error
    }
    this.#newest = records.at(-1)?.[0] ?? this.#newest
    this.#failure = undefined
  }

  async close (): Promise<void> {
    await this.#drop()
    await this.#room.close()
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
}

function open (path: string): RootDatabase<Buffer, Buffer> {
  writeLockFile(path)
  const options = {
    path,
    encoding: 'binary' as const,
    keyEncoding: 'binary' as const,
    maxDbs: 1,
    noSubdir: false,
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
