// Real processes for tests end to end: a registry, sidecars, services in whatever language, each gone with the test.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { loadConfig } from '../../src/config/load-config.js'
import { dataPlane } from '../../src/data-plane.js'
import { Sidecar } from '../../src/sidecar.js'
import { createLog } from '../../src/telemetry/log.js'
import { until } from './until.js'

/** From the build, which starts in a third of the time that the sources need. */
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const REGISTRY = fileURLToPath(new URL('../../../registry/dist/cli/main.js', import.meta.url))

export interface Registry {
  readonly url: string
  readonly port: number
  get<T = unknown>(path: string): Promise<T>
  call (method: string, path: string, body?: unknown): Promise<number>
  /** Killed where it stands. */
  kill (): Promise<void>
  /** On the same port, with the same data if it is durable. */
  start (): Promise<void>
}

/** @param dataDir durable, else in memory */
export async function registry (t: Test, { dataDir }: { readonly dataDir?: string } = {}): Promise<Registry> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let process_: Process | undefined
  const start = async (): Promise<void> => {
    process_ = run(t, [process.execPath, REGISTRY, 'agent', ...dataDir === undefined ? ['-dev'] : ['-server', '-bootstrap', '-data-dir', dataDir], '-bind', '127.0.0.1', '-http-port', String(port), '-dns-port', '-1'])
    const { child, err, out } = process_
    await until('the registry answers', () => {
      if (child.exitCode !== null) throw new Error(`the registry ended: ${out()}${err()}`)
      return fetch(`${url}/v1/status/leader`).then(async response => response.ok && (await response.text()) !== '""', () => false)
    })
  }
  await start()
  return {
    url,
    port,
    get: async path => await (await fetch(url + path)).json() as never,
    call: async (method, path, body) => (await fetch(url + path, { method, ...body !== undefined && { body: JSON.stringify(body) } })).status,
    async kill () {
      process_!.child.kill('SIGKILL')
      await process_!.ended
    },
    start,
  }
}

export const freePort = (): Promise<number> => new Promise(resolve => {
  const server = createServer()
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
})

/** A healthy instance, straight in the catalog. */
export const instance = (service: string, port: number, { id = `${service}-${port}`, meta = {}, weight = 1, status = 'passing' }: { id?: string, meta?: Record<string, string>, weight?: number, status?: string } = {}): object => ({
  Node: 'there',
  Address: '127.0.0.1',
  Service: { ID: id, Service: service, Address: '127.0.0.1', Port: port, Meta: meta, Weights: { Passing: weight, Warning: weight } },
  Check: { CheckID: `c-${id}`, Name: 'c', ServiceID: id, Status: status },
})

export interface Process {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
}

/** Killed, with its whole group, at the end of the test. */
export function run (t: Test, command: readonly string[], env: NodeJS.ProcessEnv = {}): Process {
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '', ...env } })
  let out = ''
  let err = ''
  child.stdout!.on('data', data => { out += String(data) })
  child.stderr!.on('data', data => { err += String(data) })
  const ended = new Promise<number | string>(resolve => child.once('close', (code, signal) => resolve(code ?? signal!)))
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 3000)
    await ended
    clearTimeout(late)
  })
  return { child, out: () => out, err: () => err, ended }
}

/** An empty folder, gone with the test. */
export function folder (t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'sidecar-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export interface SidecarProcess extends Process {
  /** Where it listens, by the log's names: `public`, `outbound`, `admin`, `upstream payments`; URLs. */
  readonly at: Readonly<Record<string, string>>
  /** JSON of an admin page. */
  readonly admin: <T = unknown>(path: string, method?: string) => Promise<{ readonly status: number, readonly body: T }>
}

export const sidecarCommand = (...args: readonly string[]): readonly string[] => [process.execPath, MAIN, ...args]

const anywhere = (args: readonly string[]): string[] => ['admin', 'outbound'].filter(flag => !args.some(arg => arg === `--${flag}`)).flatMap(flag => [`--${flag}`, '0'])

function places (listeners: Readonly<Record<string, string>>): Record<string, string> {
  const at: Record<string, string> = {}
  for (const [name, place] of Object.entries(listeners)) if (typeof place === 'string' && /^[\d.[\]:]+:\d+$/.test(place)) at[name] = `http://${place.replace('[::]', '127.0.0.1')}`
  return at
}

const adminOf = (at: Readonly<Record<string, string>>): SidecarProcess['admin'] => async (path, method = 'GET') => {
  const response = await fetch(at['admin']! + path, { method })
  const text = await response.text()
  return { status: response.status, body: (response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : text) as never }
}

/** As `sidecarProcess`, in this process: for what does not depend on being one. */
export async function sidecar (t: Test, registryUrl: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Pick<SidecarProcess, 'at' | 'admin'> & { readonly drain: () => Promise<number> }> {
  const all = { ...process.env, NODE_OPTIONS: '', ROSTER_CACHE_DIR: folder(t), ...env }
  const config = loadConfig({ args: ['--registry', registryUrl, '--drain-timeout', '300ms', '--stop-timeout', '1s', ...anywhere(args), ...args], env: all })
  if (typeof config === 'string') throw new Error(config)
  const running = await Sidecar.start(config, { env: all, log: createLog('silent'), dataPlane, signal: new AbortController().signal, childOutput: 'ignore' })
  t.teardown(() => running.drain())
  const at = places(running.listeners)
  return { at, admin: adminOf(at), drain: () => running.drain() }
}

/** Started and ready. Ports that no argument names are of the system's choosing. */
export async function sidecarProcess (t: Test, registryUrl: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<SidecarProcess> {
  const found = run(t, sidecarCommand('--registry', registryUrl, ...anywhere(args), ...args), { ROSTER_CACHE_DIR: folder(t), ...env })
  await until('the sidecar is ready', () => found.err().includes('"msg":"ready"') || found.child.exitCode !== null)
  const line = found.err().split('\n').find(text => text.includes('"msg":"ready"'))
  if (line === undefined) throw new Error(`the sidecar did not become ready:\n${found.err()}${found.out()}`)
  const at = places(JSON.parse(line) as Record<string, string>)
  return { ...found, at, admin: adminOf(at) }
}
