// Laws of the kinds `kv` and `sessions`: a snapshot, then what changes and nothing else; flags keep their digits.
import t from 'tap'
import { startTestServer, watchStream } from '../support/server.js'

t.test('a prefix: what comes, changes and goes below it', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  await s.call('PUT', '/v1/kv/app/a?flags=18446744073709551615', '1')
  const { socket, frames, say, next } = await watchStream(s)
  t.teardown(() => socket.close())
  let raw = ''
  socket.on('message', data => { raw += String(data) })
  say({ op: 'sub', id: 'p', kind: 'kv', params: { prefix: 'app/' } })
  say({ op: 'sub', id: 'k', kind: 'kv', params: { key: 'app/b' } })
  t.match(await next(f => f.id === 'p' && f.type === 'snapshot'), { upserts: [{ Key: 'app/a', Value: 'MQ==' }] })
  t.match(raw, /"Flags":18446744073709551615,/)
  t.match(await next(f => f.id === 'k' && f.type === 'snapshot'), { upserts: [] })
  await s.call('PUT', '/v1/kv/other', 'x')
  await s.call('PUT', '/v1/kv/app/b', '2')
  t.match(await next(f => f.id === 'p' && f.type === 'change'), { upserts: [{ Key: 'app/b', Value: 'Mg==' }], removes: [] })
  t.match(await next(f => f.id === 'k' && f.type === 'change'), { upserts: [{ Key: 'app/b' }] })
  await s.call('DELETE', '/v1/kv/app/a')
  t.match(await next(f => f.id === 'p' && f.removes.length > 0), { upserts: [], removes: ['app/a'] })
  t.equal(frames.filter(f => f.id === 'k').length, 2, 'the other key woke nobody')
})

t.test('sessions, all and of a node', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const { socket, say, next } = await watchStream(s)
  t.teardown(() => socket.close())
  say({ op: 'sub', id: 'all', kind: 'sessions', params: {} })
  say({ op: 'sub', id: 'far', kind: 'sessions', params: { node: 'FAR' } })
  await next(f => f.id === 'far' && f.type === 'snapshot')
  await s.call('PUT', '/v1/catalog/register', { Node: 'far', Address: '10.0.0.9' })
  const { ID } = await (await s.call('PUT', '/v1/session/create', { Node: 'far', NodeChecks: [] })).json() as { ID: string }
  for (const id of ['all', 'far']) t.match(await next(f => f.id === id && f.type === 'change'), { upserts: [{ Key: ID, ID, Node: 'far' }] })
  await s.call('PUT', '/v1/catalog/deregister', { Node: 'far' })
  for (const id of ['all', 'far']) t.match(await next(f => f.id === id && f.removes.length > 0), { removes: [ID] })
})

t.test('what is refused', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const { socket, say, next } = await watchStream(s)
  t.teardown(() => socket.close())
  for (const [id, params] of [['none', {}], ['both', { key: 'a', prefix: 'b' }], ['empty', { key: '' }]] as const) {
    say({ op: 'sub', id, kind: 'kv', params })
    t.match(await next(f => f.id === id), { type: 'error', error: 'kv needs "params.key" or "params.prefix", and not both' })
  }
  say({ op: 'sub', id: 'everything', kind: 'kv', params: { prefix: '' } })
  t.match(await next(f => f.id === 'everything'), { type: 'snapshot', upserts: [] })
})
