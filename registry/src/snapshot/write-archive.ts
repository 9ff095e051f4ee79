// A snapshot on its way out: a tar of `meta.json`, `state.bin` and `SHA256SUMS`, piece by piece, not compressed yet. The state is encoded twice, first to
// learn its size and sum, which stand in front of it, so that never more than a piece of it is held.

import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { encodeState } from './state-file.js'
import { BLOCK_BYTES, encodeTarHeader, paddingOf } from './tar.js'
import type { SavedRow } from '../engine/engine.js'
import type { SnapshotMeta } from './meta.js'
import type { StateFileOptions } from './state-file.js'

export const META = 'meta.json'
export const STATE = 'state.bin'
export const SUMS = 'SHA256SUMS'

export interface ArchiveContents {
  readonly rows: readonly SavedRow[]
  /** All but the size, which is found out here. */
  readonly meta: Omit<SnapshotMeta, 'Size'>
  /** Wall clock, ms since 1970. */
  readonly nowMs: number
}

/**
 * Resolves when the size is known; what it gives is then read once.
 * @throws whatever the codec throws of a row
 */
export async function writeArchive ({ rows, meta, nowMs }: ArchiveContents, options: StateFileOptions): Promise<AsyncGenerator<Buffer>> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of pieces(rows, meta.Index, options)) {
    hash.update(piece)
    size += piece.length
  }
  const metaBytes = Buffer.from(JSON.stringify({ ...meta, Size: size } satisfies SnapshotMeta))
  const sums = Buffer.from(`${createHash('sha256').update(metaBytes).digest('hex')}  ${META}\n${hash.digest('hex')}  ${STATE}\n`)
  const seconds = Math.floor(nowMs / 1000)
  return (async function * () {
    yield file(META, metaBytes, seconds)
    yield encodeTarHeader({ name: STATE, size }, seconds)
    yield * pieces(rows, meta.Index, options)
    yield Buffer.alloc(paddingOf(size))
    yield file(SUMS, sums, seconds)
    yield Buffer.alloc(2 * BLOCK_BYTES)
  })()
}

/** A turn of the event loop between two pieces: a large state must not hold up everybody else. */
async function * pieces (rows: readonly SavedRow[], index: number, options: StateFileOptions): AsyncGenerator<Buffer> {
  for (const piece of encodeState(rows, index, options)) {
    yield piece
    await turn()
  }
}

const file = (name: string, bytes: Buffer, seconds: number): Buffer => Buffer.concat([encodeTarHeader({ name, size: bytes.length }, seconds), bytes, Buffer.alloc(paddingOf(bytes.length))])
