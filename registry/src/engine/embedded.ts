// The durable store of one server: a log of records on LMDB, each with the rows of a batch. A row lies where it was last written; what is older is of no use.
// The log is kept short by moving what is still of use out of the oldest records, together with the next batch (extents.ts says when and which).
// What it is not: the engine (local.ts), the form of a record (record.ts), the LMDB file (log.ts).
//
//   record    1: a b c     2: b d      3: a e       4: b c         rows now: a@3 b@4 c@4 d@2 e@3
//   cleaning: record 1 has nothing of use left and goes; of record 2, d moves into the next record; then record 2 goes

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../clock.js'
import { auditPages } from './audit.js'
import { completeDirectory, enterDirectory, inWords, raiseMarker } from './directory.js'
import { EngineError } from './engine.js'
import { Extents } from './extents.js'
import { LocalEngine } from './local.js'
import { DirectoryLock } from './lock.js'
import { Log } from './log.js'
import { decodeEntries, decodeHead, decodeRow, encodePurge, encodeRecord, encodeRow } from './record.js'
import type { Clock } from '../clock.js'
import type { Codec, Revision } from './engine.js'
import type { LocalOptions } from './local.js'
import type { Entry, RecordHead } from './record.js'
import type { Batch, HeldRow, Store } from './store.js'

export interface EmbeddedOptions extends LocalOptions {
  /** Schema number of the tables: a directory with a higher one is refused. Default 1. */
  readonly schema?: number
  /** Roster's version, for the marker and for messages. Default `unknown`. */
  readonly madeBy?: string
  /** Bytes of log beyond twice what is of use in it, see extents.ts. Default 8 MiB; tests take less. */
  readonly slackBytes?: number
}

/** Bytes of entries in a record, unless a single one is larger: small enough to be cleaned in one go. */
const RECORD_BYTES = 64 * 1024

/** A log to append to, once it has been read. */
interface Opened {
  readonly lock: DirectoryLock
  readonly log: Log
}

export function embeddedEngine (dir: string, codec: Codec, options: EmbeddedOptions = {}): LocalEngine {
  return new LocalEngine(new EmbeddedStore(dir, codec, options), options)
}

export class EmbeddedStore implements Store {
  readonly #dir: string
  readonly #codec: Codec
  readonly #clock: Clock
  readonly #schema: number
  readonly #madeBy: string
  #opened: Opened | undefined
  readonly #extents: Extents
  /** Numbers of the oldest and the newest record. */
  #first = 1
  #last = 0

  constructor (dir: string, codec: Codec, options: EmbeddedOptions = {}) {
    this.#dir = dir
    this.#codec = codec
    this.#clock = options.clock ?? systemClock
    this.#schema = options.schema ?? 1
    this.#madeBy = options.madeBy ?? 'unknown'
    this.#extents = new Extents(options.slackBytes)
  }

