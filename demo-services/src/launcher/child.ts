// One child process: started, told to end, ended by force, and never left behind: it ends by itself when the pipe to its parent breaks.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

export interface ChildOptions {
  readonly command?: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Lines of its output. */
  readonly onLine?: (line: string) => void
  readonly onMessage?: (message: unknown) => void
}

export interface Child {
  readonly pid: number
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
  readonly running: boolean
  /** At once, as a power cut would. */
  kill (): Promise<void>
  /** Asks it to end; after `patienceMs` it is made to. @param how SIGTERM: in good order; SIGINT: soon */
  stop (how?: 'SIGTERM' | 'SIGINT', patienceMs?: number): Promise<void>
}

/** Long enough for a drain. */
const PATIENCE_MS = 30_000

export function startChild ({ command = process.execPath, args, cwd, env, onLine, onMessage }: ChildOptions): Child {
  const child: ChildProcess = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let running = true
  const ended = new Promise<number | string>(resolve => {
    child.once('error', error => { running = false; resolve(error.message) })
    child.once('exit', (code, signal) => { running = false; resolve(code ?? signal ?? 'gone') })
  })
  for (const stream of [child.stdout!, child.stderr!]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!.slice(-10_000)
      for (const line of lines) if (line !== '') onLine?.(line)
    })
  }
  if (onMessage !== undefined) child.on('message', onMessage)
  const signal = (name: NodeJS.Signals): void => { if (running) child.kill(name) }
  return {
    pid: child.pid ?? 0,
    ended,
    get running () { return running },
    async kill () {
      signal('SIGKILL')
      await ended
    },
    async stop (how = 'SIGTERM', patienceMs = PATIENCE_MS) {
      signal(how)
      const timer = setTimeout(() => signal('SIGKILL'), patienceMs)
      await ended
      clearTimeout(timer)
    },
  }
}
