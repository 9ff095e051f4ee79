// How far something long has come, on a terminal's standard error and nowhere else. One line, written over.

import type { Io } from './io.js'

export interface Progress {
  add (bytes: number): void
  /** Takes the line away. */
  end (): void
}

/** Between two writes, ms: often enough to look alive. */
const EVERY_MS = 200

/** @param word what the bytes are: `saved` @param shows how a sum is written, when it is not of bytes */
export function progress (io: Pick<Io, 'err' | 'terminal'>, word: string, now: () => number = () => performance.now(), shows: (sum: number) => string = byteSize): Progress {
  let total = 0
  let told = now()
  let shown = false
  return {
    add (bytes) {
      total += bytes
      if (!io.terminal.err || now() - told < EVERY_MS) return
      told = now()
      shown = true
      io.err(`\r\x1b[K${shows(total)} ${word}`)
    },
    end () {
      if (shown) io.err('\r\x1b[K')
      shown = false
    },
  }
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** @example byteSize(4944) === '4.8KB'; byteSize(9216) === '9KB' */
export function byteSize (bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${size.toFixed(1).replace(/\.0$/, '')}${UNITS[unit]}`
}
