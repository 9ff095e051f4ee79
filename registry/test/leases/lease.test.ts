// Laws of leases, on a clock that the test moves: one lapse turns all it owns critical in one revision, removal comes after its time, nothing else is touched.
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer, until } from '../support/server.js'
import type { TestServer } from '../support/server.js'

const services = (n: number, prefix = 's'): object[] => Array.from({ length: n }, (_, i) => ({ Name: `${prefix}${i}`, Port: 1000 + i }))
const status = async (server: TestServer, name: string): Promise<string[]> => (await server.get<Array<{ Checks: Array<{ Status: string }> }>>(`/v1/health/service/${name}`)).map(i => i.Checks.at(-1)!.Status)

t.test('a lease over 20 instances lapses: all critical at that moment, in one revision, each watcher woken once; then gone', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  const granted = await server.call('PUT', '/v1/lease', { ID: 'p', TTL: '10s', DeregisterAfter: '30s', Node: 'host-1', Services: services(20) })
  t.equal(granted.status, 200)
  let wakes = 0
  const watch = (): void => { server.roster.state.topics.subscribe(['health:s7'], () => { wakes++; watch() }) }
  watch()
  await clock.advance(9_999)
  t.strictSame(await status(server, 's7'), ['passing'])
  const before = server.roster.state.revision
  await clock.advance(1)
  for (const i of [0, 7, 19]) t.strictSame(await status(server, `s${i}`), ['critical'])
  t.equal(server.roster.state.revision, before + 1, 'one revision')
  t.equal(wakes, 1)
  await clock.advance(29_999)
  t.strictSame(await status(server, 's7'), ['critical'])
  await clock.advance(1)
  t.strictSame(await status(server, 's7'), [])
  t.equal(wakes, 2)
  t.equal(server.roster.state.nodes.get('host-1'), undefined, 'the node that only the lease made goes too')
})

t.test('renewals keep it, cost no write, and bring a lapsed one back under the same ids with what it had said', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/lease', { ID: 'p', TTL: '10s', Node: 'h', Services: services(2) })
  t.equal((await server.call('PUT', '/v1/lease/p/status', { Status: 'warning', Output: 'warm', ServiceIDs: ['s1'] })).status, 200)
  const index = server.roster.state.index(['leases', 'health:s0', 'health:s1'])
  for (let i = 0; i < 10; i++) {
    await clock.advance(9_000)
    t.equal((await server.call('PUT', '/v1/lease/p/renew')).status, 200)
  }
  t.equal(server.roster.state.index(['leases', 'health:s0', 'health:s1']), index)
  await clock.advance(10_000)
  t.strictSame(await status(server, 's1'), ['critical'])
  t.equal((await server.call('PUT', '/v1/lease/p/renew')).status, 200)
  t.strictSame(await status(server, 's0'), ['passing'])
  t.strictSame(await status(server, 's1'), ['warning'])
  await clock.advance(9_000)
  t.strictSame(await status(server, 's0'), ['passing'], 'and the removal is off')
})

t.test('draining and not-ready read as critical; the process takes its word back', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/lease', { ID: 'p', TTL: '1m', Node: 'h', Services: services(1) })
  for (const word of ['draining', 'not-ready', 'critical']) {
    await server.call('PUT', '/v1/lease/p/status', { Status: word })
    t.strictSame(await status(server, 's0'), ['critical'], word)
  }
  t.equal((await server.get<{ Services: Array<{ Status: string }> }>('/v1/lease/p')).Services[0]!.Status, 'critical')
  await server.call('PUT', '/v1/lease/p/status', { Status: 'passing' })
  t.strictSame(await status(server, 's0'), ['passing'])
})

t.test('the same id replaces the set; another lease takes over what it names; DELETE takes everything at once', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const grant = (id: string, list: object[]): Promise<Response> => server.call('PUT', '/v1/lease', { ID: id, TTL: '1m', Node: 'h', Services: list })
  await grant('a', services(3))
  await grant('a', services(2))
  t.strictSame(await status(server, 's2'), [])
  await grant('b', [{ Name: 's0', Port: 1 }])
  t.strictSame((await server.get<{ Services: Array<{ ID: string }> }>('/v1/lease/a')).Services.map(s => s.ID), ['s1'])
  const revision = server.roster.state.revision
  await grant('b', [{ Name: 's0', Port: 1 }])
  t.equal(server.roster.state.revision, revision, 'an identical grant writes nothing')
  t.equal((await server.call('DELETE', '/v1/lease/b')).status, 200)
  t.strictSame(await status(server, 's0'), [])
  t.strictSame(await status(server, 's1'), ['passing'])
  t.equal((await server.call('DELETE', '/v1/lease/b')).status, 404)
  t.equal((await server.call('PUT', '/v1/lease/b/renew')).status, 404)
})

