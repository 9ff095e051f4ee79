// One record of the log that embedded.ts keeps: a checksummed, numbered list of rows and purges. Pure: bytes in, bytes out; where they lie is log.ts's concern.
//
//   head, 40 bytes: 'RS', form, 0, crc32, schema, number of entries (4 bytes each from the checksum on), revision, record number, first record (8 bytes each)
//   entry:          kind (1), bytes of the key (4), bytes of the value (4), created (8), revision (8), key, value
//
// Little-endian. What may pass 2^32 (revisions, record numbers) is a double, exact to 2^53. The checksum covers everything but itself; magic, form and
// checksum stay where they are in every later form.

import { crc32 } from 'node:zlib'
import { EngineError } from './engine.js'
import type { Codec, Revision } from './engine.js'
import type { HeldRow } from './store.js'

export interface RecordHead {
  /** Position in the log: each record has the number after the one before it. */
  readonly number: number
  /** Number of the oldest record that still counted when this one was written. */
  readonly first: number
  /** Last revision of the transactions up to here. */
  readonly revision: Revision
  /** Schema number of the tables that wrote it. */
  readonly schema: number
}

export type EntryKind = 'row' | 'tombstone' | 'purge'

/** One entry, its key decoded and the rest by position, so that entries of no use cost nothing more. */
export interface Entry {
  readonly kind: EntryKind
  readonly key: string
  readonly created: Revision
  readonly revision: Revision
  /** Where the entry starts, its value starts, and both end, in bytes from the start of the record. */
  readonly at: number
  readonly valueAt: number
  readonly end: number
}

const MAGIC = 0x5352 // 'RS'
/** Form of head and entries. A later form is a later version of Roster's. */
const FORM = 1
export const HEAD_BYTES = 40
const CRC_AT = 4
const ENTRY_BYTES = 25
const KINDS: readonly EntryKind[] = ['row', 'tombstone', 'purge']
/** Set on the kind of an entry whose key is no well-formed Unicode and therefore lies there as UTF-16. */
const RAW_KEY = 0x80
/** Entries are written one behind the other into a piece of memory of this size, and live until the last of them is let go. */
const PIECE_BYTES = 64 * 1024
/** Entries that may be larger have memory of their own. */
const OWN_BYTES = PIECE_BYTES / 4
/** Most bytes that one UTF-16 unit takes as UTF-8. */
const UTF8_MOST = 3
let piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
let taken = 0

/** A row or tombstone as an entry. */
export function encodeRow (row: HeldRow, codec: Codec): Buffer {
  if (row.value !== undefined) return entry('row', row.key, row.created, row.revision, codec.encode(row.key, row.value))
  return entry('tombstone', row.key, row.created, row.revision, row.gone === undefined ? '' : JSON.stringify(row.gone))
}

export function encodePurge (key: string, revision: Revision): Buffer {
  return entry('purge', key, 0, revision, '')
}

function entry (kind: EntryKind, key: string, created: Revision, revision: Revision, value: string): Buffer {
  const most = ENTRY_BYTES + (key.length + value.length) * UTF8_MOST
  if (most > OWN_BYTES) {
    const own = Buffer.allocUnsafeSlow(ENTRY_BYTES + key.length * UTF8_MOST + Buffer.byteLength(value))
    return own.subarray(0, writeEntry(own, 0, kind, key, created, revision, value))
  }
  if (most > PIECE_BYTES - taken) {
    piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
    taken = 0
  }
  const at = taken
  taken = writeEntry(piece, at, kind, key, created, revision, value)
  return piece.subarray(at, taken)
}

/** Gives where the entry ends. */
function writeEntry (bytes: Buffer, at: number, kind: EntryKind, key: string, created: Revision, revision: Revision, value: string): number {
  const wellFormed = key.isWellFormed()
  const keyBytes = bytes.write(key, at + ENTRY_BYTES, wellFormed ? 'utf8' : 'utf16le')
  const valueBytes = value === '' ? 0 : bytes.write(value, at + ENTRY_BYTES + keyBytes, 'utf8')
  bytes[at] = KINDS.indexOf(kind) | (wellFormed ? 0 : RAW_KEY)
  bytes.writeUInt32LE(keyBytes, at + 1)
  bytes.writeUInt32LE(valueBytes, at + 5)
  bytes.writeDoubleLE(created, at + 9)
  bytes.writeDoubleLE(revision, at + 17)
  return at + ENTRY_BYTES + keyBytes + valueBytes
}

