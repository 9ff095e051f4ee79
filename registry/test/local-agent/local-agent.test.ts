// Laws of a local agent beside one server, both in this process: what is registered here is this node's, everything else is as on the server, at the same
// indexes; cut off, it goes on with what it has; whatever it promised the server hears when it is back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { instance, startTestServer, until, watchStream } from '../support/server.js'
import { askDns } from '../support/ask-dns.js'
import type { TestServer } from '../support/server.js'

/** A local agent that follows `servers` and lives in the node `name`. */
const startAgentOf = (servers: readonly string[], name: string, more: { readonly config?: object, readonly dataDir?: string } = {}): Promise<TestServer> => startTestServer({
  ...(more.dataDir === undefined ? {} : { dataDir: more.dataDir }),
  config: { server: false, node_name: name, bind_addr: '127.0.0.2', advertise_addr: '127.0.0.2', retry_join: servers, performance: { rpc_hold_timeout: '300ms' }, roster: { local_agent: { lease_ttl: '1s' } }, ...more.config },
})

interface Service { readonly Node: { readonly Node: string, readonly Address: string }, readonly Service: { readonly ID: string, readonly Tags: readonly string[] }, readonly Checks: ReadonlyArray<{ readonly CheckID: string, readonly Status: string }> }
interface Member { readonly Name: string, readonly Addr: string, readonly Status: number, readonly Tags: Readonly<Record<string, string>> }

const health = (server: TestServer, name: string): Promise<Service[]> => server.get<Service[]>(`/v1/health/service/${name}`)
const ids = async (server: TestServer, name: string): Promise<string[]> => (await health(server, name)).map(({ Service }) => Service.ID).sort()
const members = async (server: TestServer): Promise<Array<readonly [string, number]>> => (await server.get<Member[]>('/v1/agent/members')).map(({ Name, Status }) => [Name, Status] as const).sort()
const serf = async (server: TestServer, node: string): Promise<string | undefined> =>
  (await server.get<Array<{ CheckID: string, Status: string }>>(`/v1/health/node/${node}`)).find(({ CheckID }) => CheckID === 'serfHealth')?.Status
const said = (agent: TestServer, text: string): boolean => agent.log.some(line => line.includes(text))
const attached = (agent: TestServer): Promise<void> => until('the agent follows', () => agent.roster.localAgent!.attached && agent.roster.state.nodes.get(agent.roster.config.node.name) !== undefined)

