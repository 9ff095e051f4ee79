// Laws of /v1/session over real sockets: who wakes, and what becomes of locks and of their readers.
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

async function server (t: Test): Promise<TestServer & { session: (body?: object) => Promise<string>, clock: ReturnType<typeof fakeClock> }> {
  const clock = fakeClock()
  const s = await startTestServer({ clock })
  t.teardown(() => s.stop())
  return { ...s, clock, session: async (body = {}) => ((await (await s.call('PUT', '/v1/session/create', { NodeChecks: [], LockDelay: '0s', ...body })).json()) as { ID: string }).ID }
}
const yes = async (s: TestServer, path: string, body?: unknown): Promise<boolean> => await (await s.call('PUT', path, body)).json() as boolean

t.test('an expired session: lock free, its reader woken, the session gone from lists, the lock-delay kept', async t => {
  const s = await server(t)
  const a = await s.session({ TTL: '10s', LockDelay: '5s' })
  const b = await s.session()
  t.ok(await yes(s, `/v1/kv/lead?acquire=${a}`, 'a'))
  const index = (await s.call('GET', '/v1/kv/lead')).headers.get('x-consul-index')!
  const waiting = s.call('GET', `/v1/kv/lead?index=${index}&wait=600s`)
  while (s.roster.state.topics.waiting === 0) await new Promise(resolve => setImmediate(resolve))
  await s.clock.advance(20_000)
  const [pair] = await (await waiting).json() as Array<Record<string, unknown>>
  t.match(pair, { Value: 'YQ==', LockIndex: 1 })
  t.notOk('Session' in pair!)
  t.same((await s.get<Array<{ ID: string }>>('/v1/session/list')).map(x => x.ID), [b])
  t.notOk(await yes(s, `/v1/kv/lead?acquire=${b}`, 'b'), 'false, not an error')
  await s.clock.advance(5_000)
  t.ok(await yes(s, `/v1/kv/lead?acquire=${b}`, 'b'))
  t.match((await s.get<Array<Record<string, unknown>>>('/v1/kv/lead'))[0], { LockIndex: 2, Session: b })
  t.equal((await s.call('PUT', `/v1/session/renew/${a}`)).status, 404)
})

t.test('lists are sorted by id, and a session of a node is found in any letter case', async t => {
  const s = await server(t)
  const ids = await Promise.all(Array.from({ length: 20 }, () => s.session()))
  t.same((await s.get<Array<{ ID: string }>>('/v1/session/list')).map(x => x.ID), ids.toSorted())
  t.same((await s.get<Array<{ ID: string }>>('/v1/session/node/TEST')).length, 20)
  t.same(await s.get('/v1/session/node/nowhere'), [])
  t.same((await s.get<Array<{ ID: string }>>(`/v1/session/info/${ids[3]!.toUpperCase()}`)).map(x => x.ID), [ids[3]])
})

t.test('1,000 sessions that fall silent together all end, and each key that one held is free', async t => {
  const s = await server(t)
  const { commit } = s.roster
  const { createSession } = await import('../../src/sessions/create.js')
  const { command } = await import('../../src/catalog/rows.js')
  const { lockKey } = await import('../../src/kv/operations.js')
  const id = (n: number): string => `11111111-2222-4333-8444-${String(n).padStart(12, '0')}`
  for (let n = 0; n < 1000; n++) {
    await commit(createSession({ id: id(n), name: '', node: 'test', lockDelayNs: 0, behavior: n % 2 === 0 ? 'release' : 'delete', ttl: '10s', ttlMs: 10_000, nodeChecks: [], serviceChecks: null, checks: null }))
    await commit(command(d => lockKey(d, { key: `lock/${n}`, value: '', flags: '0' }, id(n))))
  }
  await s.clock.advance(20_000)
  while (s.roster.sessions.stats.expired < 1000) await s.clock.advance(0)
  t.equal(s.roster.state.sessions.size, 0)
  t.equal(s.roster.state.kv.size, 500)
  t.ok([...s.roster.state.kv.below('')].every(e => e.value.session === ''))
})
