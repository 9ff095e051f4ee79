// Room on the disk for what LMDB is about to write, taken before it writes: the file is made longer with zeros of our own. A full disk is met here, where it is
// an error like any other, and not inside LMDB, which has written half by then and (in lmdb 3.5) overruns a buffer while it words the error.
// Appending inside a file that is long enough is also faster: a sync then has no new length to write down.

import { constants } from 'node:os'
import { open } from 'node:fs/promises'
import { EngineError } from './engine.js'
import { isReadable, newestRoot } from './lmdb-root.js'
import type { FileHandle } from 'node:fs/promises'

/** Bytes by which the file grows beyond what is needed: an eighth of it, within these bounds. */
const LEAST_STEP = 1024 * 1024
const MOST_STEP = 16 * 1024 * 1024
const ZEROS = Buffer.alloc(256 * 1024)

/** Pages of the two trees that a commit may copy, beside those of its records; and the list of free pages, which takes 8 bytes a page. */
const TREE_PAGES = 64
const FREE_PAGES_SHARE = 256

export class Room {
  readonly #file: FileHandle
  /** Bytes of the file, all of them on the disk. */
  #length: number
  /** Bytes that LMDB may have used at the most. Runs ahead of the truth, which is only looked up when this reaches the length. */
  #used = Infinity
  #pageSize = 4096
  #pages = 0

  private constructor (file: FileHandle, length: number) {
    this.#file = file
    this.#length = length
  }

  /** @param path LMDB's data file, which exists */
  static async open (path: string): Promise<Room> {
    const file = await open(path, 'r+')
    return new Room(file, (await file.stat()).size)
  }

  /**
   * Room for one commit.
   * @param values bytes of each value that it adds
   * @throws EngineError `NO_SPACE`, `IO`
   */
  async take (values: readonly number[]): Promise<void> {
    if (!isReadable) return
    let pages = TREE_PAGES + Math.ceil(this.#pages / FREE_PAGES_SHARE)
    for (const bytes of values) pages += Math.ceil(bytes / this.#pageSize) + 1
    const bytes = pages * this.#pageSize
    if (this.#used + bytes > this.#length) {
      const { lastPage, pageSize } = newestRoot(this.#file.fd)
      this.#pages = lastPage + 1
      this.#pageSize = pageSize
      this.#used = this.#pages * pageSize
      if (this.#used + bytes > this.#length) await this.#grow(this.#used + bytes)
    }
    this.#used += bytes
  }

  /** Makes the file at least `needed` bytes long, with some to spare if the disk has it. */
  async #grow (needed: number): Promise<void> {
    const spare = Math.min(Math.max(this.#length / 8, LEAST_STEP), MOST_STEP)
    try {
      while (this.#length < needed + spare) {
        const { bytesWritten } = await this.#file.write(ZEROS, 0, Math.min(ZEROS.length, Math.ceil(needed + spare - this.#length)), this.#length)
        this.#length += bytesWritten
      }
    } catch (cause) {
      if (this.#length < needed) throw trouble(cause)
    }
    try {
      await this.#file.datasync()
    } catch (cause) {
      throw trouble(cause)
    }
  }

  async close (): Promise<void> {
    await this.#file.close()
  }
}

/** An error of the file system or of LMDB in the engine's words. LMDB's carry errno as `code`, Node's as `errno`, below zero. */
export function trouble (cause: unknown): EngineError {
  const { code, errno, message } = cause as { readonly code?: unknown, readonly errno?: unknown, readonly message?: unknown }
  const number = typeof errno === 'number' ? -errno : code
  const { ENOSPC, EDQUOT } = constants.errno
  if (number === ENOSPC || number === EDQUOT) return new EngineError('NO_SPACE', 'no space left on the disk', { cause })
  return new EngineError('IO', `the disk failed: ${String(message)}`, { cause })
}
