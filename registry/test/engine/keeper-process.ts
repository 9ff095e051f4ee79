// Starts keeper.ts as a process of its own and talks to it by lines. Every process it starts ends with its test.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { ChildProcess } from 'node:child_process'
import type { Test } from 'tap'

export interface Keeper {
  readonly child: ChildProcess
  /** Every line so far. */
  readonly lines: readonly string[]
  readonly stderr: () => string
  tell (line: string): void
  /** The first line, now or later, that matches. */
  line (pattern: RegExp): Promise<string>
  /** Ends the input and waits for the process. */
  end (): Promise<number | null>
  kill (signal: NodeJS.Signals): Promise<void>
  readonly exit: Promise<number | null>
}

/** ms that anything may take on a busy machine. */
const PATIENCE_MS = 20_000

/** One file out of keeper.ts and what it imports, put into `dir`, so that a start costs what the process costs and not a compiler. */
export async function bundle (dir: string): Promise<string> {
  const outfile = join(dir, 'keeper.mjs')
  await build({ entryPoints: [join(import.meta.dirname, 'keeper.ts')], bundle: true, packages: 'external', format: 'esm', platform: 'node', outfile, logLevel: 'error' })
  return outfile
}

/** @param wrap a command that runs the process, such as `['strace', '-f']` */
export function keeper (t: Test, script: string, args: readonly string[], wrap: readonly string[] = []): Keeper {
  const [command, ...rest] = [...wrap, process.execPath, script, ...args] as [string, ...string[]]
  const child = spawn(command, rest, { stdio: 'pipe', env: { ...process.env, NODE_OPTIONS: '' } })
  const lines: string[] = []
  let stderr = ''
  const waiting = new Set<() => void>()
  const told = (): void => { for (const check of waiting) check() }
  let exited = false
  const exit = new Promise<number | null>(resolve => child.on('close', code => {
    exited = true
    resolve(code)
    told()
  }))
  createInterface({ input: child.stdout }).on('line', line => {
    lines.push(line)
    told()
  })
  child.stderr.on('data', (bytes: Buffer) => { stderr += String(bytes) })
  child.stdin.on('error', () => {}) // a killed process no longer reads
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return {
    child,
    lines,
    stderr: () => stderr,
    exit,
    tell (line) { child.stdin.write(line + '\n') },
    line: pattern => new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(new Error(`no line like ${pattern}; so far: ${lines.join(' | ')} ${stderr}`)), PATIENCE_MS)
      const finish = (result: string | Error): void => {
        clearTimeout(timer)
        waiting.delete(check)
        if (typeof result === 'string') resolve(result)
        else reject(result)
      }
      const check = (): void => {
        const found = lines.find(line => pattern.test(line))
        if (found !== undefined) finish(found)
        else if (exited) finish(new Error(`ended without a line like ${pattern}; it said: ${lines.join(' | ')} ${stderr}`))
      }
      waiting.add(check)
      check()
    }),
    async end () {
      child.stdin.end()
      return exit
    },
    async kill (signal) {
      child.kill(signal)
      await exit
    },
  }
}
