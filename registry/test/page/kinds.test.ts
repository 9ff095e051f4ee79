// Laws of the kinds that the page is shown: a view that follows events says the same as one that is made anew, and people's words for health are told apart.
import t from 'tap'
import fc from 'fast-check'
import { startTestServer, instance, until, watchStream } from '../support/server.js'
import type { Frame } from '../support/server.js'

/** The rows that a client has after these frames. */
function rowsOf (frames: readonly Frame[], id: string): Map<string, unknown> {
  const rows = new Map<string, unknown>()
  for (const { id: of, type, upserts, removes } of frames) {
    if (of !== id || type === 'progress') continue
    if (type !== 'change') rows.clear()
    for (const key of removes) rows.delete(key)
    for (const row of upserts) rows.set(String(row['Key']), row)
  }
  return rows
}
const sorted = (rows: Map<string, unknown>): unknown[] => [...rows].sort(([a], [b]) => a < b ? -1 : 1)

t.test('whatever happens in the catalog, those who followed see what those see who come now', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const stream = await watchStream(server)
  t.teardown(() => stream.socket.close())
  const kinds = ['instances', 'service-counts', 'node-counts']
  kinds.forEach(kind => stream.say({ op: 'sub', id: kind, kind }))
  stream.say({ op: 'sub', id: 'one', kind: 'instances', params: { service: 's1' } })
  stream.say({ op: 'sub', id: 'node', kind: 'instances', params: { node: 'n1' } })
  let rounds = 0
  const name = fc.constantFrom('s1', 's2', 'S1')
  const step = fc.oneof(
    fc.record({ put: fc.constant('register'), node: fc.constantFrom('n1', 'n2'), service: name, id: fc.constantFrom('a', 'b', 'c'), status: fc.constantFrom('passing', 'warning', 'critical') }),
    fc.record({ put: fc.constant('deregister'), node: fc.constantFrom('n1', 'n2'), id: fc.constantFrom('a', 'b', 'c', '') }),
    fc.record({ put: fc.constant('lease'), id: fc.constantFrom('a', 'b'), service: name }),
    fc.record({ put: fc.constant('end'), id: fc.constant('l') })
  )
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
    for (const s of steps) {
      if (s.put === 'register') await server.call('PUT', '/v1/catalog/register', instance(s.node, (s as { service: string }).service, (s as { status: string }).status, s.id))
      else if (s.put === 'deregister') await server.call('PUT', '/v1/catalog/deregister', { Node: s.node, ...s.id !== '' && { ServiceID: s.id } })
      else if (s.put === 'lease') await server.call('PUT', '/v1/lease', { ID: 'l', TTL: '1h', Node: 'n1', Services: [{ Name: (s as { service: string }).service, ID: s.id, Port: 1 }] })
      else await server.call('DELETE', '/v1/lease/l')
    }
    const fresh = await watchStream(server)
    const round = String(++rounds)
    // Parameters that nobody else has give a view of its own, made now.
    kinds.forEach(kind => fresh.say({ op: 'sub', id: kind, kind, params: { round } }))
    fresh.say({ op: 'sub', id: 'one', kind: 'instances', params: { service: 's1', round } })
    fresh.say({ op: 'sub', id: 'node', kind: 'instances', params: { node: 'n1', round } })
    await until('five snapshots', () => fresh.frames.length >= 5)
    for (const id of [...kinds, 'one', 'node']) {
      await until(`equal ${id}`, () => JSON.stringify(sorted(rowsOf(stream.frames, id))) === JSON.stringify(sorted(rowsOf(fresh.frames, id))))
    }
    fresh.socket.close()
  }), { numRuns: 25 })
})

t.test('who is out by its own word is not broken; the owner of a registration is named', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/lease', { ID: 'l', TTL: '1h', Node: 'n1', Services: [{ Name: 'w', ID: 'w1' }, { Name: 'w', ID: 'w2' }] })
  await server.call('PUT', '/v1/lease/l/status', { Status: 'draining', ServiceIDs: ['w1'] })
  await server.call('PUT', '/v1/lease/l/status', { Status: 'not-ready', Output: 'warming', ServiceIDs: ['w2'] })
  await server.call('PUT', '/v1/agent/service/register', { Name: 'w', ID: 'w3' })
  await server.call('PUT', '/v1/agent/service/maintenance/w3?enable=true&reason=disk')
  await server.call('PUT', '/v1/catalog/register', instance('n2', 'w', 'critical', 'w4'))
  const stream = await watchStream(server)
  t.teardown(() => stream.socket.close())
  stream.say({ op: 'sub', id: 'i', kind: 'instances', params: { service: 'w' } })
  await stream.next(({ id }) => id === 'i')
  await until('all are there', () => rowsOf(stream.frames, 'i').size === 4)
  const by = new Map([...rowsOf(stream.frames, 'i').values()].map(row => [(row as { ID: string }).ID, row as Record<string, unknown>]))
  t.strictSame(['w1', 'w2', 'w3', 'w4'].map(id => [by.get(id)!['State'], by.get(id)!['Owner']]), [['draining', 'lease:l'], ['not-ready', 'lease:l'], ['maintenance', 'agent'], ['critical', undefined]])
  t.equal(by.get('w3')!['Output'], 'disk')
})

t.test('locks and sessions tell since when, keys one level, a lease the time that it has left, watchers who looks', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const { ID } = await (await server.call('PUT', '/v1/session/create', { Name: 'job' })).json() as { ID: string }
  await server.call('PUT', `/v1/kv/app/lock?acquire=${ID}`, 'x')
  await server.call('PUT', '/v1/kv/app/sub/deep', 'hello')
  await server.call('PUT', '/v1/lease', { ID: 'l', TTL: '30s', Node: 'n1', Services: [{ Name: 'w' }] })
  const stream = await watchStream(server)
  t.teardown(() => stream.socket.close())
  const subs = { locks: {}, 'session-times': {}, keys: { prefix: 'app/' }, lease: { id: 'l' }, watchers: {}, changes: {}, history: { service: 'w' }, server: {} }
  for (const [kind, params] of Object.entries(subs)) stream.say({ op: 'sub', id: kind, kind, params })
  for (const kind of Object.keys(subs)) await stream.next(({ id }) => id === kind)
  const rows = (id: string): unknown[] => [...rowsOf(stream.frames, id).values()]
  t.match(rows('locks'), [{ Key: 'app/lock', Session: ID, SessionName: 'job', Since: /^20/ }])
  t.match(rows('session-times'), [{ Name: 'job', Keys: ['app/lock'], Since: /^20/ }])
  t.match(rows('keys'), [{ Key: 'app/lock', Locked: true }, { Key: 'app/sub/', Keys: 1 }])
  t.match(rows('lease'), [{ ID: 'l', TTLMs: 30_000, RemainingMs: Number }])
  t.match(rows('changes').at(-1), { Service: 'w', From: '', To: 'passing' })
  t.match(rows('history'), [{ Node: 'n1', Changes: [{ To: 'passing' }] }])
  t.match(rows('server'), [{ Datacenter: 'dc1', ReadOnly: false }])
  await until('watchers are told of', () => rows('watchers').length === 8)
  const before = stream.frames.length
  await server.call('PUT', '/v1/lease/l/renew')
  await until('the renewal is told', () => stream.frames.slice(before).some(({ id }) => id === 'lease'))
  await server.call('PUT', `/v1/kv/app/lock?release=${ID}`, 'x')
  await until('the lock is gone', () => rows('locks').length === 0)
})
