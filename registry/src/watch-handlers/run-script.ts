// A script handler: a program that gets the answer as JSON on its standard input and the index in CONSUL_INDEX. Whether it succeeds is its own affair: what it
// says is logged, and the watch goes on.

import { spawn } from 'node:child_process'
import { TailBuffer } from '../health/output.js'
import type { ScriptHandler } from './read.js'

/** Longest run, ms: then the program and all that it has started are killed, so that one that hangs does not silence its watch for good. */
const MAX_RUN_MS = 3_600_000
/** Of the output, bytes; the end of it is kept. */
const MAX_OUTPUT = 4096

export interface ScriptEnd {
  /** Absent when it succeeded. */
  readonly error?: string
  readonly output: string
}

/** Never rejects; aborting the signal kills the program with its whole process group. */
export function runScript ({ args, shell }: ScriptHandler, json: string, index: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ScriptEnd> {
  const [program = '', ...rest] = shell ? [env['SHELL'] || '/bin/sh', '-c', args[0]!] : args
  const tail = new TailBuffer(MAX_OUTPUT)
  return new Promise(resolve => {
    const child = spawn(program, rest, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: { ...env, CONSUL_INDEX: index } })
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch { /* nobody of the group is left */ }
    }
    const timer = setTimeout(kill, MAX_RUN_MS)
    const done = (error?: string): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', kill)
      resolve({ output: tail.text(), ...error !== undefined && { error } })
    }
    signal.addEventListener('abort', kill)
    if (signal.aborted) kill()
    child.stdout.on('data', (chunk: Buffer) => tail.write(chunk))
    child.stderr.on('data', (chunk: Buffer) => tail.write(chunk))
    // A program that does not read its input closes it, which is its right.
    child.stdin.on('error', () => {})
    child.stdin.end(json)
    child.once('error', error => done(error.message))
    child.once('close', (code, ended) => done(code === 0 ? undefined : ended === null ? `exit status ${code}` : `signal: ${ended}`))
  })
}
