// History: every change of an instance's health is told once, oldest first, and never more than the bounds allow.
import t from 'tap'
import { History, type InstanceHistory } from '../../src/catalog/history.js'
import { startTestServer, instance, type TestServer } from '../support/server.js'

const register = async (server: TestServer, body: object): Promise<void> => { t.equal((await server.call('PUT', '/v1/catalog/register', body)).status, 200) }
const deregister = async (server: TestServer, body: object): Promise<void> => { t.equal((await server.call('PUT', '/v1/catalog/deregister', body)).status, 200) }
const path = (history: InstanceHistory | undefined): readonly string[] => history?.Changes.map(({ From, To }) => `${From}>${To}`) ?? []

t.test('an instance that comes, fails, recovers and goes', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  for (const status of ['passing', 'critical', 'warning', 'passing']) await register(server, instance('n1', 'web', status))
  await register(server, instance('n1', 'web', 'passing'))
  await deregister(server, { Node: 'n1', ServiceID: 'web-n1' })
  const [web, ...others] = await server.get<readonly InstanceHistory[]>('/v1/history/web')
  t.strictSame(others, [])
  t.match(web, { Node: 'n1', ServiceID: 'web-n1' })
  t.strictSame(path(web), ['>passing', 'passing>critical', 'critical>warning', 'warning>passing', 'passing>'])
  t.equal(web!.Changes[1]!.CheckID, 'c-web-n1', 'names the check that made the difference')
  t.ok(web!.Changes.every(({ Time, Index }, i) => !Number.isNaN(Date.parse(Time)) && (i === 0 || Index > web!.Changes[i - 1]!.Index)), 'in order of the index')
})

t.test('the health of a node is that of all on it', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  for (const service of ['a', 'b']) await register(server, instance('n1', service))
  await register(server, { Node: 'n1', Address: '10.0.0.1', Check: { CheckID: 'disk', Name: 'disk', Status: 'critical', Output: 'x'.repeat(1000) } })
  await deregister(server, { Node: 'n1' })
  for (const service of ['a', 'b']) {
    const [found] = await server.get<readonly InstanceHistory[]>(`/v1/history/${service}`)
    t.strictSame(path(found), ['>passing', 'passing>critical', 'critical>'], service)
    t.equal(found!.Changes[1]!.CheckID, 'disk')
    t.equal(found!.Changes[1]!.Output!.length, 256, 'the beginning of what it said')
  }
})

t.test('never more than so many of an instance, nor of all together', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const { state, clock } = server.roster
  const history = new History({ state, clock, perInstance: 3, inAll: 7 })
  t.teardown(() => history.stop())
  for (let i = 0; i < 10; i++) await register(server, instance('n1', 'web', i % 2 === 0 ? 'passing' : 'critical'))
  t.strictSame(path(history.of('web')[0]), ['critical>passing', 'passing>critical', 'critical>passing', 'passing>critical'].slice(-3), 'the newest three')
  for (let i = 0; i < 6; i++) await register(server, instance(`m${i}`, 'db'))
  t.ok(history.size <= 7)
  t.strictSame(history.of('web'), [], 'who changed longest ago is forgotten first')
  t.ok(history.of('db').length >= 4)
})

t.test('one that begins late takes the health that it finds for given', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await register(server, instance('n1', 'web', 'critical'))
  const { state, clock } = server.roster
  const history = new History({ state, clock })
  t.teardown(() => history.stop())
  await register(server, instance('n1', 'web', 'passing'))
  t.strictSame(path(history.of('WEB')[0]), ['critical>passing'], 'in any letter case')
})

t.test('an id that comes back as another service leaves the old name', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await register(server, instance('n1', 'web', 'passing', 'x'))
  await register(server, instance('n1', 'web', 'critical', 'x'))
  await deregister(server, { Node: 'n1', ServiceID: 'x' })
  await register(server, instance('n1', 'db', 'passing', 'x'))
  t.strictSame(await server.get('/v1/history/web'), [])
  t.strictSame(path((await server.get<readonly InstanceHistory[]>('/v1/history/db'))[0]), ['>passing'])
})

t.test('no name, another datacenter, a name that is a word of the language', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  t.equal((await server.call('GET', '/v1/history/')).status, 400)
  t.equal((await server.call('GET', '/v1/history/web?dc=elsewhere')).status, 500)
  t.strictSame(await server.get('/v1/history/constructor'), [])
})
