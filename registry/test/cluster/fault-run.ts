// A registry of three servers over three members of etcd, each in a process of its own, under faults: kills, pauses, cut and silent connections, restarts.
// Meanwhile clients write, lock, register and renew through all servers, and everything they are told is kept and judged.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { judge } from '../robustness/linearizable.js'
import { exchange, traffic } from '../robustness/traffic.js'
import { seeded } from '../robustness/seeded.js'
import { freePort, startAgent } from '../support/agent-process.js'
import { startEtcd } from '../support/etcd.js'
import { tcpProxy } from '../support/tcp-proxy.js'
import type { Operation } from '../robustness/linearizable.js'
import type { AgentProcess } from '../support/agent-process.js'
import type { TcpProxy } from '../support/tcp-proxy.js'

export interface FaultRunOptions {
  /** How long faults go on, ms. */
  readonly ms: number
  readonly seed: number
  readonly log?: (line: string) => void
}

export interface FaultReport {
  /** What did not hold, in words; empty when all did. */
  readonly violations: readonly string[]
  readonly faults: readonly string[]
  readonly operations: number
  readonly answered: number
  readonly registered: number
  readonly renewals: number
}

const LEASES = 4
const LEASE_TTL_MS = 6000
const RENEW_MS = 500
const CONVERGE_MS = 5000
/** Operations of each client before new keys are taken: what is judged together stays small. */
const ROUND = 40

interface Server {
  readonly id: string
  readonly proxies: readonly TcpProxy[]
  agent: AgentProcess
  up: boolean
  readonly start: () => Promise<AgentProcess>
}

