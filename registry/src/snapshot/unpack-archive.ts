// A snapshot's archive on its way in: uncompressed, unpacked, and compared with its sums as it comes. What stands in it is for others to say: read-archive.ts for
// a restore, the command line for a look.

import { createHash } from 'node:crypto'
import { createGunzip } from 'node:zlib'
import { ArchiveError } from './meta.js'
import { BLOCK_BYTES, decodeTarHeader, paddingOf, TarError } from './tar.js'
import { META, STATE, SUMS } from './write-archive.js'
import type { Readable } from 'node:stream'
import type { TarFile } from './tar.js'

/** Bytes of `meta.json` and of `SHA256SUMS`. */
const MAX_SMALL_BYTES = 1024 * 1024
/** Bytes behind the end: tar fills up to its own unit, with zeros. */
const MAX_TRAILING_BYTES = 64 * 1024

/** Told what comes out, in the archive's order; may throw, which ends the reading. Nothing of it counts before `unpackArchive` resolves. */
export interface ArchiveUse {
  meta (bytes: Buffer): void
  state (chunk: Buffer): void
}

/**
 * Reads all of `source`, or as far as it makes sense.
 * @throws ArchiveError; the source's own error; what `use` throws. The source is left where it was then
 */
export async function unpackArchive (source: Readable, use: ArchiveUse): Promise<void> {
  const input = new Input(source)
  try {
    await unpackFiles(input, use)
  } finally {
    input.stop()
  }
}

async function unpackFiles (input: Input, use: ArchiveUse): Promise<void> {
  const hashes = new Map<string, string>()
  let sums = ''
  for (;;) {
    const file = await nextFile(input)
    if (file === undefined) break
    if (![META, STATE, SUMS].includes(file.name) || hashes.has(file.name)) throw new ArchiveError(`unexpected file ${JSON.stringify(file.name)} in snapshot`)
    const hash = createHash('sha256')
    if (file.name === STATE) {
      await input.take(file.size, 'failed to read or write snapshot data', chunk => {
        hash.update(chunk)
        use.state(chunk)
      })
    } else {
      const bytes = await small(input, file, hash)
      if (file.name === META) use.meta(bytes)
      else sums = bytes.toString('utf8')
    }
    hashes.set(file.name, hash.digest('hex'))
    await input.skip(paddingOf(file.size), 'failed reading snapshot')
  }
  await input.end()
  compare(hashes, sums)
}

async function nextFile (input: Input): Promise<TarFile | undefined> {
  const header = await input.block('failed reading snapshot')
  // The end is two empty blocks; at the very end of the stream the second may be missing.
  if (header === undefined || header.every(byte => byte === 0)) return undefined
  try {
    return decodeTarHeader(header)
  } catch (error) {
    if (error instanceof TarError) throw new ArchiveError(error.message.startsWith('archive') ? `failed reading snapshot: ${error.message}` : error.message)
    throw error
  }
}

async function small (input: Input, { name, size }: TarFile, hash: ReturnType<typeof createHash>): Promise<Buffer> {
  if (size > MAX_SMALL_BYTES) throw new ArchiveError(`${name} is too large`)
  const chunks: Buffer[] = []
  await input.take(size, name === META ? 'failed to read snapshot metadata' : 'failed to read snapshot hashes', chunk => {
    hash.update(chunk)
    chunks.push(chunk)
  })
  return Buffer.concat(chunks)
}

function compare (hashes: ReadonlyMap<string, string>, sums: string): void {
  const stated = new Map(sums.split('\n').map(line => line.trim().split(/\s+/, 2)).map(([sum = '', name = '']) => [name, sum]))
  for (const name of [META, STATE]) {
    const sum = stated.get(name)
    if (sum === undefined) throw new ArchiveError(`failed checking integrity of snapshot: file missing for "${name}"`)
    if (sum !== hashes.get(name)) throw new ArchiveError(`failed checking integrity of snapshot: hash check failed for "${name}"`)
  }
}

/** The uncompressed bytes of a source, asked for one piece after another. Errors are told with the stage at which they met the reader. */
class Input {
  readonly #source: Readable
  readonly #gunzip = createGunzip()
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #received = 0
  #begun = false
  #sourceError: Error | undefined

