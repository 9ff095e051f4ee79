// The value under one key of etcd: the rows that have their place there. A row that this very write put, deleted or purged says so instead of naming a
// revision, since that is known only when etcd has taken the write; what stays as it was carries its numbers. Pure: rows in, bytes out.
//
//   form (1 byte: 1), then per row:
//   kind and flags (1), bytes of the key (varint), key, [created (8)], [revision (8)], bytes of the value (varint), value
//   kinds: 0 row, 1 tombstone, 2 purge; flags: 4 created by this write, 8 written by this write, 16 the key is UTF-16
//
//   put of a new row:  1 | 12 "kv/a" value          the same row an hour later, beside one that changes:  1 | 0 "kv/a" 17 17 value | 8 "kv/b" 3 value

import { Reader, WireError, writeVarint } from './wire.js'
import { EngineError } from '../engine.js'
import type { Codec, Revision } from '../engine.js'

export const FORM = 1

const KINDS = ['row', 'tombstone', 'purge'] as const
export type EntryKind = typeof KINDS[number]

const CREATED_NOW = 4
const WRITTEN_NOW = 8
const RAW_KEY = 16
const EMPTY = Buffer.alloc(0)

/** `undefined` as a revision: this write's. */
export interface PlaceEntry {
  readonly kind: EntryKind
  readonly key: string
  readonly created: Revision | undefined
  readonly revision: Revision | undefined
  /** Encoded record of a row, JSON of what stays of a deleted one (or nothing). Lent when read. */
  readonly bytes: Uint8Array
}

/** What is to be written of a row. */
export const rowEntry = (key: string, value: unknown, gone: unknown, created: Revision | undefined, revision: Revision | undefined, codec: Codec): PlaceEntry => value === undefined
  ? { kind: 'tombstone', key, created, revision, bytes: gone === undefined ? EMPTY : Buffer.from(JSON.stringify(gone)) }
  : { kind: 'row', key, created, revision, bytes: Buffer.from(codec.encode(key, value)) }

export const purgeEntry = (key: string): PlaceEntry => ({ kind: 'purge', key, created: undefined, revision: undefined, bytes: EMPTY })

export function encodePlace (entries: readonly PlaceEntry[]): Buffer {
  const keys = entries.map(({ key }) => key.isWellFormed() ? Buffer.from(key) : Buffer.from(key, 'utf16le'))
  let room = 1
  for (const [i, { bytes }] of entries.entries()) room += 1 + 8 + keys[i]!.length + 16 + 8 + bytes.length
  const out = Buffer.allocUnsafe(room)
  out[0] = FORM
  let at = 1
  for (const [i, { kind, key, created, revision, bytes }] of entries.entries()) {
    out[at++] = KINDS.indexOf(kind) | (created === undefined ? CREATED_NOW : 0) | (revision === undefined ? WRITTEN_NOW : 0) | (key.isWellFormed() ? 0 : RAW_KEY)
    at = writeVarint(out, at, keys[i]!.length)
    out.set(keys[i]!, at)
    at += keys[i]!.length
    if (created !== undefined) at = out.writeDoubleLE(created, at)
    if (revision !== undefined) at = out.writeDoubleLE(revision, at)
    at = writeVarint(out, at, bytes.length)
    out.set(bytes, at)
    at += bytes.length
  }
  return out.subarray(0, at)
}

/** @throws EngineError `NEWER`, `DAMAGED` */
export function decodePlace (place: string, bytes: Buffer): PlaceEntry[] {
  if (bytes.length === 0) return []
  if (bytes[0] !== FORM) throw new EngineError(bytes[0]! > FORM ? 'NEWER' : 'DAMAGED', `${JSON.stringify(place)} has form ${bytes[0]}; this version reads form ${FORM}`)
  try {
    return [...entriesOf(bytes)]
  } catch (cause) {
    if (cause instanceof WireError || cause instanceof RangeError) throw new EngineError('DAMAGED', `${JSON.stringify(place)} cannot be read: ${cause.message}`, { cause })
    throw cause
  }
}

function * entriesOf (bytes: Buffer): Generator<PlaceEntry> {
  const reader = new Reader(bytes, 1)
  while (reader.at < bytes.length) {
    const head = bytes[reader.at++]!
    const kind = KINDS[head & 3]
    if (kind === undefined) throw new WireError('an entry is none')
    const keyEnd = reader.endOfField()
    const key = bytes.toString((head & RAW_KEY) === 0 ? 'utf8' : 'utf16le', reader.at, keyEnd)
    reader.at = keyEnd
    const created = (head & CREATED_NOW) === 0 ? double(reader) : undefined
    const revision = (head & WRITTEN_NOW) === 0 ? double(reader) : undefined
    const end = reader.endOfField()
    const value = bytes.subarray(reader.at, end)
    reader.at = end
    yield { kind, key, created, revision, bytes: value }
  }
}

function double (reader: Reader): number {
  const value = reader.bytes.readDoubleLE(reader.at)
  reader.at += 8
  return value
}
