// Law: this package and Consul's own client in Go exclude each other on the same lock. Hundreds contend, some are killed with what they hold; nobody is in
// while another is, and each who comes in has a larger fencing token than all before.
import t from 'tap'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programs, registryProcess } from '../support/registry-process.js'
import type { AddressInfo } from 'node:net'
import type { ChildProcess } from 'node:child_process'

const PROCESSES = 8
const CONTENDERS = 30
const KILLS = Number(process.env['ROSTER_CONTENDER_KILLS'] ?? 12)
const KEY = 'contended'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const bin = mkdtempSync(join(tmpdir(), 'contender-'))
const built = spawnSync('go', ['build', '-o', join(bin, 'contender'), '.'], { cwd: here('../fixtures/go-contender'), encoding: 'utf8', timeout: 300_000 })
const skip = built.status === 0 ? false : `Go's client cannot be built here: ${built.error?.message ?? built.stderr.trim().slice(-300)}`

t.setTimeout(1_800_000)
t.teardown(() => rmSync(bin, { recursive: true, force: true }))

for (const { name, command } of programs) {
  t.test(name, { skip }, async t => {
    const { url } = await registryProcess(t, command, { limits: { http_max_conns_per_client: 10_000 } })
    const told: Array<{ readonly what: string, readonly name: string, readonly token: number }> = []
    const fence = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://fence')
      told.push({ what: pathname.slice(1), name: searchParams.get('name')!, token: Number(searchParams.get('token')) })
      request.resume().on('end', () => response.end())
    })
    await new Promise<void>(resolve => fence.listen(0, '127.0.0.1', resolve))
    t.teardown(() => { fence.closeAllConnections(); fence.close() })
    const fenceUrl = `http://127.0.0.1:${(fence.address() as AddressInfo).port}`

    const running = new Map<string, ChildProcess>()
    /** Those that ended by themselves, which none should. */
    const ended: string[] = []
    let started = 0
    const start = (): void => {
      const go = started % 2 === 0
      const name = `${go ? 'go' : 'node'}-${started++}`
      const [program, ...args] = go ? [join(bin, 'contender')] : [process.execPath, '--import=tsx', here('../support/contender.ts')]
      const child = spawn(program!, [...args, url, KEY, fenceUrl, name, String(CONTENDERS)], { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } })
      child.once('exit', () => { if (running.has(name)) ended.push(name) })
      running.set(name, child)
    }
    const kill = async (name: string): Promise<void> => {
      const child = running.get(name)!
      running.delete(name)
      const gone = new Promise<void>(resolve => { if (child.exitCode !== null) resolve(); else child.once('exit', () => resolve()) })
      child.kill('SIGKILL')
      await gone
      told.push({ what: 'killed', name, token: 0 })
    }
    t.teardown(() => Promise.all([...running.keys()].map(kill)))
    const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise(resolve => setTimeout(resolve, 20)) }

    for (let i = 0; i < PROCESSES; i++) start()
    for (let n = 0; n < KILLS; n++) {
      const seen = told.length
      await until(() => told.slice(seen).filter(x => x.what === 'out').length >= 20)
      // Every other time whoever is in at this moment, with the lock; else anyone.
      const last = told.findLast(x => x.what === 'in')!
      const victim = n % 2 === 0 && running.has(last.name) ? last.name : [...running.keys()][n % running.size]!
      await kill(victim)
      start()
    }
    await Promise.all([...running.keys()].map(kill))

    const killed = new Map(told.map((x, at) => [x, at] as const).filter(([x]) => x.what === 'killed').map(([x, at]) => [x.name, at]))
    let newest = 0
    let holder: { readonly name: string, readonly token: number } | undefined
    const overlaps: string[] = []
    const backwards: string[] = []
    told.forEach((x, at) => {
      if (x.what === 'in') {
        if (holder !== undefined && at < killed.get(holder.name)!) overlaps.push(`${x.name} came in with ${x.token} while ${holder.name} was in with ${holder.token}`)
        if (x.token <= newest) backwards.push(`${x.name} came in with ${x.token} after ${newest}`)
        newest = Math.max(newest, x.token)
        holder = x
      } else if (holder !== undefined && (x.what === 'killed' ? x.name === holder.name : x.token === holder.token)) holder = undefined
    })
    t.same(ended, [], 'who waits for a lock lives on')
    t.same(overlaps, [])
    t.same(backwards, [])
    const outs = (kind: string): number => told.filter(x => x.what === 'out' && x.name.startsWith(kind)).length
    t.ok(outs('go') > 0 && outs('node') > 0, `both have had it: ${outs('go')} times in Go, ${outs('node')} times in Node`)
    t.comment(`${outs('go')} times in Go, ${outs('node')} times in Node, ${KILLS} kills`)
  })
}