  constructor (source: Readable) {
    this.#source = source
    source.on('data', this.#count)
    source.once('error', this.#failed)
    source.once('close', this.#closed)
    // Whatever goes wrong is met at the next piece; between two of them nobody else listens.
    this.#gunzip.on('error', () => {})
    source.pipe(this.#gunzip)
    this.#chunks = (this.#gunzip as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  readonly #count = (chunk: Buffer): void => { this.#received += chunk.length }

  readonly #failed = (error: Error): void => {
    this.#sourceError = error
    this.#gunzip.destroy(error)
  }

  /** A source that is cut short closes without an end. */
  readonly #closed = (): void => { if (!this.#source.readableEnded) this.#gunzip.end() }

  stop (): void {
    this.#source.off('data', this.#count)
    this.#source.off('error', this.#failed)
    this.#source.off('close', this.#closed)
    this.#source.unpipe(this.#gunzip)
    this.#gunzip.destroy()
  }

  /** The next piece, whatever its size; `undefined` at the end. */
  async #next (stage: string): Promise<Buffer | undefined> {
    if (this.#rest.length > 0) {
      const rest = this.#rest
      this.#rest = Buffer.alloc(0)
      return rest
    }
    try {
      const { value, done } = await this.#chunks.next()
      if (done === true) return undefined
      this.#begun = true
      return value
    } catch (error) {
      if (this.#sourceError !== undefined) throw this.#sourceError
      throw this.#reason(error as NodeJS.ErrnoException, stage)
    }
  }

  #reason ({ code, message }: NodeJS.ErrnoException, stage: string): ArchiveError {
    // A gzip header has ten bytes (RFC 1952); nothing is known of what is shorter.
    if (code === 'Z_BUF_ERROR' && this.#received === 0) return new ArchiveError('EOF', 'gzip')
    if (code === 'Z_BUF_ERROR') return !this.#begun && this.#received < 10 ? new ArchiveError('unexpected EOF', 'gzip') : stopped(stage, 'unexpected EOF')
    if (code === 'Z_DATA_ERROR' && message.includes('header')) return new ArchiveError('gzip: invalid header', 'gzip')
    return stopped(stage, code === 'Z_DATA_ERROR' && message.includes('check') ? 'gzip: invalid checksum' : 'flate: corrupt input')
  }

  /** Gives `size` bytes in pieces. */
  async take (size: number, stage: string, use: (chunk: Buffer) => void): Promise<void> {
    for (let left = size; left > 0;) {
      const chunk = await this.#next(stage)
      if (chunk === undefined) throw stopped(stage, 'unexpected EOF')
      const part = chunk.subarray(0, left)
      this.#rest = chunk.subarray(part.length)
      left -= part.length
      use(part)
    }
  }

  async skip (size: number, stage: string): Promise<void> { await this.take(size, stage, () => {}) }

  /** One block; `undefined` when the stream has ended before it. */
  async block (stage: string): Promise<Buffer | undefined> {
    const first = await this.#next(stage)
    if (first === undefined) {
      if (this.#received === 0) throw new ArchiveError('EOF', 'gzip')
      return undefined
    }
    const kept = [first]
    let size = first.length
    while (size < BLOCK_BYTES) {
      const chunk = await this.#next(stage)
      if (chunk === undefined) throw stopped(stage, 'unexpected EOF')
      kept.push(chunk)
      size += chunk.length
    }
    const bytes = Buffer.concat(kept)
    this.#rest = bytes.subarray(BLOCK_BYTES)
    return bytes.subarray(0, BLOCK_BYTES)
  }

  /** Reads what is left: nothing but zeros, and not many. */
  async end (): Promise<void> {
    let size = 0
    for (;;) {
      const chunk = await this.#next('')
      if (chunk === undefined) break
      size += chunk.length
      if (size > MAX_TRAILING_BYTES || !chunk.every(byte => byte === 0)) throw new ArchiveError(`${size} unread uncompressed bytes remain`, 'end')
    }
    if (this.#received !== this.#gunzip.bytesWritten) throw new ArchiveError('gzip: invalid header', 'end')
  }
}

const stopped = (stage: string, why: string): ArchiveError => stage === '' ? new ArchiveError(why, 'end') : new ArchiveError(`${stage}: ${why}`)
