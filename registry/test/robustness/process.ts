// A registry in a process of its own, durable, that can be killed and started again in the same place.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/listen.js'
import { exchange } from './traffic.js'
import type { ChildProcess } from 'node:child_process'
import type { Test } from 'tap'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface RosterProcess {
  readonly url: string
  /** Resolves when it answers. */
  start (): Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill (): Promise<void>
}

/** Started for `t`, and gone with it. */
export async function rosterProcess (t: Test): Promise<RosterProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'killed-'))
  const port = await freePort()
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ node_name: 'test', bind_addr: '127.0.0.1', server: true, bootstrap: true, data_dir: join(dir, 'data'), ports: { http: port, dns: -1, grpc: -1, grpc_tls: -1 } }))
  let child: ChildProcess | undefined
  const url = `http://127.0.0.1:${port}`
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child!.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  t.teardown(async () => {
    await kill()
    rmSync(dir, { recursive: true, force: true })
  })
  const start = async (): Promise<void> => {
    let said = ''
    child = spawn(process.execPath, ['--import=tsx', MAIN, 'agent', '-config-file', join(dir, 'config.json')], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } })
    for (const out of [child.stdout!, child.stderr!]) out.on('data', (part: Buffer) => { said = (said + part.toString()).slice(-5000) })
    const end = performance.now() + 30_000
    while (await exchange(undefined, 'GET', `${url}/v1/status/leader`).then(({ status }) => status !== 200, () => true)) {
      if (child.exitCode !== null || performance.now() > end) throw new Error(`the registry did not come up: ${said}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  await start()
  return { url, start, kill }
}
