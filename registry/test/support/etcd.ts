// Real etcd members on loopback, for tests: started and ended by the test, on ports of the system's choosing, their data in a folder that goes with them.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import type { AddressInfo } from 'node:net'

const found = spawnSync('etcd', ['--version'], { encoding: 'utf8' })

/** Why tests with etcd are skipped, printed by tap; `false` where it is installed. */
export const noEtcd: string | false = found.status === 0 ? false : 'etcd is not installed (Debian: etcd-server)'

export interface EtcdMember {
  readonly name: string
  readonly url: string
  readonly process: ChildProcess
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** The same member again, on the same data. */
  readonly start: () => Promise<void>
}

export interface EtcdCluster {
  readonly members: readonly EtcdMember[]
  readonly endpoints: readonly string[]
  readonly stop: () => Promise<void>
}

export interface EtcdClusterOptions {
  readonly members?: number
  /** Flags besides. */
  readonly args?: readonly string[]
  /** Writes reach the disk before they are answered. Tests whose subject is not durability do without. */
  readonly sync?: boolean
  /** Where clients and members are told to reach a peer port, for tests that stand in between. */
  readonly secure?: { readonly cert: string, readonly key: string, readonly ca: string }
}

/** To be stopped by whoever started it. */
export async function startEtcd ({ members: count = 1, args = [], sync = false, secure }: EtcdClusterOptions = {}): Promise<EtcdCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'roster-etcd-'))
  const ports = await freePorts(count * 2)
  const scheme = secure === undefined ? 'http' : 'https'
  const peers = Array.from({ length: count }, (_, i) => `m${i}=http://127.0.0.1:${ports[2 * i + 1]!}`).join(',')
  const members = await Promise.all(Array.from({ length: count }, async (_, i) => await member({
    name: `m${i}`,
    url: `${scheme}://127.0.0.1:${ports[2 * i]!}`,
    args: [
      '--name', `m${i}`, '--data-dir', join(dir, `m${i}`), '--log-level', 'error', '--logger', 'zap',
      '--listen-client-urls', `${scheme}://127.0.0.1:${ports[2 * i]!}`, '--advertise-client-urls', `${scheme}://127.0.0.1:${ports[2 * i]!}`,
      '--listen-peer-urls', `http://127.0.0.1:${ports[2 * i + 1]!}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${ports[2 * i + 1]!}`,
      '--initial-cluster', peers, '--initial-cluster-token', dir,
      ...(sync ? [] : ['--unsafe-no-fsync']),
      ...(secure === undefined ? [] : ['--cert-file', secure.cert, '--key-file', secure.key, '--trusted-ca-file', secure.ca, '--client-cert-auth']),
      ...args,
    ],
  })))
  await Promise.all(members.map(one => ready(one.url)))
  return {
    members,
    endpoints: members.map(({ url }) => url),
    async stop () {
      await Promise.all(members.map(one => one.kill()))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function member ({ name, url, args }: { readonly name: string, readonly url: string, readonly args: readonly string[] }): Promise<EtcdMember> {
  let child = run(args)
  return {
    name,
    url,
    get process () { return child },
    async kill (signal = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      if (signal === 'SIGKILL') await ended
    },
    async start () {
      child = run(args)
      await ready(url)
    },
  }
}

function run (args: readonly string[]): ChildProcess {
  const child = spawn('etcd', args, { stdio: 'ignore' })
  // A test that dies must not leave members behind.
  const end = (): void => { child.kill('SIGKILL') }
  process.once('exit', end)
  child.once('exit', () => process.removeListener('exit', end))
  return child
}

/** Waits until it takes connections; a whole cluster may still be electing. */
async function ready (url: string): Promise<void> {
  const { createConnection } = await import('node:net')
  const { hostname, port } = new URL(url)
  const end = performance.now() + 20_000
  for (;;) {
    const open = await new Promise<boolean>(resolve => {
      const socket = createConnection({ host: hostname, port: Number(port) })
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    if (performance.now() > end) throw new Error(`etcd at ${url} does not listen`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function freePorts (count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(async server => {
    server.close()
    await once(server, 'close')
  }))
  return ports
}
