// What is written through one server is read on all of them, under the same index; what a client is told does not depend on the server it reaches.
import t from 'tap'
import { freshPrefix, startClusterServer } from '../support/cluster.js'
import { noEtcd, startEtcd } from '../support/etcd.js'
import { instance, until } from '../support/server.js'

t.test('two servers over one etcd', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const prefix = freshPrefix()
  const [a, b] = await Promise.all(['a', 'b'].map(id => startClusterServer({ endpoints: etcd.endpoints, prefix, id })))
  t.teardown(async () => { await Promise.all([a!.stop(), b!.stop()]) })

  t.test('a registration is read on the other server, with the same index', async t => {
    t.equal((await a!.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80, Check: { TTL: '60s', Status: 'passing' } })).status, 200)
    const answer = await b!.call('GET', '/v1/health/service/web?passing&consistent')
    t.equal((await answer.json() as unknown[]).length, 1, 'law: a consistent read shows everything that was acknowledged before it')
    const other = await a!.call('GET', '/v1/health/service/web?passing')
    t.equal(answer.headers.get('x-consul-index'), other.headers.get('x-consul-index'), 'law: indexes are comparable across servers')
    t.same(await b!.get('/v1/agent/services'), await a!.get('/v1/agent/services'), 'law: servers are one agent')
    t.same(await b!.get('/v1/agent/self').then(self => (self as { Config: unknown }).Config), await a!.get('/v1/agent/self').then(self => (self as { Config: unknown }).Config), 'law: of one node')
  })

  t.test('a watcher on one server hears of a change on the other', async t => {
    const index = (await b!.call('GET', '/v1/health/service/db')).headers.get('x-consul-index')!
    const waiting = b!.get<unknown[]>(`/v1/health/service/db?index=${index}&wait=10s`)
    await a!.call('PUT', '/v1/catalog/register', instance('n1', 'db'))
    t.equal((await waiting).length, 1)
  })

  t.test('an index from one server is waited for on the other, one of another history is not', async t => {
    const { headers } = await a!.call('PUT', '/v1/kv/x', '1').then(() => a!.call('GET', '/v1/kv/x'))
    const index = Number(headers.get('x-consul-index'))
    const read = await b!.call('GET', `/v1/kv/x?index=${index - 1}`)
    t.equal(read.status, 200)
    t.ok(Number(read.headers.get('x-consul-index')) >= index, 'law: a client that has seen an index is not shown less on another server')
    const began = performance.now()
    await b!.call('GET', '/v1/kv/x?index=999999999&wait=30s')
    t.ok(performance.now() - began < 10_000, 'law: an index above the head is answered at once')
  })

  t.test('a server that stops leaves what it wrote', async t => {
    await a!.call('PUT', '/v1/kv/kept', 'yes')
    await until('the other server has it', async () => (await b!.call('GET', '/v1/kv/kept')).status === 200)
    const c = await startClusterServer({ endpoints: etcd.endpoints, prefix, id: 'c' })
    t.equal(await (await c.call('GET', '/v1/kv/kept?raw')).text(), 'yes', 'law: a server that starts has everything')
    await c.stop()
  })
})
