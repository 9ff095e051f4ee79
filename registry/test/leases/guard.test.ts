// Law of the guard over leases: very many silent at once are marked but not removed, and every reader is told so.
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer } from '../support/server.js'

t.test('twelve of forty fall silent: marked at once, kept until none has lapsed for a minute', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  const count = (): number => server.roster.state.services.named('job').length
  for (let i = 0; i < 40; i++) await server.call('PUT', '/v1/lease', { ID: `l${i}`, TTL: '20s', DeregisterAfter: '5s', Node: `n${i}`, Services: [{ Name: 'job', ID: `job-${i}`, Port: 1 }] })
  const renew = async (): Promise<void> => { for (let i = 12; i < 40; i++) await server.call('PUT', `/v1/lease/l${i}/renew`) }
  await clock.advance(10_000)
  await renew()
  await clock.advance(10_000)
  await renew()
  const answer = await server.call('GET', '/v1/health/service/job')
  t.match(answer.headers.get('x-roster-guard'), /^kept=12; until=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.match((await server.call('GET', '/v1/catalog/nodes')).headers.get('x-roster-guard'), /^kept=12/)
  t.equal((await server.get<Array<{ Checks: Array<{ Status: string }> }>>('/v1/health/service/job')).filter(i => i.Checks.at(-1)!.Status === 'critical').length, 12, 'marking goes on')
  const metrics = await (await server.call('GET', '/metrics')).text()
  t.match(metrics, /^roster_guard_active 1$/m)
  t.match(metrics, /^roster_guard_kept 12$/m)
  for (let s = 0; s < 5; s++) {
    await clock.advance(10_000)
    await renew()
    t.equal(count(), 40, 'removal stops')
  }
  await clock.advance(10_000)
  await renew()
  await clock.advance(2_000)
  t.equal(count(), 28, 'and goes on after a minute of calm')
  t.equal((await server.call('GET', '/v1/health/service/job')).headers.get('x-roster-guard'), null)
})

t.test('nine of forty are too few: removed after their time', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  for (let i = 0; i < 40; i++) await server.call('PUT', '/v1/lease', { ID: `l${i}`, TTL: i < 9 ? '20s' : '1h', DeregisterAfter: '5s', Node: `n${i}`, Services: [{ Name: 'job', ID: `job-${i}`, Port: 1 }] })
  await clock.advance(20_000)
  await clock.advance(5_000)
  t.equal(server.roster.state.services.named('job').length, 31)
})
