// LMDB's own lock file, written whole before LMDB sees it: LMDB makes it as a hole and maps it, and a full disk would end the process with a signal on the first
// touch. What it is not: the lock on the data directory, which is lock.ts.

import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes: more than LMDB asks for, so that it takes the file as it is. */
const LOCK_FILE_BYTES = 12 * 1024

/**
 * @param path the directory of an LMDB environment, made when it is absent
 * @throws the file system's error, with nothing of the file left
 */
export function writeLockFile (path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, 'lock.mdb')
  if (existsSync(file)) return
  const fresh = `${file}.${randomUUID()}`
  try {
    writeFileSync(fresh, Buffer.alloc(LOCK_FILE_BYTES), { mode: 0o600, flush: true })
    // Linked, not renamed: where another process was faster, its file may be mapped already and has to stay.
    linkSync(fresh, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh, { force: true })
  }
}
