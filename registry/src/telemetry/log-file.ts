// The log on disk (`-log-file`): appends, and begins a new file by size or by time. Writes are synchronous, because the last words count most.

import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { LogOutput } from './log-hub.js'

export interface LogFileOptions {
  /** A path ending in `/` is a folder, where `consul.log` is written. */
  readonly path: string
  /** Bytes after which a new file is begun; 0: never. */
  readonly rotateBytes: number
  /** ms after which a new file is begun; 0: never. */
  readonly rotateDurationMs: number
  /** Old files kept: 0 keeps all, -1 none. */
  readonly maxFiles: number
  /** Wall clock, ms. */
  readonly now: () => number
}

export interface LogFile extends LogOutput { close (): void }

/** @throws the system's error when the file cannot be opened */
export function logFile ({ path, rotateBytes, rotateDurationMs, maxFiles, now }: LogFileOptions): LogFile {
  const file = path.endsWith('/') ? join(path, 'consul.log') : path
  let fd = openSync(file, 'a', 0o640)
  let size = fstatSync(fd).size
  let begun = now()
  const rotate = (): void => {
    closeSync(fd)
    renameSync(file, archived(file, begun))
    prune(file, maxFiles)
    fd = openSync(file, 'a', 0o640)
    size = 0
    begun = now()
  }
  return {
    write (line) {
      const due = (rotateBytes > 0 && size > 0 && size + line.length > rotateBytes) || (rotateDurationMs > 0 && now() - begun >= rotateDurationMs)
      if (due) rotate()
      size += writeSync(fd, line)
    },
    close () { closeSync(fd) },
  }
}

/** `roster.log` becomes `roster-<ms>.log`. */
function archived (file: string, ms: number): string {
  const end = extname(file)
  return `${end === '' ? file : file.slice(0, -end.length)}-${ms}${end}`
}

function prune (file: string, maxFiles: number): void {
  if (maxFiles === 0) return
  const end = extname(file)
  const stem = `${basename(file, end)}-`
  const old = readdirSync(dirname(file)).filter(name => name.startsWith(stem) && name.endsWith(end) && /^\d+$/.test(name.slice(stem.length, name.length - end.length))).sort()
  for (const name of old.slice(0, old.length - Math.max(maxFiles, 0))) rmSync(join(dirname(file), name), { force: true })
}
