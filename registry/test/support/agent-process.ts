// `roster agent` as a process of its own, from the build, for tests of what only a process shows: signals, exit codes, kill -9, system calls.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Why these tests cannot run; false when they can. */
export const noBuild: string | false = existsSync(MAIN) ? false : 'there is no build (npm run build)'

export const freePort = (): Promise<number> => new Promise(resolve => {
  const server = createServer()
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number }
    server.close(() => resolve(port))
  })
})

export interface AgentProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly port: number
  /** Both outputs so far. */
  readonly out: () => string
  readonly err: () => string
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
  readonly call: (method: string, path: string, body?: unknown) => Promise<Response>
  /** Ends it and waits until it has ended. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | string>
}

export interface AgentOptions {
  /** Folder for the configuration file. */
  readonly dir: string
  readonly dataDir?: string
  readonly config?: object
  readonly args?: readonly string[]
  /** In front of node: `['strace', '-f', …]`. */
  readonly wrap?: readonly string[]
  readonly ports?: { readonly http: number, readonly dns: number }
  /** Where it answers, if the configuration says other than 127.0.0.1. */
  readonly host?: string
  /** Do not wait for the first answer. */
  readonly anyhow?: boolean
}

export async function startAgent ({ dir, dataDir, config, args = [], wrap = [], ports, host = '127.0.0.1', anyhow }: AgentOptions): Promise<AgentProcess> {
  const { http, dns } = ports ?? { http: await freePort(), dns: await freePort() }
  const file = join(dir, 'agent.json')
  writeFileSync(file, JSON.stringify({ node_name: 'test', bind_addr: '127.0.0.1', ports: { http, dns, grpc: -1, grpc_tls: -1 }, ...(dataDir === undefined ? {} : { data_dir: dataDir, server: true, bootstrap: true }), ...config }))
  const words = [...wrap, process.execPath, MAIN, 'agent', ...(dataDir === undefined ? ['-dev'] : []), '-config-file', file, ...args]
  const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout!.on('data', d => { out += String(d) })
  child.stderr!.on('data', d => { err += String(d) })
  const ended = new Promise<number | string>(resolve => child.once('close', (code, signal) => resolve(code ?? signal!)))
  const url = `http://${host}:${http}`
  const agent: AgentProcess = {
    child,
    url,
    port: http,
    out: () => out,
    err: () => err,
    ended,
    call: (method, path, body) => fetch(url + path, { method, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) }),
    async stop (signal = 'SIGTERM') {
      // A tracer does not hand signals on: the traced process gets them itself.
      if (wrap.length > 0) for (const pid of readFileSync(`/proc/${child.pid!}/task/${child.pid!}/children`, 'utf8').trim().split(' ')) process.kill(Number(pid), signal)
      else child.kill(signal)
      return await ended
    },
  }
  if (anyhow === true) return agent
  const end = performance.now() + 30_000
  while (!await fetch(`${url}/v1/status/leader`).then(r => r.ok, () => false)) {
    if (child.exitCode !== null || performance.now() > end) throw new Error(`the agent did not start: ${out.slice(-2000)}${err}`)
  }
  return agent
}
