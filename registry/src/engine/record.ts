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
const NOTHING = new Uint8Array(0)

/** A row or tombstone as an entry. */
export function encodeRow (row: HeldRow, codec: Codec): Buffer {
  if (row.value !== undefined) return entry('row', row.key, row.created, row.revision, codec.encode(row.key, row.value))
  return entry('tombstone', row.key, row.created, row.revision, row.gone === undefined ? NOTHING : Buffer.from(JSON.stringify(row.gone)))
}

export function encodePurge (key: string, revision: Revision): Buffer {
  return entry('purge', key, 0, revision, NOTHING)
}

function entry (kind: EntryKind, key: string, created: Revision, revision: Revision, value: Uint8Array): Buffer {
  const wellFormed = key.isWellFormed()
  const keyBytes = wellFormed ? Buffer.byteLength(key) : key.length * 2
  const bytes = Buffer.allocUnsafe(ENTRY_BYTES + keyBytes + value.length)
  bytes[0] = KINDS.indexOf(kind) | (wellFormed ? 0 : RAW_KEY)
  bytes.writeUInt32LE(keyBytes, 1)
  bytes.writeUInt32LE(value.length, 5)
  bytes.writeDoubleLE(created, 9)
  bytes.writeDoubleLE(revision, 17)
  bytes.write(key, ENTRY_BYTES, wellFormed ? 'utf8' : 'utf16le')
  bytes.set(value, ENTRY_BYTES + keyBytes)
  return bytes
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
  const stored = bytes.subarray(valueAt, end)
  const value = kind === 'row' ? codec.decode(key, stored) : undefined
  const gone: unknown = kind === 'tombstone' && end > valueAt ? JSON.parse(stored.toString()) : undefined
  return { key, value, created, revision, gone, record: number, bytes: end - entry.at }
}

const damaged = (number: number, what: string): EngineError => new EngineError('DAMAGED', `record ${number} ${what}`)
