// What a verb touches of the world outside: streams, environment, folder, signals. Passed in, so that a test runs a verb without a process; the real ones
// are made here.

import { isatty } from 'node:tty'
import type { Readable } from 'node:stream'

export interface Io {
  readonly stdin: Readable
  readonly out: (text: string | Uint8Array) => void
  readonly err: (text: string) => void
  readonly env: NodeJS.ProcessEnv
  /** Relative paths start here. */
  readonly cwd: string
  /** Is somebody looking? Colours go to a terminal only, progress to one on standard error. */
  readonly terminal: { readonly out: boolean, readonly err: boolean }
  /** Where the output of children goes: straight to ours, or through `out` and `err`. */
  readonly childOutput: 'inherit' | 'pipe'
  /** Hears SIGINT and SIGTERM until the returned function is called. While nobody listens they end the process, as they do by default. */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void
}

/** SIGPIPE's code in a shell: the reader of our output has seen enough. */
const BROKEN_PIPE = 141

export function processIo (): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(BROKEN_PIPE)
      throw error
    })
  }
  return {
    // Opening standard input starts reading it, so it is left alone until a verb wants it.
    get stdin () { return process.stdin },
    out: text => { process.stdout.write(text) },
    err: text => { process.stderr.write(text) },
    env: process.env,
    cwd: process.cwd(),
    terminal: { out: isatty(1), err: isatty(2) },
    childOutput: 'inherit',
    onSignal: listener => {
      process.on('SIGINT', listener)
      process.on('SIGTERM', listener)
      return () => {
        process.off('SIGINT', listener)
        process.off('SIGTERM', listener)
      }
    },
  }
}

/** Everything on a stream, such as the DATA that `-` stands for. @throws Failure beyond `maxBytes` */
export async function readAll (stream: Readable, maxBytes = 1 << 30): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > maxBytes) throw new RangeError(`more than ${maxBytes} bytes on standard input`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, size)
}
