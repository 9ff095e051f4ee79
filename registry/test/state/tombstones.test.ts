// Laws of what is gone: its readers behave the same while it is remembered, no index goes back when it is forgotten, and nothing of it stays in memory.
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { instance, startTestServer } from '../support/server.js'

t.test('services that come and go leave nothing after a quarter of an hour', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  const index = async (path: string): Promise<number> => Number((await server.call('GET', path)).headers.get('x-consul-index'))
  await server.call('PUT', '/v1/catalog/register', instance('stays', 'web'))
  const before = server.roster.state.topics.size
  for (let i = 0; i < 50; i++) {
    await server.call('PUT', '/v1/catalog/register', instance(`n${i}`, `job-${i}`))
    await server.call('PUT', '/v1/catalog/deregister', { Node: `n${i}` })
  }
  const gone = await index('/v1/health/service/job-7')
  const lists = await index('/v1/catalog/services')
  t.ok(server.roster.state.topics.size > before)
  await clock.advance(17 * 60_000)
  t.ok(server.roster.state.topics.size <= before, 'topics of what is gone are forgotten')
  t.ok(await index('/v1/health/service/job-7') >= gone, 'no index has gone back')
  t.ok(await index('/v1/catalog/services') >= lists)
  t.strictSame(await server.get('/v1/health/service/job-7'), [])
})

t.test('over a restart no index goes back, neither before nor after old tombstones are forgotten', async t => {
  const dataDir = t.testdir({})
  const clock = fakeClock()
  const paths = ['/v1/health/service/web', '/v1/health/service/job', '/v1/catalog/nodes', '/v1/catalog/services', '/v1/health/state/any', '/v1/catalog/node/n1']
  let last = new Map<string, number>()
  for (const wait of [0, 17 * 60_000, 0]) {
    const server = await startTestServer({ dataDir, clock })
    const read = async (): Promise<Map<string, number>> => new Map(await Promise.all(paths.map(async path => [path, Number((await server.call('GET', path)).headers.get('x-consul-index'))] as const)))
    const now = await read()
    for (const path of paths) t.ok(now.get(path)! >= (last.get(path) ?? 0), `${path} after a start`)
    await server.call('PUT', '/v1/catalog/register', instance('n1', 'web'))
    await server.call('PUT', '/v1/catalog/register', instance('n2', 'job'))
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n2' })
    await clock.advance(wait)
    last = await read()
    await server.stop()
  }
})
