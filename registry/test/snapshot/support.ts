// Archives for tests: made of any rows, any files, and read back from bytes in pieces of any size.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { readArchive } from '../../src/snapshot/read-archive.js'
import { encodeState } from '../../src/snapshot/state-file.js'
import { BLOCK_BYTES, encodeTarHeader, paddingOf } from '../../src/snapshot/tar.js'
import { jsonCodec as codec } from '../engine/recorder.js'
import type { Archive, ReadArchiveOptions } from '../../src/snapshot/read-archive.js'
import type { SavedRow } from '../../src/engine/engine.js'
import type { SnapshotMeta } from '../../src/snapshot/meta.js'

export const options: ReadArchiveOptions = { codec, schema: 1, base: 10, version: '0.0.0-test', maxBytes: 2 ** 30 }

export const row = (key: string, value: unknown, created = 1, revision = created): SavedRow => ({ key, value, created, revision })

export const metaOf = (rows: readonly SavedRow[], size: number, more: Partial<SnapshotMeta['Roster']> = {}): SnapshotMeta =>
  ({ Version: 1, ID: 'id', Index: 99, Term: 1, Size: size, Roster: { Form: 1, Schema: 1, Version: '0.0.0-test', Datacenter: 'dc1', Node: 'test', Rows: rows.length, ...more } })

/** The files of an archive, as they should be. */
export function filesOf (rows: readonly SavedRow[], more: Partial<SnapshotMeta['Roster']> = {}): Array<readonly [name: string, bytes: Buffer]> {
  const state = Buffer.concat([...encodeState(rows, 99, options)])
  const meta = Buffer.from(JSON.stringify(metaOf(rows, state.length, more)))
  return [['meta.json', meta], ['state.bin', state], sumsOf([['meta.json', meta], ['state.bin', state]])]
}

export const sumsOf = (files: ReadonlyArray<readonly [name: string, bytes: Buffer]>): readonly [string, Buffer] =>
  ['SHA256SUMS', Buffer.from(files.map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`).join(''))]

export const tarOf = (files: ReadonlyArray<readonly [name: string, bytes: Buffer]>): Buffer =>
  Buffer.concat([...files.flatMap(([name, bytes]) => [encodeTarHeader({ name, size: bytes.length }, 0), bytes, Buffer.alloc(paddingOf(bytes.length))]), Buffer.alloc(2 * BLOCK_BYTES)])

export const archiveOf = (files: ReadonlyArray<readonly [name: string, bytes: Buffer]>): Buffer => gzipSync(tarOf(files))

/** Reads bytes in pieces of `size`. */
export const read = (bytes: Uint8Array, more: Partial<ReadArchiveOptions> = {}, size = 65_536): Promise<Archive> => readArchive(Readable.from(cut(Buffer.from(bytes), size), { objectMode: false }), { ...options, ...more })

function * cut (bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Why bytes are not read; '' when they are. */
export async function refusal (bytes: Uint8Array, more?: Partial<ReadArchiveOptions>): Promise<string> {
  try {
    await read(bytes, more)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