/** A temporary folder that goes with the test. */
function folder (t: { teardown (end: () => void): unknown }): string {
  const dir = mkdtempSync(join(tmpdir(), 'roster-agent-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

t.test('beside a server', async t => {
  const server = await startTestServer({ config: { node_name: 'srv' } })
  t.teardown(() => server.stop())
  const agent = await startAgentOf([server.url], 'a')
  t.teardown(() => agent.stop())
  await attached(agent)

  await t.test('what is registered here belongs to this node, here and there at once', async t => {
    t.equal((await agent.call('PUT', '/v1/agent/service/register', { ID: 'web-1', Name: 'web', Tags: ['x'], Meta: { k: 'v' }, Port: 80, Check: { TTL: '30s', Status: 'passing' } })).status, 200)
    for (const at of [agent, server]) {
      const [web] = await health(at, 'web')
      t.match(web, { Node: { Node: 'a', Address: '127.0.0.2' }, Service: { ID: 'web-1', Tags: ['x'] } })
      t.strictSame(web!.Checks.map(({ CheckID, Status }) => [CheckID, Status]).sort(), [['serfHealth', 'passing'], ['service:web-1', 'passing']])
    }
    t.equal((await agent.call('PUT', '/v1/agent/check/fail/service:web-1?note=bad')).status, 200)
    t.equal((await health(server, 'web'))[0]!.Checks.find(({ CheckID }) => CheckID !== 'serfHealth')!.Status, 'critical', 'a status is told at once')
    t.strictSame(Object.keys(await server.get<object>('/v1/agent/services')), [], 'the server itself has nothing registered')
    t.equal((await agent.call('PUT', '/v1/agent/service/deregister/web-1')).status, 200)
    t.strictSame(await ids(server, 'web'), [])
  })

  await t.test('the same registration again is not told again', async t => {
    const body = { Name: 'same', Port: 1, Check: { TTL: '30s', Status: 'passing' } }
    await agent.call('PUT', '/v1/agent/service/register', body)
    const before = server.roster.state.revision
    await agent.call('PUT', '/v1/agent/service/register', body)
    t.equal(server.roster.state.revision, before)
  })

  await t.test('every kind of registration looks the same in the catalog as in what is registered', async t => {
    for (const body of [
      { ID: 'full', Name: 'full', Tags: ['a', 'b'], Port: 8000, Address: '10.1.1.1', TaggedAddresses: { wan: { Address: '1.2.3.4', Port: 81 } }, Meta: { a: '1' }, Weights: { Passing: 5, Warning: 2 }, Locality: { Region: 'r', Zone: 'z' } },
      { Name: 'ports', Ports: [{ Name: 'http', Port: 80, Default: true }, { Name: 'admin', Port: 81 }] },
      { Name: 'sock', SocketPath: '/run/x.sock' },
      { Name: 'native', Port: 9, Connect: { Native: true } },
      { Name: 'meshed', Port: 10, Connect: { SidecarService: { Proxy: { Upstreams: [{ DestinationName: 'db', LocalBindPort: 1234 }], Config: { k: 'v' } } } } },
      { Name: 'gate', Kind: 'mesh-gateway', Port: 443 },
      { Name: 'checked', Port: 11, Checks: [{ TTL: '10s', Notes: 'n' }, { Name: 'tcp', TCP: '127.0.0.1:1', Interval: '1h', Timeout: '1s' }, { AliasService: 'full' }] },
    ]) t.equal((await agent.call('PUT', '/v1/agent/service/register', body)).status, 200, body.Name)
    const writes = server.roster.state.revision
    await agent.roster.agent.sync()
    t.equal(server.roster.state.revision, writes, 'law: a look at everything finds nothing to repair')
    t.notOk(said(agent, 'Synced'))
    for (const id of Object.keys(await agent.get<object>('/v1/agent/services'))) await agent.call('PUT', `/v1/agent/service/deregister/${id}`)
    t.equal(server.roster.state.services.onNode('a').length, 0)
  })

  await t.test('reads are those of the server, indexes and all', async t => {
    await server.call('PUT', '/v1/catalog/register', instance('n1', 'db'))
    await server.call('PUT', '/v1/kv/conf/a', 'x')
    await server.call('PUT', '/v1/config', { Kind: 'service-defaults', Name: 'db', Protocol: 'http' })
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n1', ServiceID: 'db-n1' })
    await server.call('PUT', '/v1/catalog/register', instance('n2', 'db'))
    await until('the agent has it all', () => agent.roster.state.revision === server.roster.state.revision)
    for (const path of ['/v1/catalog/services', '/v1/catalog/nodes', '/v1/health/service/db', '/v1/health/service/db?passing', '/v1/health/state/any', '/v1/catalog/node/n2', '/v1/kv/conf/?recurse', '/v1/kv/conf/a', '/v1/kv/absent', '/v1/config/service-defaults/db', '/v1/health/service/none', '/v1/discovery-chain/db', '/v1/session/list', '/v1/query', '/v1/internal/ui/services']) {
      const [here, there] = await Promise.all([agent.call('GET', path), server.call('GET', path)])
      t.equal(here.status, there.status, path)
      t.equal(here.headers.get('x-consul-index'), there.headers.get('x-consul-index'), `${path}: the index`)
      t.equal(here.headers.get('x-consul-lastcontact'), '0')
      t.equal(await here.text(), await there.text(), `${path}: the body`)
    }
  })

  await t.test('writes are the server\'s, and are read here at once', async t => {
    for (let i = 0; i < 20; i++) {
      t.equal(await (await agent.call('PUT', '/v1/kv/mine', String(i))).text(), 'true')
      t.equal(await (await agent.call('GET', '/v1/kv/mine?raw')).text(), String(i))
    }
    const { ID } = await (await agent.call('PUT', '/v1/session/create', {})).json() as { ID: string }
    t.match(await agent.get(`/v1/session/info/${ID}`), [{ Node: 'a' }], 'a session is this node\'s')
    t.equal(await (await agent.call('PUT', `/v1/kv/lock?acquire=${ID}`, 'me')).text(), 'true')
    t.match(await (await agent.call('PUT', '/v1/lease', { TTL: '10s', Services: [{ Name: 'leased', Port: 7 }] })).json(), { TTL: '10s' })
    t.match(await health(agent, 'leased'), [{ Node: { Node: 'a' }, Service: { Address: '127.0.0.2' } }], 'a lease is this node\'s, with its address')
    t.equal((await agent.call('PUT', '/v1/agent/service/register', { ID: 'leased', Name: 'leased' })).status, 409, 'what a lease owns is left to it')
    const refused = await agent.call('PUT', '/v1/kv/x?cas=a', '')
    t.equal(refused.status, (await server.call('PUT', '/v1/kv/x?cas=a', '')).status, 'refusals are the server\'s own')
    t.match(await (await agent.call('GET', '/v1/status/leader')).text(), /127\.0\.0\.1:8300/)
    t.equal((await agent.call('GET', '/v1/kv/mine?consistent')).status, 200)
    t.equal((await agent.call('GET', '/v1/operator/usage')).status, 200)
    const archive = Buffer.from(await (await agent.call('GET', '/v1/snapshot')).arrayBuffer())
    t.equal((await agent.call('PUT', '/v1/snapshot', archive)).status, 200, 'a snapshot, out and in, through the agent')
    await until('the restore is seen here', () => agent.roster.state.restored === server.roster.state.restored && server.roster.state.restored > 0)
    t.equal(await (await agent.call('GET', '/v1/kv/mine?raw')).text(), '19')
  })

  await t.test('blocking queries and streams follow the view', async t => {
    const { headers } = await agent.call('GET', '/v1/health/service/late')
    const held = agent.call('GET', `/v1/health/service/late?index=${headers.get('x-consul-index')!}&wait=10s`)
    await server.call('PUT', '/v1/catalog/register', instance('n3', 'late'))
    t.equal((await (await held).json() as unknown[]).length, 1)
    // A client that was at the server a moment ago: the index that it has may be above what is folded here.
    const kv = await server.call('PUT', '/v1/kv/ahead', '1')
    t.equal(kv.status, 200)
    const at = (await server.call('GET', '/v1/kv/ahead')).headers.get('x-consul-index')!
    t.match(await (await agent.call('GET', `/v1/kv/ahead?index=${Number(at) - 1}&wait=5s`)).json(), [{ Key: 'ahead' }])
    const began = performance.now()
    t.equal((await agent.call('GET', '/v1/kv/ahead?index=99999999&wait=10s')).status, 200)
    t.ok(performance.now() - began < 5000, 'an index of another history is answered at once')

    const stream = await watchStream(agent)
    t.teardown(() => stream.socket.terminate())
    for (let i = 0; i < 20; i++) {
      await server.call('PUT', '/v1/catalog/register', instance(`s${i}`, 'moving'))
      const since = server.roster.state.base + server.roster.state.revision
      stream.say({ op: 'sub', id: `m${i}`, kind: 'health', params: { service: 'moving' }, since })
      const first = await stream.next(({ id }) => id === `m${i}`)
      t.ok(first.index >= since, 'a stream that moves here does not go back in time')
      stream.say({ op: 'unsub', id: `m${i}` })
    }
    stream.say({ op: 'sub', id: 'far', kind: 'health', params: { service: 'moving' }, since: 99_999_999 })
    t.equal((await stream.next(({ id }) => id === 'far')).type, 'snapshot', 'one of another history begins anew')
  })

  await t.test('a config entry changes what a proxy here takes from it', async t => {
    await agent.call('PUT', '/v1/agent/service/register', { Name: 'p', Kind: 'connect-proxy', Port: 1, Proxy: { DestinationServiceName: 'db' } })
    await agent.call('PUT', '/v1/config', { Kind: 'proxy-defaults', Name: 'global', Config: { central: 'yes' } })
    await until('the proxy has it in the catalog', async () => JSON.stringify(await server.get('/v1/catalog/service/p')).includes('central'))
    await agent.call('PUT', '/v1/agent/service/deregister/p')
  })

  await t.test('what others do to this node is put right', async t => {
    await agent.call('PUT', '/v1/agent/service/register', { Name: 'kept', Port: 1 })
    await agent.call('PUT', '/v1/agent/service/register', { Name: 'tagged', Port: 2, Tags: ['own'], EnableTagOverride: true })
    await server.call('PUT', '/v1/catalog/register', { Node: 'a', Address: '127.0.0.2', SkipNodeUpdate: true, Service: { Service: 'stranger' } })
    await server.call('PUT', '/v1/catalog/register', { Node: 'a', Address: '127.0.0.2', SkipNodeUpdate: true, Service: { Service: 'tagged', Port: 2, Tags: ['theirs'], EnableTagOverride: true } })
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'a', ServiceID: 'kept' })
    await until('the agent sees it', () => agent.roster.state.services.get('a', 'kept') === undefined)
    await agent.roster.agent.sync()
    t.strictSame(await ids(server, 'kept'), ['kept'])
    t.strictSame(await ids(server, 'stranger'), [])
    t.match(await agent.get('/v1/agent/service/tagged'), { Tags: ['theirs'] }, 'tags that may be overridden are taken over')
    t.equal((await agent.call('PUT', '/v1/catalog/deregister', { Node: 'a' })).status, 200)
    await until('the node is back with all on it', async () => (await ids(server, 'kept')).length === 1 && await serf(server, 'a') === 'passing')
  })

  await t.test('join, members, leave, force-leave', async t => {
    const other = await startAgentOf([], 'b')
    t.teardown(() => other.stop())
    t.equal((await other.call('GET', '/v1/catalog/nodes')).status, 500)
    t.equal(await (await other.call('GET', '/v1/catalog/nodes')).text(), 'No known Consul servers')
    t.strictSame(await members(other), [['b', 1]])
    t.match(await askDns(other.dnsPort, 'db.service.consul'), { rcode: 2 }, 'DNS does not say that a name does not exist')
    t.equal((await other.call('PUT', `/v1/agent/join/${server.url.slice(7)}`)).status, 200)
    await attached(other)
    for (const at of [server, agent, other]) await until('everybody knows everybody', async () => JSON.stringify(await members(at)) === JSON.stringify([['a', 1], ['b', 1], ['srv', 1]]))
    t.match(await agent.get('/v1/agent/self'), { Config: { Server: false, NodeName: 'a' }, Member: { Tags: { role: 'node' } }, Stats: { consul: { server: 'false', known_servers: '1' } } })
    await other.call('PUT', '/v1/agent/service/register', { Name: 'b-svc', Port: 1 })

    await other.stop()
    await until('no good-bye: the lease lapses', async () => await serf(server, 'b') === 'critical')
    t.strictSame(await members(agent), [['a', 1], ['b', 4], ['srv', 1]])
    t.strictSame(await server.get('/v1/health/service/b-svc?passing'), [])
    t.equal((await agent.call('PUT', '/v1/agent/force-leave/b')).status, 200)
    t.strictSame(await members(server), [['a', 1], ['b', 3], ['srv', 1]])
    t.strictSame(await ids(server, 'b-svc'), [], 'the node is gone with all on it')
    t.equal((await agent.call('PUT', '/v1/agent/force-leave/b?prune')).status, 200)
    t.strictSame(await members(server), [['a', 1], ['srv', 1]])
    t.equal((await agent.call('PUT', '/v1/agent/force-leave/b')).status, 500, 'nobody of that name')
    t.equal((await server.call('PUT', '/v1/agent/force-leave/a')).status, 200)
    await until('one that lives comes back', async () => await serf(server, 'a') === 'passing' && (await ids(server, 'kept')).length === 1)

    const third = await startAgentOf([server.url], 'c')
    await attached(third)
    await third.call('PUT', '/v1/agent/service/register', { Name: 'c-svc', Port: 1 })
    await third.leave()
    t.strictSame(await ids(server, 'c-svc'), [])
    t.strictSame((await members(server)).find(([name]) => name === 'c'), ['c', 3])
    await third.stop()
  })

  await t.test('numbers for who watches', async t => {
    t.match(await (await agent.call('GET', '/metrics')).text(), /roster_view_age_seconds 0\n[^]*roster_agent_attached 1\n[^]*roster_agent_forwarded_total\{outcome="answered"\} [1-9]/)
    t.match(await (await server.call('GET', '/metrics')).text(), /roster_local_agents\{state="alive"\} 1\n[^]*roster_followers 1\n/)
  })

  await t.test('bad input', async t => {
    const refused = async (target: string): Promise<string> => {
      const reply = await agent.call('PUT', `/v1/agent/join/${target}`)
      t.equal(reply.status, 500, target)
      return await reply.text()
    }
    t.match(await refused('127.0.0.1:1'), /Failed to join 127\.0\.0\.1:1: .*ECONNREFUSED/)
    t.match(await refused('no%20address'), /is no address of a server/)
    t.match(await refused(agent.url.slice(7)), /asks to follow itself/)
    const wild = await startAgentOf([server.url], 'a', { config: { node_id: '11111111-2222-3333-4444-555555555555' } })
    t.teardown(() => wild.stop())
    t.match(await refused(wild.url.slice(7)), /'a' is a local agent and no server; it follows http/)
    await until('the second of the name is told', () => said(wild, 'Node name a is reserved by node'))
    t.equal((await wild.call('PUT', '/v1/agent/service/register', { Name: 'usurper', Port: 1 })).status, 200, 'it keeps what is registered')
    t.strictSame(await ids(server, 'usurper'), [], 'and the first has the name')
    t.equal((await wild.call('GET', '/v1/catalog/nodes')).status, 200, 'reading is everybody\'s')
    const abroad = await startAgentOf([server.url], 'd', { config: { datacenter: 'dc2' } })
    t.teardown(() => abroad.stop())
    await until('the datacenter is wrong', () => said(abroad, "Member 'd' part of wrong datacenter 'dc2', this is 'dc1'"))
    const elsewhere = await startTestServer({ config: { datacenter: 'dc2' } })
    t.teardown(() => elsewhere.stop())
    t.match(await refused(elsewhere.url.slice(7)), /wrong datacenter/)
    const report = { Datacenter: 'dc1', Node: 'x', ID: '99999999-2222-3333-4444-555555555555', TTL: '10s' }
    for (const [body, status] of [[{}, 500], [{ ...report, ID: 'x' }, 500], [{ ...report, TTL: '1ms' }, 400], [{ ...report, Services: [{ Port: 'x' }] }, 400], [{ ...report, Services: [{ ID: 'x' }] }, 500], [{ ...report, Checks: [{}] }, 500], ['{', 400]] as const) {
      t.equal((await server.call('PUT', '/v1/local-agent/report', body)).status, status, JSON.stringify(body))
    }
    t.equal(server.roster.state.nodes.get('x'), undefined, 'nothing has changed')
    t.equal((await server.call('PUT', '/v1/lease', { ID: 'agent:a', TTL: '10s', Services: [] })).status, 409, 'an agent\'s lease is nobody else\'s to replace')
  })
})

t.test('cut off', async t => {
  const dir = folder(t)
  const own = folder(t)
  let server = await startTestServer({ dataDir: dir, config: { node_name: 'srv' } })
  const { port, url } = server
  const agent = await startAgentOf([url], 'a', { dataDir: own })
  t.teardown(() => agent.stop())
  await attached(agent)
  await agent.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80, Check: { TTL: '1h', Status: 'passing' } })
  await agent.call('PUT', '/v1/kv/k', 'v')
  await server.stop()
  await until('it has noticed', () => !agent.roster.localAgent!.attached)

  const read = await agent.call('GET', '/v1/health/service/web?passing')
  t.equal(read.status, 200)
  t.equal((await read.json() as unknown[]).length, 1)
  t.equal(read.headers.get('x-consul-knownleader'), 'false')
  t.ok(Number(read.headers.get('x-consul-lastcontact')) > 0, 'the age is told')
  t.equal((await agent.call('GET', '/v1/kv/k?stale')).status, 200)
  t.match(await askDns(agent.dnsPort, 'web.service.consul'), { rcode: 0, addresses: ['127.0.0.2'] })
  await until('it is some ms old', () => agent.roster.freshness.ageMs() > 20)
  for (const [method, path] of [['PUT', '/v1/kv/k'], ['GET', '/v1/kv/k?consistent'], ['GET', '/v1/health/service/web?max_stale=10ms'], ['GET', '/v1/status/leader']] as const) {
    const refused = await agent.call(method, path, method === 'PUT' ? 'w' : undefined)
    t.equal(refused.status, 500, path)
    t.equal(await refused.text(), 'No cluster leader')
  }
  t.strictSame(await members(agent), [['a', 1], ['srv', 4]], 'the server is failed, as far as this agent knows')
  t.equal((await agent.call('PUT', '/v1/agent/service/register', { Name: 'meanwhile', Port: 81 })).status, 200, 'what is registered is kept')
  t.equal((await agent.call('PUT', '/v1/agent/check/fail/service:web')).status, 200)

  server = await startTestServer({ dataDir: dir, config: { node_name: 'srv', ports: { http: port } } })
  t.teardown(() => server.stop())
  await until('the server hears of it', async () => (await ids(server, 'meanwhile')).length === 1)
  t.equal((await health(server, 'web'))[0]!.Checks.find(({ CheckID }) => CheckID === 'service:web')!.Status, 'critical')
  t.equal(server.roster.feed.stats.partial, 1, 'only what was new was sent')
  await until('headers are those of one who follows', async () => (await agent.call('GET', '/v1/kv/k')).headers.get('x-consul-lastcontact') === '0')

  await t.test('the server loses its data', async t => {
    const highest = agent.roster.state.revision
    await server.stop()
    server = await startTestServer({ config: { node_name: 'srv', ports: { http: port } } })
    t.teardown(() => server.stop())
    await until('everything is registered again', async () => (await ids(server, 'web')).length === 1 && (await ids(server, 'meanwhile')).length === 1 && await serf(server, 'a') === 'passing')
    await until('the view is the new server\'s', () => agent.roster.state.revision === server.roster.state.revision)
    t.ok(agent.roster.state.revision < highest, 'a history of its own')
    t.equal((await agent.call('GET', '/v1/kv/k')).status, 404, 'what is lost is lost')
    const [here, there] = await Promise.all([agent.call('GET', '/v1/health/service/web'), server.call('GET', '/v1/health/service/web')])
    t.equal(here.headers.get('x-consul-index'), there.headers.get('x-consul-index'))
    t.strictSame(await here.json(), await there.json())
    const held = agent.call('GET', `/v1/kv/new?index=${here.headers.get('x-consul-index')!}&wait=10s`)
    await server.call('PUT', '/v1/kv/new', '1')
    t.equal((await held).status, 200, 'and can be waited on')
  })

  await t.test('registrations outlive the agent', async t => {
    await agent.stop()
    await server.stop()
    const again = await startAgentOf([url], 'a', { dataDir: own })
    t.teardown(() => again.stop())
    t.strictSame(Object.keys(await again.get<object>('/v1/agent/services')).sort(), ['meanwhile', 'web'], 'with no server in reach')
    server = await startTestServer({ config: { node_name: 'srv', ports: { http: port } } })
    t.teardown(() => server.stop())
    await until('they are told', async () => (await ids(server, 'web')).length === 1)
  })
})
