// A snapshot's file: a gzipped tar of `meta.json`, the state itself, and the SHA-256 sums of both. Read as a stream, so that a file larger than the memory can
// be judged; what the state says is not looked at here.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { failure } from '../../config/fs.js'
import { Failure } from '../failure.js'

/** What `meta.json` says. */
export interface SnapshotMeta {
  readonly Version: number
  readonly ID: string
  readonly Index: number
  readonly Term: number
  readonly Size: number
}

const BLOCK = 512
/** Small files of the archive, bytes: more than that is no snapshot. */
const MAX_SMALL_BYTES = 1 << 20
const STATE = 'state.bin'
const SUMS = 'SHA256SUMS'

/** Its message is the reason, as restores and inspections say it. */
export class ArchiveError extends Error {}

/**
 * Reads the whole file and compares the sums.
 * @param onState told each piece of the state, in order
 * @throws ArchiveError for a damaged file; Failure when it cannot be opened
 */
export async function readArchive (path: string, shown: string, onState: (chunk: Buffer) => void = () => {}): Promise<SnapshotMeta> {
  const small = new Map<string, string>()
  const sums = new Map<string, string>()
  for await (const { name, chunks } of files(path, shown)) {
    const hash = createHash('sha256')
    const kept: Buffer[] = []
    let size = 0
    for await (const chunk of chunks) {
      hash.update(chunk)
      if (name === STATE) onState(chunk)
      else if ((size += chunk.length) <= MAX_SMALL_BYTES) kept.push(chunk)
      else throw new ArchiveError(`failed to read snapshot file: ${name} is too large`)
    }
    sums.set(name, hash.digest('hex'))
    if (name !== STATE) small.set(name, Buffer.concat(kept).toString('utf8'))
  }
  compare(sums, small.get(SUMS))
  try {
    return JSON.parse(small.get('meta.json')!) as SnapshotMeta
  } catch {
    throw new ArchiveError('failed to decode snapshot metadata')
  }
}

function compare (sums: ReadonlyMap<string, string>, stated: string | undefined): void {
  const wanted = new Map((stated ?? '').split('\n').filter(line => line !== '').map(line => { const [sum = '', name = ''] = line.split(/\s+/, 2); return [name, sum] }))
  for (const name of ['meta.json', STATE]) {
    if (!sums.has(name) || !wanted.has(name)) throw new ArchiveError(`failed checking integrity of snapshot: missing hash for "${name}"`)
    if (sums.get(name) !== wanted.get(name)) throw new ArchiveError(`failed checking integrity of snapshot: hash check failed for "${name}"`)
  }
}

interface TarFile { readonly name: string, readonly chunks: AsyncIterable<Buffer> }

/** Files of the tar, one after the other; each must be read to its end. Source of the layout: POSIX.1-1988 ustar. */
async function * files (path: string, shown: string): AsyncGenerator<TarFile> {
  const source = bytes(path, shown)
  let rest: Buffer = Buffer.alloc(0)
  const fill = async (atLeast: number): Promise<boolean> => {
    while (rest.length < atLeast) {
      const { value, done } = await source.next()
      if (done === true) return false
      rest = rest.length === 0 ? value : Buffer.concat([rest, value])
    }
    return true
  }
  async function * content (size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (rest.length === 0 && !await fill(1)) throw new ArchiveError('failed to read snapshot file: unexpected EOF')
      const chunk = rest.subarray(0, Math.min(left, rest.length))
      rest = rest.subarray(chunk.length)
      left -= chunk.length
      yield chunk
    }
    const padding = (BLOCK - size % BLOCK) % BLOCK
    if (!await fill(padding)) throw new ArchiveError('failed to read snapshot file: unexpected EOF')
    rest = rest.subarray(padding)
  }
  while (await fill(BLOCK)) {
    const header = rest.subarray(0, BLOCK)
    rest = rest.subarray(BLOCK)
    if (header.every(byte => byte === 0)) continue
    const text = (from: number, length: number): string => header.toString('latin1', from, from + length).split('\0', 1)[0]!.trim()
    const size = Number.parseInt(text(124, 12), 8)
    if (!Number.isSafeInteger(size)) throw new ArchiveError('failed to read snapshot file: archive/tar: invalid tar header')
    yield { name: text(0, 100), chunks: content(size) }
  }
}

async function * bytes (path: string, shown: string): AsyncGenerator<Buffer, undefined> {
  const file = createReadStream(path)
  const gunzip = createGunzip()
  file.on('error', error => gunzip.destroy(error))
  try {
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'Z_DATA_ERROR') throw new ArchiveError('failed to decompress snapshot: gzip: invalid header')
    if (code === 'Z_BUF_ERROR') throw new ArchiveError('failed to decompress snapshot: unexpected EOF')
    if (code.startsWith('E')) throw new Failure(`Error opening snapshot file: ${failure('open', shown, error)}`)
    throw error
  } finally {
    file.destroy()
  }
  return undefined
}
