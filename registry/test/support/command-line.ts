// A command line run in this process: what it writes is caught, signals are sent by hand, and nothing of the real environment leaks in.
import { Readable } from 'node:stream'
import { runCommandLine } from '../../src/cli/run.js'
import type { Io } from '../../src/cli/io.js'

export interface Ran { readonly code: number, readonly out: string, readonly err: string }

export interface CommandLineOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly stdin?: string
  /** Somebody looks at standard output. */
  readonly terminal?: boolean
}

export interface Running {
  readonly ended: Promise<Ran>
  /** What was written so far. */
  readonly out: () => string
  readonly err: () => string
  /** As if the process had got it. */
  readonly signal: (signal: NodeJS.Signals) => void
}

/** Starts `roster …argv` and gives it back while it runs. */
export function startCommandLine (argv: readonly string[], { env = {}, cwd = process.cwd(), stdin = '', terminal = false }: CommandLineOptions = {}): Running {
  const out: Buffer[] = []
  let err = ''
  const listeners = new Set<(signal: NodeJS.Signals) => void>()
  const io: Io = {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    out: text => { out.push(Buffer.from(text)) },
    err: text => { err += text },
    env: { PATH: process.env['PATH'], ...env },
    cwd,
    terminal: { out: terminal, err: terminal },
    childOutput: 'pipe',
    onSignal: listener => {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
  }
  const text = (): string => Buffer.concat(out).toString('utf8')
  return {
    ended: runCommandLine(argv, io).then(code => ({ code, out: text(), err })),
    out: text,
    err: () => err,
    signal: signal => { for (const listener of listeners) listener(signal) },
  }
}

export const commandLine = (argv: readonly string[], options?: CommandLineOptions): Promise<Ran> => startCommandLine(argv, options).ended

/** Words apart by blanks; `'…'` keeps blanks together. */
export const words = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2]!)
