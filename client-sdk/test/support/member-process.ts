// A service in a process of its own, as an application would write it: an HTTP server that registers, and says on its output what happens to it.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { RegisterOptions } from '../../src/index.js'

const MEMBER = fileURLToPath(new URL('./member.ts', import.meta.url))

export interface Member {
  readonly child: ChildProcess
  /** Lines so far. */
  readonly said: string[]
  /** Code or signal, when it has ended. */
  readonly ended: Promise<number | string>
  readonly id: string
  readonly port: number
}

/** Resolves when it is registered. Gone with the test. @param last what it does after registering: `stay`, or `leave` (deregister, close, and end by itself) */
export async function member (t: Test, registry: string, options: Partial<RegisterOptions>, last: 'stay' | 'leave' = 'stay'): Promise<Member> {
  const child = spawn(process.execPath, ['--import=tsx', MEMBER, registry, JSON.stringify(options), last], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } })
  const said: string[] = []
  const ended = new Promise<number | string>(resolve => child.once('exit', (code, signal) => resolve(signal ?? code ?? 'unknown')))
  t.teardown(async () => { child.kill('SIGKILL'); await ended })
  const registered = new Promise<{ id: string, port: number }>((resolve, reject) => {
    let rest = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        said.push(line)
        if (line.startsWith('registered ')) resolve(JSON.parse(line.slice('registered '.length)) as { id: string, port: number })
      }
    })
    void ended.then(code => reject(new Error(`the member ended with ${code}: ${said.join('; ')}`)))
  })
  return { child, said, ended, ...await registered }
}
