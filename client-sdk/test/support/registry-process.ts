// A registry in a process of its own, as users run it; and, where CONSUL_BIN names one, a Consul that has to give the same.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AddressInfo } from 'node:net'
import type { ChildProcess } from 'node:child_process'
import type { Test } from 'tap'

const MAIN = fileURLToPath(new URL('../../../registry/src/cli/main.ts', import.meta.url))

/** Which programs the laws are tried on. */
export const programs: ReadonlyArray<{ readonly name: string, readonly command: readonly string[] }> = [
  { name: 'roster', command: [process.execPath, '--import=tsx', MAIN] },
  ...process.env['CONSUL_BIN'] === undefined ? [] : [{ name: 'consul', command: [process.env['CONSUL_BIN']] }],
]

export interface RegistryProcess {
  readonly url: string
  /** Stops it where it stands, and lets it go on. */
  readonly child: ChildProcess
}

/** A free port and those behind it that nobody listens on now. */
async function freePorts (n: number): Promise<number[]> {
  const servers = Array.from({ length: n }, () => createServer())
  await Promise.all(servers.map(server => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** In memory, answering, gone with the test. */
export async function registryProcess (t: Test, command: readonly string[], config: Readonly<Record<string, unknown>> = {}): Promise<RegistryProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'registry-'))
  const [http, dns, grpc, server, lan, wan] = await freePorts(6)
  const ports = { http, dns, grpc, server, serf_lan: lan, serf_wan: wan, grpc_tls: -1, https: -1 }
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ bind_addr: '127.0.0.1', disable_update_check: true, ...config, ports }))
  const child = spawn(command[0]!, [...command.slice(1), 'agent', '-dev', '-config-file', join(dir, 'config.json')], { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } })
  t.teardown(async () => {
    const gone = new Promise(resolve => { if (child.exitCode !== null || child.signalCode !== null) resolve(undefined); else child.once('exit', resolve) })
    child.kill('SIGKILL')
    await gone
    rmSync(dir, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${http}`
  const end = performance.now() + 30_000
  // A Consul answers before its own node is there for sessions to be made on.
  while (!await fetch(`${url}/v1/health/state/passing`).then(async r => r.ok && (await r.text()).includes('serfHealth'), () => false)) {
    if (child.exitCode !== null || performance.now() > end) throw new Error(`${command.join(' ')} did not come up`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return { url, child }
}
