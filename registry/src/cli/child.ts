// A command that a verb runs: by a shell or as it stands, with JSON on its standard input where there is some. Its end is told in Go's words.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Io } from './io.js'

export interface Command {
  readonly words: readonly string[]
  /** All words as one line for `$SHELL` (or /bin/sh); else the first is the program. */
  readonly shell: boolean
}

export interface ChildOptions {
  readonly io: Io
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Text for standard input; `inherit` is ours, absent: none. */
  readonly input?: string | 'inherit'
}

/** How a child ended. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed', /** `exit status 3`, `signal: killed` */ readonly reason: string }
  | { readonly kind: 'not started', /** `fork/exec /x: no such file or directory` */ readonly reason: string }

export interface Child {
  /** Never rejects. */
  readonly ended: Promise<Ending>
  /** Does nothing once the child has ended. */
  kill (signal: NodeJS.Signals): void
}

export function runChild ({ words, shell }: Command, { io, env, input }: ChildOptions): Child {
  const [file, ...args] = shell ? [io.env['SHELL'] || '/bin/sh', '-c', words.join(' ')] : words
  const output = io.childOutput
  const child = spawn(file!, args, {
    cwd: io.cwd,
    env: { ...io.env, ...env },
    stdio: [input === undefined ? 'ignore' : input === 'inherit' ? 'inherit' : 'pipe', output, output],
  })
  child.stdout?.on('data', (chunk: Buffer) => io.out(chunk))
  child.stderr?.on('data', (chunk: Buffer) => io.err(chunk.toString('utf8')))
  if (child.stdin !== null) {
    // A child that does not read its input closes it, which is its right.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  }
  return { ended: ending(child, file!), kill: signal => { child.kill(signal) } }
}

const ending = (child: ChildProcess, file: string): Promise<Ending> => new Promise(resolve => {
  child.once('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'not started', reason: startReason(error, file) }))
  child.once('close', (code, signal) => {
    if (signal !== null) resolve({ kind: 'failed', reason: `signal: ${SIGNAL_WORDS[signal] ?? signal}` })
    else resolve(code === 0 ? { kind: 'done' } : { kind: 'failed', reason: `exit status ${code}` })
  })
})

const SIGNAL_WORDS: Readonly<Record<string, string>> = { SIGTERM: 'terminated', SIGKILL: 'killed', SIGINT: 'interrupt', SIGHUP: 'hangup', SIGQUIT: 'quit', SIGSEGV: 'segmentation fault', SIGABRT: 'aborted', SIGPIPE: 'broken pipe' }

const START_WORDS: Readonly<Record<string, string>> = { ENOENT: 'no such file or directory', EACCES: 'permission denied', ENOEXEC: 'exec format error', E2BIG: 'argument list too long' }

function startReason ({ code = '', message }: NodeJS.ErrnoException, file: string): string {
  if (code === 'ENOENT' && !file.includes('/')) return `exec: ${JSON.stringify(file)}: executable file not found in $PATH`
  return `fork/exec ${file}: ${START_WORDS[code] ?? message}`
}