/** A record of entries that were encoded before, or stood in an older record. */
export function encodeRecord (head: RecordHead, entries: readonly Uint8Array[]): Buffer {
  let length = HEAD_BYTES
  for (const entry of entries) length += entry.length
  const bytes = Buffer.alloc(length)
  bytes.writeUInt16LE(MAGIC, 0)
  bytes[2] = FORM
  bytes.writeUInt32LE(head.schema, 8)
  bytes.writeUInt32LE(entries.length, 12)
  bytes.writeDoubleLE(head.revision, 16)
  bytes.writeDoubleLE(head.number, 24)
  bytes.writeDoubleLE(head.first, 32)
  let at = HEAD_BYTES
  for (const entry of entries) {
    bytes.set(entry, at)
    at += entry.length
  }
  bytes.writeUInt32LE(checksum(bytes), CRC_AT)
  return bytes
}

const checksum = (bytes: Buffer): number => crc32(bytes.subarray(CRC_AT + 4), crc32(bytes.subarray(0, CRC_AT)))

/**
 * The head of the record that lies under `number`, once its checksum holds.
 * @throws EngineError `DAMAGED`, or `NEWER` for a form that a later version writes
 */
export function decodeHead (number: number, bytes: Buffer): RecordHead {
  if (bytes.length < HEAD_BYTES || bytes.readUInt16LE(0) !== MAGIC) throw damaged(number, 'is not a record')
  if (bytes.readUInt32LE(CRC_AT) !== checksum(bytes)) throw damaged(number, 'does not match its checksum')
  if (bytes[2]! > FORM) throw new EngineError('NEWER', `record ${number} has form ${bytes[2]}; this version reads up to form ${FORM}`)
  const head = { number: bytes.readDoubleLE(24), first: bytes.readDoubleLE(32), revision: bytes.readDoubleLE(16), schema: bytes.readUInt32LE(8) }
  if (head.number !== number) throw damaged(number, `says that it is record ${head.number}`)
  return head
}

/** How many entries a record says that it has. To be asked once its head was decoded. */
export const countEntries = (bytes: Buffer): number => bytes.readUInt32LE(12)

/**
 * The entries, in the order in which they were written.
 * @throws EngineError `DAMAGED` when lengths do not add up
 */
export function decodeEntries (number: number, bytes: Buffer): Entry[] {
  const count = countEntries(bytes)
  const entries: Entry[] = []
  let at = HEAD_BYTES
  while (entries.length < count) {
    if (at + ENTRY_BYTES > bytes.length) throw damaged(number, 'ends before its last entry')
    const kind = KINDS[bytes[at]! & ~RAW_KEY]
    const keyEnd = at + ENTRY_BYTES + bytes.readUInt32LE(at + 1)
    const end = keyEnd + bytes.readUInt32LE(at + 5)
    if (kind === undefined || end > bytes.length) throw damaged(number, 'has an entry that is none')
    const key = bytes.toString((bytes[at]! & RAW_KEY) === 0 ? 'utf8' : 'utf16le', at + ENTRY_BYTES, keyEnd)
    entries.push({ kind, key, created: bytes.readDoubleLE(at + 9), revision: bytes.readDoubleLE(at + 17), at, valueAt: keyEnd, end })
    at = end
  }
  if (at !== bytes.length) throw damaged(number, 'goes on behind its last entry')
  return entries
}

/** The row of a `row` or `tombstone` entry. */
export function decodeRow (entry: Entry, bytes: Buffer, number: number, codec: Codec): HeldRow {
  const { kind, key, created, revision, valueAt, end } = entry
  const stored = bytes.toString('utf8', valueAt, end)
  const value = kind === 'row' ? codec.decode(key, stored) : undefined
  const gone: unknown = kind === 'tombstone' && stored !== '' ? JSON.parse(stored) : undefined
  return { key, value, created, revision, gone, record: number, bytes: end - entry.at }
}

const damaged = (number: number, what: string): EngineError => new EngineError('DAMAGED', `record ${number} ${what}`)
