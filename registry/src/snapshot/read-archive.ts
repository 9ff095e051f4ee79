// A snapshot on its way in, for a restore: its rows, decoded as they come. Nothing of it counts before all of it was found whole, and it is given up as soon as it
// would need more memory than it may have, however well it is compressed.

import { ArchiveError, decodeMeta } from './meta.js'
import { StateReader } from './state-file.js'
import { unpackArchive } from './unpack-archive.js'
import type { Readable } from 'node:stream'
import type { SavedRow } from '../engine/engine.js'
import type { SnapshotMeta } from './meta.js'
import type { StateFileOptions } from './state-file.js'

/** What a decoded row weighs beside its bytes, which count twice: as text and as what is made of it. */
const ROW_BYTES = 512

export interface Archive {
  readonly meta: SnapshotMeta
  readonly rows: readonly SavedRow[]
}

export interface ReadArchiveOptions extends StateFileOptions {
  /** Roster's version, for messages. */
  readonly version: string
  /** Bytes of memory that the rows may take. */
  readonly maxBytes: number
}

/** The rows would take more memory than there is. */
export class TooLargeError extends Error {
  constructor (readonly bytes: number, readonly maxBytes: number) { super(`more than ${maxBytes} bytes`) }
}

/**
 * Reads all of `source`, or as far as it makes sense.
 * @throws ArchiveError, TooLargeError; the source's own error. The source is left where it was then
 */
export async function readArchive (source: Readable, options: ReadArchiveOptions): Promise<Archive> {
  const rows: SavedRow[] = []
  let weight = 0
  const reader = new StateReader(options, (row, bytes) => {
    weight += 2 * bytes + ROW_BYTES
    if (weight > options.maxBytes) throw new TooLargeError(weight, options.maxBytes)
    rows.push(row)
  })
  let meta: SnapshotMeta | undefined
  await unpackArchive(source, { meta: bytes => { meta = decodeMeta(bytes, options) }, state: chunk => reader.push(chunk) })
  reader.end()
  if (meta!.Roster.Rows !== rows.length || new Set(rows.map(row => row.key)).size !== rows.length) throw new ArchiveError('the state is damaged: rows are missing or doubled')
  return { meta: meta!, rows }
}
