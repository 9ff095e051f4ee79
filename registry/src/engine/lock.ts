// The lock on a data directory: one process at a time, and it dies with its holder, however that ends.
// Node has no file locks, but LMDB has: each process that reads an environment stands in its table of readers, under a lock of the operating system.
// An environment that nobody ever writes is used for nothing but that table. It also tells apart two containers whose processes have the same number.

import { open } from 'lmdb'
import { EngineError } from './engine.js'
import { writeLockFile } from './lock-file.js'
import type { RootDatabase, Transaction } from 'lmdb'

/** Two processes that come at the same moment see each other and both step back; a few tries with random pauses (ms) let one of them through. */
const TRIES = 4
const PAUSE_MS = 30

export class DirectoryLock {
  readonly #lmdb: RootDatabase
  /** Holding on to it keeps this process in the table. */
  readonly #seat: Transaction

  constructor (lmdb: RootDatabase, seat: Transaction) {
    this.#lmdb = lmdb
    this.#seat = seat
  }

  /**
   * @param path a directory for the lock's own files
   * @throws EngineError `LOCKED`; LMDB's error when the files cannot be written
   */
  static async take (path: string): Promise<DirectoryLock> {
    for (let tries = 1; ; tries++) {
      const { lock, holder } = await attempt(path)
      if (lock !== undefined) return lock
      if (tries === TRIES) throw new EngineError('LOCKED', holder === undefined ? 'is in use by another process' : `is in use by another process (pid ${holder})`)
      await new Promise(resolve => setTimeout(resolve, Math.random() * PAUSE_MS))
    }
  }

  async release (): Promise<void> {
    this.#seat.done()
    await this.#lmdb.close()
  }
}

async function attempt (path: string): Promise<{ readonly lock?: DirectoryLock, readonly holder?: number }> {
  writeLockFile(path)
  const options = { path, noSubdir: false, maxDbs: 1, maxReaders: 16, overlappingSync: false, permissionsMode: 0o600 }
  const lmdb = open(options)
  lmdb.readerCheck() // forgets those who died
  const before = readers(lmdb)
  const lock = before.length === 0 ? sit(lmdb) : undefined
  if (lock === undefined) {
    await lmdb.close()
    return before.length === 0 ? {} : { holder: before[0]! }
  }
  const others = readers(lmdb).filter(pid => pid !== process.pid)
  if (others.length === 0) return { lock }
  await lock.release()
  return { holder: others[0]! }
}

function sit (lmdb: RootDatabase): DirectoryLock | undefined {
  try {
    return new DirectoryLock(lmdb, lmdb.useReadTransaction())
  } catch {
    return undefined // another process with our number (in another container) has the seat
  }
}

/** Process numbers in the table, each as often as it sits there. */
function readers (lmdb: RootDatabase): number[] {
  return [...lmdb.readerList().matchAll(/^\s*(\d+)\s+\S+\s+\S+$/gm)].map(found => Number(found[1]))
}
