// The data directory as such: whether it is ours to use, made on first use, and who wrote it. What is kept in it is embedded.ts's concern.
//
//   DIR/roster/roster.json   the marker: format and schema numbers, the version that wrote it last
//   DIR/roster/lock/         the lock (lock.ts)
//   DIR/roster/log/          the records (log.ts)
//
// `DIR/roster` appears whole or not at all: it is made under another name, synced, and renamed.

import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { EngineError } from './engine.js'

/** Format of the directory and the log. Raised when an earlier version could not read it any more. */
export const FORMAT_VERSION = 1

/** What this process would write. */
export interface Writer {
  /** Schema number of the tables, see state/. */
  readonly schema: number
  /** Roster's version. */
  readonly madeBy: string
}

interface Marker {
  readonly format: 'roster'
  readonly version: number
  readonly schema: number
  readonly madeBy: string
}

const MARKER = 'roster.json'
const HALF_MADE = '.roster-'
/** What is in a directory that nobody has used yet: a mount's own, what version control and desktops leave, and the node's id, which the settings write before. */
const isOfNoAccount = (name: string): boolean => name === 'lost+found' || name === 'node-id' || name.startsWith('.')
const CONSUL = ['raft', 'serf', 'checkpoint-signature']

/**
 * Gives the path of `DIR/roster`, making it when `dir` is absent or empty.
 * @param fill writes the first contents below the given path, synced
 * @throws EngineError `FOREIGN`, `NEWER`, `DAMAGED`, `UNWRITABLE`, `NO_SPACE`
 */
export async function openDirectory (dir: string, writer: Writer, fill: (path: string) => Promise<void>): Promise<string> {
  return await inWords(dir, async () => {
    const root = join(dir, 'roster')
    if (existsSync(dir) && !statSync(dir).isDirectory()) throw new EngineError('FOREIGN', `${dir} is a file, not a data directory`)
    if (!existsSync(root)) {
      refuseForeign(dir)
      await make(dir, root, writer, fill)
    }
    refuseUnlessOurs(dir, root, writer)
    // Asked before anything is opened: even the superuser cannot write to a read-only disk.
    for (const path of [dir, root]) accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return root
  })
}

/** Writes down that from now on records may be of `writer.schema`, so that an earlier version refuses instead of misreading them. */
export function raiseMarker (root: string, writer: Writer): void {
  const marker = readMarker(root)
  if (marker !== undefined && marker.schema >= writer.schema) return
  const fresh = join(root, `${MARKER}.new`)
  writeSynced(fresh, markerOf(writer))
  renameSync(fresh, join(root, MARKER))
  syncDirectory(root)
}

/** Says in Roster's words what the file system or LMDB says in theirs. */
export async function inWords<T> (dir: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof EngineError) throw error
    const { code, errno, message } = error as { readonly code?: unknown, readonly errno?: unknown, readonly message?: unknown }
    const number = typeof errno === 'number' ? -errno : code
    const { EACCES, EPERM, EROFS, ENOSPC, EDQUOT } = osConstants.errno
    if (number === EROFS) throw new EngineError('UNWRITABLE', `${dir} is on a read-only file system`, { cause: error })
    if (number === EACCES || number === EPERM) throw new EngineError('UNWRITABLE', `${dir} is not writable: permission denied`, { cause: error })
    if (number === ENOSPC || number === EDQUOT) throw new EngineError('NO_SPACE', `no space left for ${dir}`, { cause: error })
    throw new EngineError('UNWRITABLE', `${dir} cannot be used: ${String(message)}`, { cause: error })
  }
}

function refuseForeign (dir: string): void {
  const names = existsSync(dir) ? readdirSync(dir).filter(name => !isOfNoAccount(name)) : []
  if (names.length === 0) return
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '')
  const whose = names.some(name => CONSUL.includes(name)) ? 'looks like the data directory of a Consul agent' : 'is not empty and not a Roster data directory'
  throw new EngineError('FOREIGN', `${dir} ${whose} (it holds ${shown}); give an empty or a new directory`)
}

function refuseUnlessOurs (dir: string, root: string, writer: Writer): void {
  const marker = readMarker(root)
  if (marker === undefined) throw new EngineError('FOREIGN', `${root} is not a Roster data directory: it has no ${MARKER}`)
  if (marker.version <= FORMAT_VERSION && marker.schema <= writer.schema) return
  throw new EngineError('NEWER', `${dir} was written by Roster ${marker.madeBy} (format ${marker.version}, schema ${marker.schema}); ` +
    `this is Roster ${writer.madeBy} (format ${FORMAT_VERSION}, schema ${writer.schema}). Use ${marker.madeBy} or later; nothing was changed`)
}

function readMarker (root: string): Marker | undefined {
  const path = join(root, MARKER)
  if (!statSync(root).isDirectory() || !existsSync(path)) return undefined
  let marker: Partial<Marker> | null
  try {
    marker = JSON.parse(readFileSync(path, 'utf8')) as Partial<Marker> | null
  } catch (cause) {
    throw new EngineError('DAMAGED', `${path} is damaged`, { cause })
  }
  if (marker?.format !== 'roster') return undefined
  if (!Number.isInteger(marker.version) || !Number.isInteger(marker.schema)) throw new EngineError('DAMAGED', `${path} is damaged`)
  return marker as Marker
}

async function make (dir: string, root: string, writer: Writer, fill: (path: string) => Promise<void>): Promise<void> {
  // Asked first: making a path on a read-only disk is refused with a misleading reason.
  let above = resolve(dir)
  while (!existsSync(above)) above = dirname(above)
  if (!statSync(above).isDirectory()) throw new EngineError('FOREIGN', `${dir} lies below a file`)
  accessSync(above, constants.W_OK | constants.X_OK)
  mkdirSync(dir, { recursive: true })
  // What an interrupted first start left. Another process that is just making its own loses it here, and then finds ours.
  for (const name of readdirSync(dir)) if (name.startsWith(HALF_MADE)) rmSync(join(dir, name), { recursive: true, force: true })
  const half = mkdtempSync(join(dir, HALF_MADE))
  try {
    await fill(half)
    writeSynced(join(half, MARKER), markerOf(writer))
    syncDirectory(half)
    renameSync(half, root)
    syncDirectory(dir)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    if (!existsSync(root)) throw error // else another process was faster; the lock decides between the two
  }
}

const markerOf = ({ schema, madeBy }: Writer): string => JSON.stringify({ format: 'roster', version: FORMAT_VERSION, schema, madeBy } satisfies Marker) + '\n'

function writeSynced (path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600, flush: true })
}

/** Makes names durable. Windows has no such thing. */
export function syncDirectory (path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
