// The data directory as such: whether it is ours to use, made on first use, and who wrote it. What is kept in it is embedded.ts's concern.
//
//   DIR/roster/lock/         the lock (lock.ts); whoever holds it may go on
//   DIR/roster/roster.json   the marker: format and schema numbers, the version that wrote it last
//   DIR/roster/log/          the records (log.ts)
//
// A first start fills log-new, writes the marker, and renames log-new to log, each synced before the next. So what an interrupted one left can be told from
// what somebody took away: without marker and log nothing was ever kept; with a marker, log-new is whole; a marker with neither is damage.

import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
const FRESH_MARKER = 'roster.json.new'
const LOG = 'log'
const FRESH_LOG = 'log-new'
/** What is in a directory that nobody has used yet: a mount's own, what version control and desktops leave, and the node's id, which the settings write before. */
const isOfNoAccount = (name: string): boolean => name === 'lost+found' || name === 'node-id' || name.startsWith('.')
const CONSUL = ['raft', 'serf', 'checkpoint-signature']

/**
 * Gives the path of `DIR/roster`, to be locked next, making it when `dir` is absent or empty.
 * @throws EngineError `FOREIGN`, `NEWER`, `DAMAGED`, `UNWRITABLE`, `NO_SPACE`; what is refused is left as it was
 */
export function enterDirectory (dir: string, writer: Writer): string {
  const root = join(dir, 'roster')
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw new EngineError('FOREIGN', `${dir} is a file, not a data directory`)
  if (existsSync(root)) refuseUnlessOurs(dir, root, writer)
  else refuseForeign(dir)
  // Asked before anything is made or opened: even the superuser cannot write to a read-only disk, and making a path there is refused with a misleading reason.
  let above = resolve(root)
  while (!existsSync(above)) above = dirname(above)
  if (!statSync(above).isDirectory()) throw new EngineError('FOREIGN', `${dir} lies below a file`)
  accessSync(above, constants.R_OK | constants.W_OK | constants.X_OK)
  mkdirSync(root, { recursive: true, mode: 0o700 })
  for (let made = resolve(root); made !== above; made = dirname(made)) syncDirectory(dirname(made))
  return root
}

/**
 * Finishes a first start, this one or an interrupted one. To be called by the holder of the lock.
 * @param fill writes the first contents of the log into the given directory, synced
 */
export async function completeDirectory (root: string, writer: Writer, fill: (path: string) => Promise<void>): Promise<void> {
  const [marker, log, fresh] = [MARKER, LOG, FRESH_LOG].map(name => join(root, name)) as [string, string, string]
  if (existsSync(log)) return
  if (!existsSync(marker)) {
    rmSync(fresh, { recursive: true, force: true })
    await fill(fresh)
    syncDirectory(fresh)
    writeMarker(root, writer)
  }
  if (!existsSync(fresh)) throw new EngineError('DAMAGED', `${log} is gone`)
  renameSync(fresh, log)
  syncDirectory(root)
}

/** Writes down that from now on records may be of `writer.schema`, so that an earlier version refuses instead of misreading them. */
export function raiseMarker (root: string, writer: Writer): void {
  const marker = readMarker(root)
  if (marker !== undefined && marker.schema >= writer.schema) return
  writeMarker(root, writer)
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
  if (marker === undefined) {
    const begun = ['lock', FRESH_LOG, FRESH_MARKER]
    if (statSync(root).isDirectory() && readdirSync(root).every(name => begun.includes(name))) return
    throw new EngineError('FOREIGN', `${root} is not a Roster data directory: it has no ${MARKER}`)
  }
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

function writeMarker (root: string, { schema, madeBy }: Writer): void {
  const marker: Marker = { format: 'roster', version: FORMAT_VERSION, schema, madeBy }
  writeFileSync(join(root, FRESH_MARKER), JSON.stringify(marker) + '\n', { mode: 0o600, flush: true })
  renameSync(join(root, FRESH_MARKER), join(root, MARKER))
  syncDirectory(root)
}

/** Makes names durable. Windows has no such thing. */
function syncDirectory (path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
