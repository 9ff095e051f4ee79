// The last known good lists on disk: what a process starts from while the registry is away. One small file a service, replaced whole, never half; what is damaged, foreign or too old is
// as if it were not there. Decides nothing about when it is used; that is registry-source.ts.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { DiscoveryChain } from '../api/discovery-chain.js'
import type { Instance } from '../balance/instance.js'

/** What is kept, by kind. A key (a service, or a part of it) may have one of each. */
export interface DiskKinds {
  readonly instances: readonly Instance[]
  /** `null`: no entry says anything. */
  readonly chain: DiscoveryChain | null
}
export type DiskKind = keyof DiskKinds

export interface DiskEntry<V> {
  readonly value: V
  readonly index: number
  /** Wall clock, ms: when the registry last said so. */
  readonly savedAt: number
}

export interface DiskCacheOptions {
  readonly directory: string
  /** What tells one registry's services from another's: its addresses, datacenter. Two clients of one registry share the files. */
  readonly scope: string
  /** Told once for each kind of trouble; the cache goes on without. */
  readonly onWarning?: (message: string) => void
}

/** Layout of the file; another one is not read. */
const VERSION = 2
/** Longest file that is read, characters: some hundred thousand instances. */
const MAX_TEXT = 64 * 1024 * 1024

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `$ROSTER_CACHE_DIR`, else `roster` in the user's cache folder as the platform has it (XDG Base Directory Specification on Linux). */
export function defaultCacheDirectory (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform, home: string = homedir()): string {
  if (env['ROSTER_CACHE_DIR']) return env['ROSTER_CACHE_DIR']
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'roster', 'cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'roster')
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'roster')
}

/** First line the checksum of the rest, then JSON. */
export function encodeEntry<K extends DiskKind> (kind: K, key: string, { value, index, savedAt }: DiskEntry<DiskKinds[K]>): string {
  const body = JSON.stringify({ version: VERSION, kind, service: key, savedAt, index, value })
  return `${sha256(body)}\n${body}\n`
}

/** @returns `undefined` for anything that is not, whole and unchanged, what `encodeEntry` wrote of this kind and key */
export function decodeEntry<K extends DiskKind> (kind: K, key: string, text: string): DiskEntry<DiskKinds[K]> | undefined {
  if (text.length > MAX_TEXT) return undefined
  const at = text.indexOf('\n')
  const body = text.slice(at + 1).replace(/\n$/, '')
  if (at !== 64 || sha256(body) !== text.slice(0, at)) return undefined
  try {
    const read = JSON.parse(body) as { version?: unknown, kind?: unknown, service?: unknown, savedAt?: unknown, index?: unknown, value?: unknown }
    if (read.version !== VERSION || read.kind !== kind || read.service !== key || typeof read.savedAt !== 'number' || typeof read.index !== 'number') return undefined
    if (kind === 'instances' ? !Array.isArray(read.value) : typeof read.value !== 'object') return undefined
    return { savedAt: read.savedAt, index: read.index, value: read.value as DiskKinds[K] }
  } catch { return undefined }
}

export class DiskCache {
  readonly #options: DiskCacheOptions
  readonly #warned = new Set<string>()
  /** Writes of one file one after another; the last one wins. */
  readonly #writing = new Map<string, Promise<void>>()

  constructor (options: DiskCacheOptions) { this.#options = options }

  /** Never rejects. */
  async read<K extends DiskKind> (kind: K, key: string): Promise<DiskEntry<DiskKinds[K]> | undefined> {
    const file = this.#file(kind, key)
    let text: string
    try { text = await readFile(file, 'utf8') } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#warn('read', error)
      return undefined
    }
    const entry = decodeEntry(kind, key, text)
    if (entry === undefined) this.#warn('read', new Error(`${file} is damaged and is not used`))
    return entry
  }

  /** Never rejects; what cannot be written is told once. */
  write<K extends DiskKind> (kind: K, key: string, entry: DiskEntry<DiskKinds[K]>): Promise<void> {
    const file = this.#file(kind, key)
    const before = this.#writing.get(file) ?? Promise.resolve()
    const writing = before.then(() => this.#replace(file, encodeEntry(kind, key, entry))).catch((error: unknown) => this.#warn('write', error)).then(() => {
      if (this.#writing.get(file) === writing) this.#writing.delete(file)
    })
    this.#writing.set(file, writing)
    return writing
  }

  /** A reader sees the old file or the new one, also after a crash in between (rename is atomic within a folder). */
  async #replace (file: string, text: string): Promise<void> {
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 })
    try {
      await writeFile(draft, text, { mode: 0o600 })
      await rename(draft, file)
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      throw error
    }
  }

  /** The readable part is for people, the hash keeps names apart that are alike in it. */
  #file (kind: DiskKind, key: string): string {
    const readable = key.toLowerCase().replace(/[^a-z0-9-]+/g, '_').slice(0, 60)
    return join(this.#options.directory, `${readable}-${sha256(`${this.#options.scope}\n${kind}\n${key}`).slice(0, 16)}.json`)
  }

  #warn (what: 'read' | 'write', error: unknown): void {
    if (this.#warned.has(what)) return
    this.#warned.add(what)
    this.#options.onWarning?.(`The last known good lists cannot be ${what === 'read' ? 'read' : 'written'}: ${(error as Error).message}. Set cacheDir or ROSTER_CACHE_DIR, or cacheDir: false to do without`)
  }
}
