// Processes that a bench measures or measures with: Roster itself, baselines, load. All of them end with the bench.
import { fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'

process.setMaxListeners(0)
const children = new Set<ChildProcess>()
const folders: string[] = []
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-bench-'))
  folders.push(folder)
  return folder
}

export function freePort (): Promise<number> {
  return new Promise(resolve => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

export interface RosterProcess {
  readonly port: number
  readonly dnsPort: number
  readonly pid: number
  /** ms from the start of the process to its first answer. */
  readonly readyMs: number
  /** MiB that are resident now. */
  rss (): number
  stop (signal?: NodeJS.Signals): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../bin/roster.js', import.meta.url))

/** @param dataDir durable, in this folder; else in memory */
export async function startRoster (dataDir?: string, config: object = {}): Promise<RosterProcess> {
  const [http, dns] = [await freePort(), await freePort()]
  const file = join(temporaryFolder(), 'config.json')
  writeFileSync(file, JSON.stringify({ node_name: 'bench', bind_addr: '127.0.0.1', log_level: 'warn', ports: { http, dns, grpc: -1, grpc_tls: -1 }, ...(dataDir === undefined ? {} : { data_dir: dataDir, server: true, bootstrap: true }), ...config }))
  const began = performance.now()
  const child = spawn(process.execPath, [MAIN, 'agent', ...(dataDir === undefined ? ['-dev'] : []), '-config-file', file, '-log-level', 'warn'], { stdio: ['ignore', 'ignore', 'inherit'] })
  children.add(child)
  const ended = new Promise<void>(resolve => child.once('exit', () => { children.delete(child); resolve() }))
  for (;;) {
    const ok = await fetch(`http://127.0.0.1:${http}/v1/status/leader`).then(r => r.ok, () => false)
    if (ok) break
    if (performance.now() - began > 60_000 || child.exitCode !== null) throw new Error('Roster did not start')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  const readyMs = performance.now() - began
  return {
    port: http,
    dnsPort: dns,
    pid: child.pid!,
    readyMs,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid!}/status`, 'utf8'))![1]) / 1024,
    async stop (signal = 'SIGTERM') {
      child.kill(signal)
      await ended
    },
  }
}

/** A TypeScript file of this folder in a process of its own; talks by messages. */
export function worker (file: string, args: readonly string[] = []): ChildProcess {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ['--import=tsx'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** Sends a message and waits for the answer. */
export function ask<T> (child: ChildProcess, message: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the worker has ended'))
    child.once('message', answer => {
      child.off('exit', ended)
      resolve(answer as T)
    })
    child.once('exit', ended)
    child.send(message)
  })
}