export async function faultRun ({ ms, seed, log = () => {} }: FaultRunOptions): Promise<FaultReport> {
  const random = seeded(seed)
  const dir = mkdtempSync(join(tmpdir(), 'roster-faults-'))
  const etcd = await startEtcd({ members: 3, args: ['--heartbeat-interval', '50', '--election-timeout', '500'] })
  const servers: Server[] = []
  const violations: string[] = []
  const faults: string[] = []
  const ends: Array<() => Promise<unknown> | void> = [() => etcd.stop()]
  try {
    for (const id of ['s1', 's2', 's3']) servers.push(await startServer(id))
    return await run()
  } finally {
    for (const end of ends.toReversed()) await end()
    rmSync(dir, { recursive: true, force: true })
  }

  async function startServer (id: string): Promise<Server> {
    const proxies = await Promise.all(etcd.endpoints.map(url => tcpProxy(Number(new URL(url).port))))
    const ports = { http: await freePort(), dns: await freePort() }
    const own = join(dir, id)
    mkdirSync(own)
    const start = (): Promise<AgentProcess> => startAgent({ dir: own, ports, config: { node_name: 'roster', log_level: 'warn', roster: { engine: 'etcd', etcd_endpoints: proxies.map(({ port }) => `http://127.0.0.1:${port}`), etcd_prefix: 'faults/', server_id: id } } })
    const server: Server = { id, proxies, agent: await start(), up: true, start }
    ends.push(async () => {
      server.agent.child.kill('SIGCONT')
      server.agent.child.kill('SIGKILL')
      await Promise.all(proxies.map(proxy => proxy.close()))
    })
    return server
  }

  /** A server that is thought to be reachable. */
  function anyUrl (): string {
    const up = servers.filter(server => server.up)
    return (up.length === 0 ? servers : up)[Math.floor(random() * Math.max(up.length, 1))]!.agent.url
  }

  /** Asks one server after another until one takes it. `undefined`: none did in time. */
  async function insist (method: string, path: string, body?: object, within = 20_000): Promise<{ readonly status: number, readonly text: string } | undefined> {
    const end = performance.now() + within
    while (performance.now() < end) {
      try {
        const answer = await exchange(undefined, method, anyUrl() + path, body === undefined ? undefined : JSON.stringify(body))
        if (answer.status < 500) return answer
      } catch { /* the next one */ }
      await sleep(100)
    }
    return undefined
  }

  async function run (): Promise<FaultReport> {
    let over = false
    const history: Operation[] = []
    const registered = new Set<string>()
    const renewals = { count: 0 }
    const watchers = servers.map(server => watch(server))
    const work = [drive(), register(), ...Array.from({ length: LEASES }, (_, i) => renew(`lease-${i}`)), followIndex(), ...watchers.map(({ done }) => done)]

    const end = performance.now() + ms
    while (performance.now() < end) {
      await sleep(300 + random() * 700)
      await fault()
    }
    for (const server of servers) if (!server.up) await revive(server)
    const calm = performance.now()
    let behind: string[] = []
    for (;;) {
      const known = [...registered]
      behind = watchers.flatMap(({ seen }, i) => { const missing = known.filter(id => !seen.has(id)); return missing.length === 0 ? [] : [`the watcher on ${servers[i]!.id} lacks ${missing.length} of ${known.length}`] })
      if (behind.length === 0 || performance.now() - calm > CONVERGE_MS + 2000) break
      await sleep(50)
    }
    violations.push(...behind.map(one => `law: every watcher converges within ${CONVERGE_MS} ms of the last fault; ${one}`))
    over = true
    await Promise.all(work)

    for (const { id, agent } of servers) {
      const { text } = await exchange(undefined, 'GET', `${agent.url}/v1/catalog/service/svc?consistent`)
      const held = new Set((JSON.parse(text) as Array<{ ServiceID: string }>).map(row => row.ServiceID))
      for (const one of registered) if (!held.has(one)) violations.push(`law: no acknowledged registration is lost; ${one} is not on ${id}`)
    }
    for (const key of new Set(history.map(op => op.key))) {
      const verdict = judge(history.filter(op => op.key === key))
      if (verdict !== undefined) violations.push(verdict)
    }
    return { violations, faults, operations: history.length, answered: history.filter(op => op.answered !== Infinity).length, registered: registered.size, renewals: renewals.count }

    async function drive (): Promise<void> {
      const sessions = await Promise.all(Array.from({ length: 4 }, async (_, i) => (JSON.parse((await insist('PUT', '/v1/session/create', { Name: `c${i}`, Behavior: 'release', LockDelay: '0s' }))!.text) as { ID: string }).ID))
      for (let round = 0; !over; round++) history.push(...await traffic({ url: anyUrl, clients: 4, operations: ROUND, keys: [`r${round}-a`, `r${round}-b`], sessions, random, round, over: () => over, readQuery: '?consistent' }))
    }

    async function register (): Promise<void> {
      for (let n = 0; !over; n++) {
        const id = `svc-${n}`
        const answer = await exchange(undefined, 'PUT', `${anyUrl()}/v1/catalog/register`, JSON.stringify({ Node: `n${n % 20}`, Address: '10.0.0.1', Service: { ID: id, Service: 'svc', Port: 1 } })).catch(() => undefined)
        if (answer?.status === 200) registered.add(id)
        await sleep(20)
      }
    }

    /** A process that renews: it may not be called critical while it does. */
    async function renew (id: string): Promise<void> {
      const body = { ID: id, TTL: `${LEASE_TTL_MS}ms`, DeregisterAfter: '60s', Node: id, Address: '10.0.0.2', Services: [{ ID: id, Name: 'kept', Port: 2 }] }
      if ((await insist('PUT', '/v1/lease', body))?.status !== 200) violations.push(`${id} could not be granted`)
      let last = performance.now()
      while (!over) {
        await sleep(RENEW_MS)
        const answer = await exchange(undefined, 'PUT', `${anyUrl()}/v1/lease/${id}/renew`).catch(() => undefined)
        const now = performance.now()
        if (answer?.status === 200) {
          renewals.count++
          last = now
        } else if (answer?.status === 404) {
          violations.push(`law: no instance is lost while its process renews; ${id} was unknown ${Math.round(now - last)} ms after it was renewed`)
          await insist('PUT', '/v1/lease', body)
        }
        const seen = await exchange(undefined, 'GET', `${anyUrl()}/v1/health/checks/kept`).catch(() => undefined)
        if (seen?.status !== 200) continue
        const check = (JSON.parse(seen.text) as Array<{ Node: string, Status: string }>).find(({ Node }) => Node === id)
        if (check?.Status === 'critical' && now - last < LEASE_TTL_MS / 2) violations.push(`law: nobody turns critical while its process renews; ${id} did, ${Math.round(now - last)} ms after it was renewed`)
      }
    }

    async function followIndex (): Promise<void> {
      let most = 0
      while (!over) {
        const answer = await fetch(`${anyUrl()}/v1/catalog/service/svc?consistent`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
        const index = answer?.ok === true ? Number(answer.headers.get('x-consul-index')) : most
        await answer?.arrayBuffer().catch(() => undefined)
        if (index < most) violations.push(`law: no index goes back for a client; ${index} came after ${most}`)
        most = Math.max(most, index)
        await sleep(50)
      }
    }

    function watch (server: Server): { readonly seen: Set<string>, readonly done: Promise<void> } {
      const seen = new Set<string>()
      const loop = async (): Promise<void> => {
        let index = 0
        while (!over) {
          const answer = await fetch(`${server.agent.url}/v1/catalog/service/svc?index=${index}&wait=1s`, { signal: AbortSignal.timeout(8000) }).catch(() => undefined)
          if (answer?.ok !== true) {
            await sleep(50)
            continue
          }
          index = Number(answer.headers.get('x-consul-index'))
          for (const { ServiceID } of await answer.json().catch(() => []) as Array<{ ServiceID: string }>) seen.add(ServiceID)
        }
      }
      return { seen, done: loop() }
    }
  }

  async function revive (server: Server): Promise<void> {
    server.agent = await server.start()
    server.up = true
  }

  /** One fault and its end; the next begins when it is over. */
  async function fault (): Promise<void> {
    const member = etcd.members[Math.floor(random() * 3)]!
    const server = servers[Math.floor(random() * 3)]!
    const lasts = 300 + random() * 2200
    const kinds: ReadonlyArray<readonly [name: string, act: () => Promise<void>]> = [
      [`etcd ${member.name} killed`, async () => {
        await member.kill()
        await sleep(lasts)
        await member.start()
      }],
      [`etcd ${member.name} paused`, async () => {
        member.process.kill('SIGSTOP')
        await sleep(lasts)
        member.process.kill('SIGCONT')
      }],
      [`${server.id} killed`, async () => {
        server.up = false
        await server.agent.stop('SIGKILL')
        await sleep(lasts)
        await revive(server)
      }],
      [`${server.id} paused`, async () => {
        server.up = false
        server.agent.child.kill('SIGSTOP')
        await sleep(lasts)
        server.agent.child.kill('SIGCONT')
        server.up = true
      }],
      [`${server.id} cut off from etcd`, async () => {
        for (const proxy of server.proxies) proxy.cut()
        await sleep(lasts)
        for (const proxy of server.proxies) proxy.mend()
      }],
      [`${server.id} hears nothing of etcd`, async () => {
        for (const proxy of server.proxies) proxy.freeze()
        await sleep(lasts)
        for (const proxy of server.proxies) proxy.mend()
      }],
      ['all of etcd restarted', async () => {
        await Promise.all(etcd.members.map(one => one.kill()))
        await Promise.all(etcd.members.map(one => one.start()))
      }],
    ]
    const [name, act] = kinds[Math.floor(random() * kinds.length)]!
    log(name)
    faults.push(name)
    await act()
  }
}
