// A disk of its own for a test, small enough to be filled, and able to turn read-only.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, rmdirSync, writeFileSync, closeSync, openSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

const run = (...command: [string, ...string[]]): string | undefined => {
  const { status, stderr, error } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' })
  return status === 0 ? undefined : error?.message ?? stderr.trim()
}

/** Why no disk can be mounted here, or `false` when one can; made for tap's `skip`. */
export const unmountable: string | false = (() => {
  const path = mkdtempSync(join(tmpdir(), 'mount-'))
  const trouble = run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path)
  if (trouble === undefined) run('umount', path)
  rmdirSync(path)
  return trouble === undefined ? false : `no disk can be mounted here: ${trouble}`
})()

export interface SmallDisk {
  readonly path: string
  /** Takes all the room that is left. */
  fill (): void
  /** Gives it back. */
  free (): void
  /** Nobody may have a file on it open for writing. */
  readOnly (): void
}

export function smallDisk (t: Test, kilobytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'disk-'))
  const trouble = run('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path)
  if (trouble !== undefined) throw new Error(trouble)
  t.teardown(() => {
    run('umount', path)
    rmdirSync(path)
  })
  const filler = join(path, '.filler')
  return {
    path,
    fill () {
      writeFileSync(filler, '')
      const fd = openSync(filler, 'a')
      for (const bytes of [65536, 4096]) {
        try {
          for (;;) writeSync(fd, Buffer.alloc(bytes))
        } catch {} // full
      }
      closeSync(fd)
    },
    free () { rmSync(filler, { force: true }) },
    readOnly () {
      const trouble = run('mount', '-o', 'remount,ro', path)
      if (trouble !== undefined) throw new Error(trouble)
    },
  }
}
