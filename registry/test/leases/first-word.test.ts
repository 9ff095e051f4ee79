// Laws of what a grant says ahead: an instance that is new on a lease begins with the status that the grant names, and a lapse has the output that it names.
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer } from '../support/server.js'
import type { TestServer } from '../support/server.js'

const check = async (server: TestServer, name: string): Promise<string> => {
  const [row] = await server.get<Array<{ Checks: Array<{ Status: string, Output: string }> }>>(`/v1/health/service/${name}`)
  const { Status, Output } = row!.Checks.at(-1)!
  return `${Status} ${Output}`.trim()
}

t.test('the status of a grant is that of instances nobody has spoken of; what was said stays said', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const grant = (...names: string[]): Promise<Response> => server.call('PUT', '/v1/lease', { ID: 'p', TTL: '10s', Status: 'critical', Node: 'h', Services: names.map(Name => ({ Name })) })
  t.equal((await grant('a')).status, 200)
  t.equal(await check(server, 'a'), 'critical')
  await server.call('PUT', '/v1/lease/p/status', { Status: 'passing' })
  t.equal((await grant('a', 'b')).status, 200)
  t.strictSame([await check(server, 'a'), await check(server, 'b')], ['passing', 'critical'])
  t.equal((await server.call('PUT', '/v1/lease', { TTL: '10s', Status: 'well', Services: [] })).status, 400)
})

t.test('a lapse says what the grant asked for, else that the TTL expired', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/lease', { ID: 'p', TTL: '10s', Node: 'h', LapseOutput: 'mirror stopped', Services: [{ Name: 'a' }] })
  await server.call('PUT', '/v1/lease', { ID: 'q', TTL: '10s', Node: 'h', Services: [{ Name: 'b' }] })
  await clock.advance(10_000)
  t.strictSame([await check(server, 'a'), await check(server, 'b')], ['critical mirror stopped', 'critical TTL expired'])
  await server.call('PUT', '/v1/lease/p/renew')
  t.equal(await check(server, 'a'), 'passing')
})
