// `state.bin`: the rows, as records of the engine's log (engine/record.ts), each behind its length. A snapshot is the log as if it were written anew, so that
// whatever reads a data directory of an earlier version reads its snapshots as well.
//
//   length (4 bytes, little-endian), record 1    …    length, record n    length, record n + 1 without entries: the end
//
// Revisions stand in it as readers see them, with the base added: another store has another base.

import { countEntries, decodeEntries, decodeHead, decodeRow, encodeRecord, encodeRow, HEAD_BYTES } from '../engine/record.js'
import { EngineError } from '../engine/engine.js'
import { ArchiveError } from './meta.js'
import type { Codec, SavedRow } from '../engine/engine.js'
import type { Entry } from '../engine/record.js'

/** Bytes of entries in a record, unless a single one is larger: such a record holds no other, so that its length says how many rows it can hold. */
const RECORD_BYTES = 64 * 1024
/** Bytes of a record that is read: the largest row is a key's, which the limits of requests keep far below. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024
const LENGTH_BYTES = 4

export interface StateFileOptions {
  readonly codec: Codec
  /** Schema number of the tables. */
  readonly schema: number
  /** See State.base. */
  readonly base: number
}

/** The file piece by piece, each a record of some 64 KiB: made anew, and the same, at each walk. @param index as readers see it */
export function * encodeState (rows: readonly SavedRow[], index: number, { codec, schema, base }: StateFileOptions): Generator<Buffer> {
  let number = 0
  const record = (entries: readonly Uint8Array[]): Buffer => {
    const bytes = encodeRecord({ number: ++number, first: 1, revision: index, schema }, entries)
    const length = Buffer.allocUnsafe(LENGTH_BYTES)
    length.writeUInt32LE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  let entries: Buffer[] = []
  let size = 0
  for (const row of rows) {
    const entry = encodeRow({ ...row, created: base + row.created, revision: base + row.revision, record: 0, bytes: 0 }, codec)
    if (size > 0 && size + entry.length > RECORD_BYTES) {
      yield record(entries)
      entries = []
      size = 0
    }
    entries.push(entry)
    size += entry.length
  }
  if (size > 0) yield record(entries)
  yield record([])
}

/** Reads the file as it comes, in pieces of any size. */
export class StateReader {
  readonly #options: StateFileOptions
  readonly #onRow: (row: SavedRow, bytes: number) => void
  #rest: Buffer[] = []
  #restBytes = 0
  /** Bytes that are needed before anything can be done. */
  #needed = LENGTH_BYTES
  #records = 0
  #ended = false

  /** @param onRow told each row, its revisions relative to the base, and how many bytes it took */
  constructor (options: StateFileOptions, onRow: (row: SavedRow, bytes: number) => void) {
    this.#options = options
    this.#onRow = onRow
  }

  /** @throws ArchiveError */
  push (chunk: Buffer): void {
    this.#rest.push(chunk)
    this.#restBytes += chunk.length
    if (this.#restBytes < this.#needed) return
    let bytes = this.#rest.length === 1 ? chunk : Buffer.concat(this.#rest)
    for (;;) {
      if (bytes.length < LENGTH_BYTES) {
        this.#needed = LENGTH_BYTES
        break
      }
      if (this.#ended) throw new ArchiveError('the state goes on behind its end')
      const length = bytes.readUInt32LE(0)
      if (length < HEAD_BYTES || length > MAX_RECORD_BYTES) throw new ArchiveError('the state is damaged: a record has an impossible length')
      this.#needed = LENGTH_BYTES + length
      if (bytes.length < this.#needed) break
      this.#record(bytes.subarray(LENGTH_BYTES, this.#needed))
      bytes = bytes.subarray(this.#needed)
    }
    this.#rest = bytes.length === 0 ? [] : [bytes]
    this.#restBytes = bytes.length
  }

  #record (bytes: Buffer): void {
    const number = ++this.#records
    const entries = inWords(number, () => this.#entries(number, bytes))
    this.#ended = entries.length === 0
    const { codec, base } = this.#options
    for (const entry of entries) {
      const { key, value, created, revision } = inWords(number, () => decodeRow(entry, bytes, number, codec))
      this.#onRow({ key, value, created: created - base, revision: revision - base }, entry.end - entry.at)
    }
  }

  #entries (number: number, bytes: Buffer): Entry[] {
    const { schema } = this.#options
    const head = decodeHead(number, bytes)
    if (head.schema > schema) throw new ArchiveError(`the state has schema ${head.schema}; this version reads up to schema ${schema}`)
    if (bytes.length > 2 * RECORD_BYTES && countEntries(bytes) !== 1) throw new ArchiveError('the state is damaged: a record holds more than it may')
    const entries = decodeEntries(number, bytes)
    if (!entries.every(({ kind }) => kind === 'row')) throw new ArchiveError('the state is damaged: it holds what is no row')
    return entries
  }

  /** To be called after the last piece. @throws ArchiveError when the end did not come */
  end (): void {
    if (!this.#ended || this.#restBytes > 0) throw new ArchiveError('the state is damaged: it has no end')
  }
}

function inWords<T> (number: number, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof ArchiveError) throw error
    throw new ArchiveError(`the state is damaged: ${error instanceof EngineError ? error.message : `record ${number}: ${String((error as Error).message)}`}`)
  }
}