  /** Bytes of the log and of what is of use in it. For metrics. */
  get size (): { readonly bytes: number, readonly used: number } { return { bytes: this.#extents.bytes, used: this.#extents.used } }

  // === load ===

  async load (rows: Map<string, HeldRow>): Promise<Revision> {
    const writer = { schema: this.#schema, madeBy: this.#madeBy }
    return await inWords(this.#dir, async () => {
      const root = enterDirectory(this.#dir, writer)
      const lock = await this.#about('', () => DirectoryLock.take(join(root, 'lock')))
      let log: Log | undefined
      try {
        const path = join(root, 'log')
        const file = join(path, 'data.mdb')
        await this.#about('', () => completeDirectory(root, writer, fresh => this.#fill(fresh)))
        const revision = await this.#about(`${file}: `, async () => {
          if (!existsSync(file) || statSync(file).size === 0) throw new EngineError('DAMAGED', 'it is gone')
          auditPages(file)
          log = await Log.open(path, this.#clock)
          const revision = this.#read(log, rows)
          // Opened anew, so that what has just been read does not stay mapped into this process.
          await log.close()
          log = await Log.open(path, this.#clock)
          return revision
        })
        raiseMarker(root, writer)
        this.#opened = { lock, log: log! }
        return revision
      } catch (error) {
        await log?.close()
        await lock.release()
        throw error
      }
    })
  }

  /** The log of a directory that nobody has written to: one record with no rows, so that a log without records is known to be damaged. */
  async #fill (path: string): Promise<void> {
    const log = await Log.open(path, this.#clock)
    try {
      await log.write([[1, encodeRecord({ number: 1, first: 1, revision: 0, schema: this.#schema }, [])]], [])
    } finally {
      await log.close()
    }
  }

  /** Newest record first, so that of each key only the row that counts is decoded. */
  #read (log: Log, rows: Map<string, HeldRow>): Revision {
    const newest = this.#recordAt(log, log.newest ?? 0)
    const { first, revision } = newest.head
    if (log.count !== newest.head.number - first + 1) throw new EngineError('DAMAGED', 'records are missing')
    this.#first = first
    this.#last = newest.head.number
    const purged = new Set<string>()
    for (let number = this.#last; number >= first; number--) {
      const { bytes, head } = number === this.#last ? newest : this.#recordAt(log, number)
      if (head.revision > revision || head.first > first) throw new EngineError('DAMAGED', `record ${number} is out of order`)
      let used = 0
      for (const entry of decodeEntries(number, bytes).reverse()) {
        if (rows.has(entry.key) || (purged.size > 0 && purged.has(entry.key))) continue
        if (entry.kind === 'purge') purged.add(entry.key)
        else {
          rows.set(entry.key, this.#rowOf(entry, bytes, number))
          used += entry.end - entry.at
        }
      }
      this.#extents.add(number, bytes.length, used)
    }
    return revision
  }

  #recordAt (log: Log, number: number): { readonly head: RecordHead, readonly bytes: Buffer } {
    const bytes = log.read(number)
    if (bytes === undefined) throw new EngineError('DAMAGED', `record ${number} is missing`)
    const head = decodeHead(number, bytes)
    if (head.schema > this.#schema) throw new EngineError('NEWER', `it was written with schema ${head.schema}; this is Roster ${this.#madeBy} with schema ${this.#schema}`)
    return { head, bytes }
  }

  #rowOf (entry: Entry, bytes: Buffer, number: number): HeldRow {
    try {
      return decodeRow(entry, bytes, number, this.#codec)
    } catch (cause) {
      if (cause instanceof EngineError) throw cause
      throw new EngineError('DAMAGED', `${JSON.stringify(entry.key)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }

  /** Puts the place in front of a message. */
  async #about<T> (place: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      const what = error.code === 'DAMAGED' ? 'is damaged and was not loaded: ' : ''
      throw new EngineError(error.code, `${this.#dir} ${what}${place}${error.message}`, { cause: error.cause })
    }
  }

  // === append ===

  append (batch: Batch, current: (key: string) => HeldRow | undefined): Promise<void> {
    const { log } = this.#opened!
    const fresh: Part[] = []
    for (const { rows, purges, revision } of batch.events) {
      for (const row of rows) fresh.push({ bytes: encodeRow(row, this.#codec), row })
      for (const key of purges) fresh.push({ bytes: encodePurge(key, revision), row: undefined })
    }
    // A disk that has just failed is not asked for more than it must do.
    const removed = log.troubled ? [] : this.#extents.worthCleaning(this.#first, this.#last, sizeOf(fresh))
    const records = pack([...this.#clean(log, removed, current), ...fresh])
    const first = removed.length === 0 ? this.#first : removed.at(-1)! + 1
    const revision = batch.events.at(-1)!.revision
    return this.#write(log, records, { first, revision, schema: this.#schema }, removed, batch.replaced)
  }

  async #write (log: Log, records: ReadonlyArray<readonly Part[]>, head: Omit<RecordHead, 'number'>, removed: readonly number[], replaced: readonly HeldRow[]): Promise<void> {
    const encoded = records.map((parts, i) => {
      const number = this.#last + 1 + i
      return [number, encodeRecord({ ...head, number }, parts.map(part => part.bytes))] as const
    })
    await log.write(encoded, removed)
    for (const number of removed) this.#extents.drop(number)
    for (const [i, [number, bytes]] of encoded.entries()) {
      let used = 0
      for (const part of records[i]!) {
        if (part.row === undefined) continue
        part.row.record = number
        part.row.bytes = part.bytes.length
        used += part.bytes.length
      }
      this.#extents.add(number, bytes.length, used)
    }
    // Not before: a row that was written and replaced within one batch has its place only now.
    for (const row of replaced) this.#extents.release(row)
    this.#first = head.first
    this.#last += encoded.length
  }

  /** What has to move out of old records so that they can go. Changes nothing here: that follows when the batch is durable. */
  #clean (log: Log, removed: readonly number[], current: (key: string) => HeldRow | undefined): Part[] {
    const moved: Part[] = []
    for (const number of removed) {
      if (!this.#extents.isUsed(number)) continue
      const { bytes } = this.#recordAt(log, number)
      for (const entry of decodeEntries(number, bytes)) {
        const row = current(entry.key)
        if (entry.kind === 'purge' || row?.record !== number || row.revision !== entry.revision) continue
        moved.push({ bytes: bytes.subarray(entry.at, entry.end), row })
      }
    }
    return moved
  }

  async close (): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.log.close()
    await opened?.lock.release()
  }
}

/** An encoded entry, and the row that lies in it (a purge has none). */
interface Part { readonly bytes: Uint8Array, readonly row: HeldRow | undefined }

const sizeOf = (parts: readonly Part[]): number => parts.reduce((sum, { bytes }) => sum + bytes.length, 0)

/** Shares entries out over records. */
function pack (parts: readonly Part[]): Part[][] {
  const records: Part[][] = []
  let room = 0
  for (const part of parts) {
    if (room < part.bytes.length) {
      records.push([])
      room = RECORD_BYTES
    }
    records.at(-1)!.push(part)
    room -= part.bytes.length
  }
  return records
}
