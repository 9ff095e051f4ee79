// The names that were called, on disk, so that after a restart their lists are there before the first call, whether the registry is or not. The lists themselves are the SDK's to keep.

import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@roster/client'
import type { CancelTimer } from '@roster/client'
import { MAX_NAMES } from './directory.js'

/** Changes of this time make one file, ms. */
const WRITE_AFTER_MS = 1000

export class RememberedNames {
  readonly #file: string
  #names: readonly string[] = []
  #cancel: CancelTimer | undefined
  #writing: Promise<void> = Promise.resolve()
  #over = false

  /** @param scope what tells this sidecar from others that share the folder: its service, its registry */
  constructor (private readonly directory: string, scope: string, private readonly onWarning: (message: string) => void) {
    this.#file = join(directory, `sidecar-${createHash('sha256').update(scope).digest('hex').slice(0, 16)}.json`)
  }

  /** `undefined`: it was never written, or what is there cannot be used. Never rejects. */
  async load (): Promise<readonly string[] | undefined> {
    try {
      const read: unknown = JSON.parse(await readFile(this.#file, 'utf8'))
      if (!Array.isArray(read) || read.length > MAX_NAMES || read.some(name => typeof name !== 'string' || !/^[a-z0-9._-]{1,128}$/.test(name))) return undefined
      return read as string[]
    } catch { return undefined }
  }

  set (names: readonly string[]): void {
    this.#names = names
    if (this.#over) return
    this.#cancel ??= systemClock.after(WRITE_AFTER_MS, () => { this.#cancel = undefined; this.#write() })
  }

  /** Never rejects. */
  async close (): Promise<void> {
    this.#over = true
    this.#cancel?.()
    this.#write()
    await this.#writing
  }

  #write (): void {
    const text = JSON.stringify([...this.#names].sort())
    this.#writing = this.#writing.then(async () => {
      await mkdir(this.directory, { recursive: true, mode: 0o700 })
      const draft = `${this.#file}.${process.pid}.tmp`
      await writeFile(draft, text, { mode: 0o600 })
      await rename(draft, this.#file)
    }).catch((error: unknown) => this.onWarning(`The names that were called cannot be kept: ${(error as Error).message}`))
  }
}
