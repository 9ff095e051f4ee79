// Law: a host gets from a local agent what it gets from a Consul client agent. Two agents on 127.0.0.2 and 127.0.0.3 and one server, each a process of its own,
// npm's `consul` on each agent, unchanged. The server is killed under DNS load, agents are killed, leave, are sent away, and the server loses its data.
// Run by local-agents.test.ts, and by test/long/local-agents.test.ts with the server dead for longer and everything that only processes can show.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import Consul from 'consul'
import { freePort, noBuild, startAgent } from '../support/agent-process.js'
import { askDns } from '../support/ask-dns.js'
import type { AgentProcess } from '../support/agent-process.js'
import type { AddressInfo } from 'node:net'

/** Questions a second during the load. */
const QUESTIONS_PER_SECOND = 200

interface Instance { readonly Node: { readonly Node: string, readonly Address: string }, readonly Service: { readonly ID: string }, readonly Checks: ReadonlyArray<{ readonly CheckID: string, readonly Status: string }> }

const until = async (what: string, holds: () => Promise<boolean>, ms = 15_000): Promise<void> => {
  const end = performance.now() + ms
  while (!await holds().catch(() => false)) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export interface LocalAgentsOptions {
  /** ms that the server stays dead. */
  readonly downMs: number
  /** Leaving and a server without its data too, which test/local-agent shows in one process. */
  readonly whole: boolean
}

// Some ten processes start; on a busy machine each takes its time.
t.setTimeout(300_000)

export const localAgents = ({ downMs, whole }: LocalAgentsOptions): Promise<unknown> => t.test('two hosts and a server', { skip: noBuild }, async t => {
  const dir = mkdtempSync(join(tmpdir(), 'roster-agents-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const running = new Set<AgentProcess>()
  t.teardown(async () => { for (const one of running) await one.stop('SIGKILL') })
  const start = async (name: string, options: Parameters<typeof startAgent>[0]): Promise<AgentProcess> => {
    const agent = await startAgent({ ...options, args: [...options.args ?? [], '-node', name] })
    running.add(agent)
    void agent.ended.then(() => running.delete(agent))
    return agent
  }
  const serverPorts = { http: await freePort(), dns: await freePort() }
  const startServer = (dataDir: string): Promise<AgentProcess> => start('srv', { dir, dataDir, ports: serverPorts })
  let server = await startServer(join(dir, 'server'))

  const hosts = { a: { host: '127.0.0.2', ports: { http: await freePort(), dns: await freePort() } }, b: { host: '127.0.0.3', ports: { http: await freePort(), dns: await freePort() } } } as const
  const startHost = (name: keyof typeof hosts): Promise<AgentProcess> => {
    const { host, ports } = hosts[name]
    return start(name, {
      dir,
      dataDir: join(dir, name),
      ports,
      host,
      config: { server: false, bootstrap: false, bind_addr: host, client_addr: host, retry_join: [`127.0.0.1:${serverPorts.http}`], performance: { rpc_hold_timeout: '1s' }, roster: { local_agent: { lease_ttl: '3s' } } },
    })
  }
  let a = await startHost('a')
  let b = await startHost('b')
  const clients = { a: new Consul({ host: hosts.a.host, port: hosts.a.ports.http }), b: new Consul({ host: hosts.b.host, port: hosts.b.ports.http }) }
  const atServer = new Consul({ host: '127.0.0.1', port: serverPorts.http })
  const passing = async (at: Consul, service: string): Promise<string[]> => (await at.health.service({ service, passing: true }) as Instance[]).map(({ Node, Service }) => `${Service.ID}@${Node.Address}`).sort()
  const serf = async (node: string): Promise<string | undefined> => (await atServer.health.node(node) as Array<{ CheckID: string, Status: string }>).find(({ CheckID }) => CheckID === 'serfHealth')?.Status
  const members = async (at: Consul): Promise<Record<string, number>> => Object.fromEntries((await at.agent.members() as Array<{ Name: string, Status: number }>).map(({ Name, Status }) => [Name, Status]))

  // What the checks look at runs on each host's own address, so that a check that ran elsewhere would not find it.
  const backends: Record<string, { port: number, ok: boolean }> = {}
  for (const name of ['a', 'b'] as const) {
    const backend = createServer((_request, response) => { response.writeHead(backends[name]!.ok ? 200 : 500).end() })
    await new Promise<void>(resolve => { backend.listen(0, hosts[name].host, resolve) })
    t.teardown(() => { backend.closeAllConnections(); backend.close() })
    backends[name] = { port: (backend.address() as AddressInfo).port, ok: true }
  }

  await t.test('services with checks at each', async t => {
    for (const name of ['a', 'b'] as const) {
      const { host } = hosts[name]
      await clients[name].agent.service.register({ id: `web-${name}`, name: 'web', port: backends[name]!.port, tags: [name], check: { http: `http://${host}:${backends[name]!.port}/`, interval: '100ms', timeout: '5s' } } as never)
      await clients[name].agent.service.register({ id: `ttl-${name}`, name: 'ttl', port: 1, check: { ttl: '1h', status: 'passing' } } as never)
      await clients[name].agent.check.pass({ id: `service:ttl-${name}` } as never)
    }
    const both = ['web-a@127.0.0.2', 'web-b@127.0.0.3']
    for (const at of [clients.a, clients.b, atServer]) await until('both are seen everywhere', async () => JSON.stringify(await passing(at, 'web')) === JSON.stringify(both))
    t.strictSame(Object.keys(await clients.a.agent.service.list() as object).sort(), ['ttl-a', 'web-a'], 'an agent lists its own')
    t.strictSame(await passing(clients.b, 'ttl'), ['ttl-a@127.0.0.2', 'ttl-b@127.0.0.3'])
    t.strictSame((await askDns(hosts.a.ports.dns, 'web.service.consul', hosts.a.host)).addresses.toSorted(), ['127.0.0.2', '127.0.0.3'])

    const watch = clients.b.watch({ method: clients.b.health.service, options: { service: 'web', passing: true, wait: '30s' } as never })
    t.teardown(() => watch.end())
    const seen: number[] = []
    watch.on('change', data => { seen.push((data as unknown[]).length) })
    await until('a watch begins', async () => seen.includes(2))
    backends['a']!.ok = false
    await until('a watch at b hears of a failure found at a', async () => seen.includes(1))
    backends['a']!.ok = true
    await until('and of its end', async () => seen.at(-1) === 2)
  })

  await t.test('keys, sessions and locks through the agents', async t => {
    const session = await clients.a.session.create({ ttl: '30s' } as never) as { ID: string }
    t.equal(await clients.a.kv.set({ key: 'lock', value: 'a', acquire: session.ID } as never), true)
    await until('b sees who has the lock', async () => (await clients.b.kv.get('lock') as { Session?: string }).Session === session.ID)
    const other = await clients.b.session.create({} as never) as { ID: string }
    t.notOk(await clients.b.kv.set({ key: 'lock', value: 'b', acquire: other.ID } as never))
    t.match(await clients.a.session.get(session.ID), { Node: 'a' })
    t.match(await clients.b.kv.get({ key: 'lock', consistent: true } as never), { Value: 'a' })
    t.match(await members(clients.a), { a: 1, b: 1, srv: 1 })
    t.match(await members(atServer), { a: 1, b: 1, srv: 1 })
  })

  await t.test('the server is killed under DNS load: no failed answer', async t => {
    const wrong: string[] = []
    let asked = 0
    let loading = true
    const load = async (name: keyof typeof hosts): Promise<void> => {
      while (loading) {
        asked++
        await askDns(hosts[name].ports.dns, 'ttl.service.consul', hosts[name].host).then(({ rcode, addresses }) => {
          if (rcode !== 0 || addresses.length !== 2) wrong.push(`${name}: rcode ${rcode}, ${addresses.length} addresses`)
        }, (error: unknown) => { wrong.push(String(error)) })
        await new Promise(resolve => setTimeout(resolve, 2000 / QUESTIONS_PER_SECOND))
      }
    }
    const loads = [load('a'), load('b')]
    await server.stop('SIGKILL')
    const downAt = performance.now()
    await until('the age of the view is told', async () => {
      const { headers, status } = await a.call('GET', '/v1/health/service/web')
      return status === 200 && headers.get('x-consul-knownleader') === 'false' && Number(headers.get('x-consul-lastcontact')) > 0
    })
    t.equal((await passing(clients.b, 'web')).length, 2, 'reads go on')
    const refused = await a.call('PUT', '/v1/kv/x', '1')
    t.equal(refused.status, 500)
    t.equal(await refused.text(), 'No cluster leader')
    await clients.a.agent.service.register({ id: 'new-a', name: 'new', port: 1 } as never)
    await new Promise(resolve => setTimeout(resolve, Math.max(0, downMs - (performance.now() - downAt))))
    server = await startServer(join(dir, 'server'))
    await until('what was registered meanwhile is told', async () => (await passing(atServer, 'new')).length === 1)
    loading = false
    await Promise.all(loads)
    t.strictSame(wrong, [])
    t.comment(`${asked} questions in ${Math.round((performance.now() - downAt) / 1000)} s, none failed`)
    t.equal(await serf('a'), 'passing', 'nobody is marked critical because a server died')
  })

  await t.test('an agent is killed', async t => {
    await a.stop('SIGKILL')
    await until('its node turns critical', async () => await serf('a') === 'critical')
    await until('b sees only its own', async () => JSON.stringify(await passing(clients.b, 'web')) === '["web-b@127.0.0.3"]')
    t.match(await members(clients.b), { a: 4, b: 1 })
    a = await startHost('a')
    await until('what it holds is back', async () => (await passing(clients.b, 'web')).length === 2)
    t.strictSame(Object.keys(await clients.a.agent.service.list() as object).sort(), ['new-a', 'ttl-a', 'web-a'], 'from its disk')
  })

  if (!whole) return

  await t.test('leave and force-leave', async t => {
    await fetch(`${b.url}/v1/agent/leave`, { method: 'PUT' })
    t.equal(await b.ended, 0)
    await until('its node is gone', async () => (await passing(clients.a, 'web')).length === 1)
    t.match(await members(clients.a), { a: 1, b: 3 })
    b = await startHost('b')
    await until('it comes back', async () => (await passing(clients.a, 'web')).length === 2)
    await b.stop('SIGKILL')
    await clients.a.agent.forceLeave({ node: 'b' } as never)
    t.match(await members(clients.a), { b: 3 })
    t.strictSame(await passing(atServer, 'ttl'), ['ttl-a@127.0.0.2'])
    b = await startHost('b')
    await until('it is a member again', async () => (await members(clients.a))['b'] === 1)
    t.equal(await b.stop('SIGTERM'), 0)
    t.match(await members(clients.a), { b: 3 }, 'an agent that is told to end leaves')
  })

  await t.test('the server loses its data', async t => {
    await server.stop('SIGKILL')
    server = await startServer(join(dir, 'server-2'))
    await until('a registers again', async () => JSON.stringify(await passing(atServer, 'web')) === '["web-a@127.0.0.2"]' && (await passing(atServer, 'new')).length === 1)
    await until('and sees the new server\'s view', async () => JSON.stringify(await passing(clients.a, 'web')) === '["web-a@127.0.0.2"]')
    t.equal(await clients.a.kv.get('lock'), undefined)
  })
})
