// Laws of the watch stream: a snapshot then changes in order, one frame an event, resume without a gap, bad frames harm nobody.
import t from 'tap'
import { instance, startTestServer, until, watchStream } from '../support/server.js'

t.test('watch stream', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const put = async (body: object): Promise<void> => { t.equal((await server.call('PUT', '/v1/catalog/register', body)).status, 200) }

  t.test('snapshot, change, remove; each change of one event is one frame', async t => {
    await put(instance('n1', 'web'))
    const stream = await watchStream(server)
    t.teardown(() => stream.socket.terminate())
    t.equal(stream.socket.protocol, 'roster.v1')
    stream.say({ op: 'sub', id: 'w', kind: 'health', params: { service: 'web' } })
    const first = await stream.next(f => f.type === 'snapshot')
    t.strictSame(first.upserts.map(u => u['Key']), ['n1/web-n1'])
    await put(instance('n2', 'web'))
    const second = await stream.next(f => f.type === 'change')
    t.strictSame(second.upserts.map(u => u['Key']), ['n2/web-n2'], 'only what has changed')
    t.ok(second.index > first.index)
    await put(instance('n2', 'web'))
    await put(instance('n2', 'other'))
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n1' })
    const third = await stream.next(f => f.removes.length > 0)
    t.strictSame(third.removes, ['n1/web-n1'])
    t.equal(stream.frames.length, 3, 'nothing for an identical registration and for another service')
  })

  t.test('a client that comes back gets what it missed, and only that; one from another history gets everything', async t => {
    const stream = await watchStream(server)
    stream.say({ op: 'sub', id: 'a', kind: 'health', params: { service: 'web' } })
    const { index } = await stream.next(f => f.type === 'snapshot')
    stream.socket.terminate()
    await until('it is gone', () => server.roster.watchers().size === 0)
    await put(instance('n5', 'web'))
    await put(instance('n6', 'web'))
    const again = await watchStream(server)
    t.teardown(() => again.socket.terminate())
    again.say({ op: 'sub', id: 'b', kind: 'health', params: { service: 'web' }, since: index })
    const last = await again.next(f => f.upserts.some(u => u['Key'] === 'n6/web-n6'))
    t.strictSame(again.frames.map(f => f.type), ['change', 'change'])
    again.say({ op: 'sub', id: 'c', kind: 'health', params: { service: 'web' }, since: last.index })
    t.equal((await again.next(f => f.id === 'c')).type, 'progress', 'nothing was missed')
    again.say({ op: 'sub', id: 'd', kind: 'health', params: { service: 'web' }, since: 999_999 })
    t.equal((await again.next(f => f.id === 'd')).type, 'snapshot')
  })

  t.test('acknowledgements: whoever drains learns when everybody has seen it', async t => {
    const stream = await watchStream(server)
    t.teardown(() => stream.socket.terminate())
    stream.say({ op: 'sub', id: 'a', kind: 'health', params: { service: 'web' } })
    const { index } = await stream.next(f => f.type === 'snapshot')
    let answered = false
    const seen = server.get<{ Acked: boolean }>(`/v1/watchers/acked?name=web&index=${index}&wait=60s`).then(r => { answered = true; return r })
    const before = await server.get<{ Acked: boolean, Behind: string[] }>(`/v1/watchers/acked?name=web&index=${index}&wait=1ms`)
    t.equal(before.Acked, false)
    t.equal(before.Behind.length, 1)
    t.equal(answered, false)
    stream.say({ op: 'ack', id: 'a', index })
    t.equal((await seen).Acked, true)
    const list = await server.get<Array<{ Kind: string, Name: string, Acked: number }>>('/v1/watchers?kind=health&name=web')
    t.strictSame(list.map(({ Kind, Name, Acked }) => ({ Kind, Name, Acked })), [{ Kind: 'health', Name: 'web', Acked: index }])
  })

  t.test('who watches a part is not waited for when something changes outside of it', async t => {
    const stream = await watchStream(server)
    t.teardown(() => stream.socket.terminate())
    stream.say({ op: 'sub', id: 'part', kind: 'health', params: { service: 'part', filter: 'Node.Node == n8' } })
    const first = await stream.next(f => f.type === 'snapshot')
    stream.say({ op: 'ack', id: 'part', index: first.index })
    await put(instance('n7', 'part'))
    const { headers } = await server.call('GET', '/v1/health/service/part')
    const index = headers.get('x-consul-index')!
    await until('its acknowledgement is there', async () => (await server.get<{ Acked: boolean }>(`/v1/watchers/acked?name=part&index=${index}&wait=1ms`)).Acked)
    await put(instance('n8', 'part'))
    const change = await stream.next(f => f.type === 'change')
    t.equal((await server.get<{ Acked: boolean }>(`/v1/watchers/acked?name=part&index=${change.index}&wait=1ms`)).Acked, false, 'what concerns it has to be acknowledged')
  })

  t.test('what is no frame is answered with an error and ends nothing', async t => {
    const stream = await watchStream(server)
    t.teardown(() => stream.socket.terminate())
    for (const text of ['', '{', '[]', 'null', '{"op":"sub"}', '{"op":"fly","id":"x"}', '{"op":"sub","id":"x","kind":"nope"}', '{"op":"sub","id":"x","kind":"health"}', '{"op":"sub","id":"x","kind":"health","params":{"service":"a","filter":"Nope == 1"}}', '{"op":"unsub","id":"none"}', '{"op":"sub","id":"x","kind":"nodes","params":{"__proto__":{"a":1}},"since":-1}', `{"op":"sub","id":"${'i'.repeat(200)}","kind":"nodes"}`]) stream.socket.send(text)
    await until('all are answered', () => stream.frames.length === 12)
    t.ok(stream.frames.every(f => f.type === 'error' && f.error !== undefined))
    stream.say({ op: 'sub', id: 'x', kind: 'nodes' })
    t.equal((await stream.next(f => f.id === 'x' && f.type === 'snapshot')).type, 'snapshot')
    stream.say({ op: 'sub', id: 'x', kind: 'nodes' })
    t.match((await stream.next(f => f.id === 'x' && f.type === 'error' && f.error!.includes('in use'))).error, 'in use')
  })

  t.test('kinds: services, nodes, node, checks, leases, guard', async t => {
    const stream = await watchStream(server)
    t.teardown(() => stream.socket.terminate())
    for (const [kind, params] of [['services', {}], ['nodes', {}], ['node', { node: 'n6' }], ['checks', { state: 'passing' }], ['leases', {}], ['guard', {}]] as const) {
      stream.say({ op: 'sub', id: kind, kind, params })
      const frame = await stream.next(f => f.id === kind)
      t.equal(frame.type, 'snapshot', kind)
    }
    t.strictSame(stream.frames.find(f => f.id === 'node')!.upserts.map(u => u['Key']), ['node', 'service/web-n6', 'check/c-web-n6'])
    t.strictSame(stream.frames.find(f => f.id === 'guard')!.upserts.map(u => u['Active']), [false])
    t.ok(stream.frames.find(f => f.id === 'services')!.upserts.some(u => u['Name'] === 'web' && u['Passing'] === 3))
  })

  t.test('a page of another origin may not open a stream', async t => {
    await t.rejects(watchStream(server, { Origin: 'http://evil.example' }), /403/)
    await t.rejects(watchStream(server, { Host: 'registry.evil.example' }), /403/)
    const own = await watchStream(server, { Origin: server.url })
    own.socket.terminate()
  })

  t.test('a flood of frames ends the stream and nobody else', async t => {
    const other = await watchStream(server)
    t.teardown(() => other.socket.terminate())
    const stream = await watchStream(server)
    for (let i = 0; i < 5000; i++) stream.socket.send('{}')
    t.equal(await stream.closed, 1008)
    other.say({ op: 'sub', id: 'x', kind: 'nodes' })
    await other.next(f => f.id === 'x')
  })

  t.test('a frame beyond the limit ends the stream', async t => {
    const stream = await watchStream(server)
    stream.socket.on('error', () => {})
    stream.socket.send('x'.repeat(200_000))
    t.equal(await stream.closed, 1009)
    t.equal((await server.call('GET', '/v1/status/leader')).status, 200)
  })
})

t.test('streams and subscriptions beyond their limits are refused, the others stay', async t => {
  const server = await startTestServer({ config: { roster: { limits: { max_streams: 1, max_subscriptions_per_stream: 2 } } } })
  t.teardown(() => server.stop())
  const stream = await watchStream(server)
  await t.rejects(watchStream(server), /429/)
  for (const id of ['a', 'b', 'c']) stream.say({ op: 'sub', id, kind: 'nodes' })
  const refused = await stream.next(f => f.type === 'error')
  t.equal(refused.id, 'c')
  t.strictSame(stream.frames.filter(f => f.type === 'snapshot').map(f => f.id), ['a', 'b'])
})

t.test('a stopping server says so to its streams', async t => {
  const server = await startTestServer()
  const stream = await watchStream(server)
  await server.stop()
  t.ok([1001, 1006].includes(await stream.closed))
})