t.test('a lease changes nothing of a node that is there, and leaves it', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/catalog/register', { Node: 'h', Address: '10.1.1.1', NodeMeta: { rack: 'r1' } })
  await server.call('PUT', '/v1/lease', { ID: 'a', TTL: '1m', Node: 'h', Address: '10.2.2.2', Services: services(1) })
  const node = server.roster.state.nodes.get('h')!.value
  t.equal(node.address, '10.1.1.1')
  t.same(node.meta, { rack: 'r1' })
  t.equal(server.roster.state.services.get('h', 's0')!.value.address, '10.2.2.2')
  await server.call('DELETE', '/v1/lease/a')
  t.ok(server.roster.state.nodes.get('h'))
})

t.test('1,000 leases from 1,000 one-time nodes come and go: the node count is as before', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const before = server.roster.state.nodes.size
  const all = Array.from({ length: 1000 }, (_, i) => i)
  await Promise.all(all.map(i => server.call('PUT', '/v1/lease', { ID: `l${i}`, TTL: '1m', Node: `once-${i}`, Services: [{ Name: 'job', ID: `job-${i}`, Port: 1 }] })))
  t.equal(server.roster.state.nodes.size, before + 1000)
  await Promise.all(all.map(i => server.call('DELETE', `/v1/lease/l${i}`)))
  t.equal(server.roster.state.nodes.size, before)
  t.equal(server.roster.state.services.named('job').length, 0)
})

t.test('an address that the lease does not name is the peer\'s on the connection', async t => {
  const server = await startTestServer({ config: { client_addr: '0.0.0.0' } })
  t.teardown(() => server.stop())
  const { request } = await import('node:http')
  const code = await new Promise<number>((resolve, reject) => {
    const q = request({ host: '127.0.0.1', port: server.port, localAddress: '127.0.0.2', method: 'PUT', path: '/v1/lease' }, r => { r.resume(); resolve(r.statusCode!) })
    q.on('error', reject)
    q.end(JSON.stringify({ ID: 'a', TTL: '1m', Node: 'h', Services: [{ Name: 'x', Port: 1 }] }))
  })
  t.equal(code, 200)
  t.equal(server.roster.state.services.get('h', 'x')!.value.address, '127.0.0.2')
})

t.test('what is wrong with a lease is said and changes nothing', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const revision = server.roster.state.revision
  const TABLE: ReadonlyArray<readonly [body: unknown, status: number, text: string]> = [
    ['', 400, 'Request decode failed: EOF'],
    [{ Services: [] }, 400, 'Missing TTL'],
    [{ TTL: '0.5s' }, 400, 'Invalid TTL 500ms, must be between 1s and 24h0m0s'],
    [{ TTL: '25h' }, 400, 'Invalid TTL 25h0m0s, must be between 1s and 24h0m0s'],
    [{ TTL: '1m', DeregisterAfter: '10ms' }, 400, 'Invalid DeregisterAfter 10ms, must be 1s or more'],
    [{ TTL: '1m', Bogus: 1 }, 400, 'Request decode failed: json: unknown field "Bogus"'],
    [{ TTL: '1m', Services: [{ Port: 1 }] }, 400, 'Missing service name'],
    [{ TTL: '1m', Services: [{ Name: 'a' }, { Name: 'a' }] }, 400, 'Service ID "a" is given twice'],
    [{ TTL: '1m', Address: '0.0.0.0', Services: [] }, 400, 'Invalid service address'],
  ]
  for (const [body, code, text] of TABLE) {
    const answer = await server.call('PUT', '/v1/lease', body)
    t.equal(answer.status, code, text)
    t.equal(await answer.text(), text)
  }
  t.equal(server.roster.state.revision, revision)
})

t.test('jumps of the wall clock, an hour forth and a day back, change nothing', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/lease', { ID: 'p', TTL: '10s', Node: 'h', Services: services(1) })
  const index = server.roster.state.index(['leases', 'health:s0'])
  clock.jump(3_600_000)
  await clock.advance(9_000)
  clock.jump(-86_400_000)
  await clock.advance(999)
  t.strictSame(await status(server, 's0'), ['passing'])
  t.equal(server.roster.state.index(['leases', 'health:s0']), index)
  await clock.advance(1)
  t.strictSame(await status(server, 's0'), ['critical'], 'and the TTL is still ten seconds')
})

t.test('a restart gives every lease one TTL to show up', async t => {
  const dataDir = t.testdir({})
  const first = await startTestServer({ dataDir })
  await first.call('PUT', '/v1/lease', { ID: 'p', TTL: '10s', DeregisterAfter: '10s', Node: 'h', Services: services(1) })
  await first.stop()
  const clock = fakeClock()
  const second = await startTestServer({ dataDir, clock })
  t.teardown(() => second.stop())
  await clock.advance(9_000)
  t.strictSame(await status(second, 's0'), ['passing'])
  t.equal((await second.call('PUT', '/v1/lease/p/renew')).status, 200)
  await clock.advance(9_000)
  t.strictSame(await status(second, 's0'), ['passing'])
  await clock.advance(2_000)
  await until('it lapses', async () => (await status(second, 's0'))[0] === 'critical')
})
