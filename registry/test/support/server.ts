// A whole server in this process, on ports of the system's choosing, for tests of everything above the rooms.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { loadConfig } from '../../src/config/load-config.js'
import { startServer } from '../../src/server.js'
import { logHub } from '../../src/telemetry/log-hub.js'
import type { Clock } from '../../src/clock.js'
import type { Server } from '../../src/server.js'

export interface TestServer extends Server {
  /** `http://127.0.0.1:port` */
  readonly url: string
  readonly port: number
  readonly dnsPort: number
  /** Lines of the log, newest last. */
  readonly log: readonly string[]
  /** Answers as fetch gives them; a body that is no text is sent as JSON. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>
  /** The JSON of a GET. */
  readonly get: <T = unknown>(path: string) => Promise<T>
}

export interface TestServerOptions {
  /** Settings as a configuration file has them, over those of a server in memory. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Durable, in this folder, instead of in memory. */
  readonly dataDir?: string
  readonly clock?: Clock
  readonly random?: () => number
}

/** To be stopped by whoever started it: `t.teardown(() => server.stop())`. */
export async function startTestServer (options: TestServerOptions = {}): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'roster-test-'))
  const file = join(dir, 'config.json')
  const ports = { http: 0, dns: 0, grpc: -1, grpc_tls: -1, ...(options.config?.['ports'] as object | undefined) }
  writeFileSync(file, JSON.stringify({ node_name: 'test', bind_addr: '127.0.0.1', log_level: 'trace', ...(options.dataDir === undefined ? {} : { data_dir: options.dataDir, server: true }), ...options.config, ports }))
  const load = () => loadConfig({ args: [...(options.dataDir === undefined ? ['-dev'] : []), '-config-file', file], env: {}, cwd: dir })
  const log: string[] = []
  const hub = logHub({ level: 'TRACE', json: false, outputs: [{ write: line => { log.push(line) } }] })
  let server: Server
  try {
    server = await startServer({ config: load(), hub, reload: load, ...(options.clock === undefined ? {} : { clock: options.clock }), ...(options.random === undefined ? {} : { random: options.random }) })
  } catch (error) {
    rmSync(dir, { recursive: true, force: true })
    throw error
  }
  const url = `http://${server.httpAddresses[0]!}`
  const call: TestServer['call'] = (method, path, body, headers = {}) =>
    fetch(url + path, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }) })
  return {
    ...server,
    url,
    port: portOf(server.httpAddresses[0]!),
    dnsPort: portOf(server.dnsAddresses[0] ?? ':0'),
    log,
    call,
    get: async path => await (await call('GET', path)).json() as never,
    async stop () {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1))

/** An instance with a check, straight in the catalog. */
export const instance = (node: string, service: string, status = 'passing', id = `${service}-${node}`): object => ({
  Node: node,
  Address: '10.0.0.1',
  Service: { ID: id, Service: service, Port: 80 },
  Check: { CheckID: `c-${id}`, Name: 'c', ServiceID: id, Status: status },
})

/** Waits until `holds` is true, looking often; fails with `what` after 5 s. */
export async function until (what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 5000
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}

export interface Frame { readonly id: string, readonly type: string, readonly index: number, readonly upserts: ReadonlyArray<Record<string, unknown>>, readonly removes: readonly string[], readonly error?: string }

/** A client of the watch stream that keeps every frame. */
export async function watchStream (server: TestServer, headers: Record<string, string> = {}): Promise<{ socket: WebSocket, frames: Frame[], say: (frame: object) => void, next: (holds: (frame: Frame) => boolean) => Promise<Frame>, closed: Promise<number> }> {
  const socket = new WebSocket(server.url.replace('http', 'ws') + '/v1/watch', 'roster.v1', { headers })
  const frames: Frame[] = []
  socket.on('message', data => { frames.push(JSON.parse(String(data)) as Frame) })
  const closed = new Promise<number>(resolve => socket.on('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))))
  })
  return {
    socket,
    frames,
    closed,
    say: frame => { socket.send(JSON.stringify(frame)) },
    async next (holds) {
      await until('a frame', () => frames.some(holds))
      return frames.find(holds)!
    },
  }
}
