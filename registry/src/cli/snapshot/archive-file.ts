// A snapshot's file on disk, read to its end: is it whole, and what does it say of itself? Who made it does not matter here.

import { createReadStream } from 'node:fs'
import { failure } from '../../config/fs.js'
import { ArchiveError } from '../../snapshot/meta.js'
import { archiveRefusal } from '../../snapshot/refusal.js'
import { unpackArchive } from '../../snapshot/unpack-archive.js'
import { Failure } from '../failure.js'

/** What `meta.json` says, as far as everybody's has it. */
export interface ArchiveMeta {
  readonly Version: number
  readonly ID: string
  readonly Index: number
  readonly Term: number
  readonly Size: number
  /** Only in Roster's own. */
  readonly Roster?: object
}

export interface ArchiveReader {
  readonly meta?: (meta: ArchiveMeta) => void
  readonly state?: (chunk: Buffer) => void
}

/**
 * @param shown the path as the user wrote it
 * @param complaint in front of what is wrong with the file: `Error reading snapshot`
 * @throws Failure
 */
export async function readArchiveFile (path: string, shown: string, complaint: string, reader: ArchiveReader = {}): Promise<ArchiveMeta> {
  const file = createReadStream(path)
  let meta: ArchiveMeta | undefined
  try {
    await unpackArchive(file, {
      meta (bytes) {
        try {
          meta = JSON.parse(bytes.toString('utf8')) as ArchiveMeta
        } catch {
          throw new ArchiveError('failed to decode snapshot metadata')
        }
        reader.meta?.(meta)
      },
      state: chunk => reader.state?.(chunk),
    })
    return meta!
  } catch (error) {
    if (error instanceof ArchiveError) throw new Failure(`${complaint}: ${archiveRefusal(error).message}`)
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw new Failure(`Error opening snapshot file: ${failure('open', shown, error)}`)
    throw error
  } finally {
    file.destroy()
  }
}
