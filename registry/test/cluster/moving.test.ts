// A registry moves from one server's disk into etcd and back by a snapshot, and nobody's index goes back.
import t from 'tap'
import { freshPrefix, startClusterServer } from '../support/cluster.js'
import { noEtcd, startEtcd } from '../support/etcd.js'
import { instance, startTestServer, until } from '../support/server.js'
import type { TestServer } from '../support/server.js'

const archive = async (server: TestServer): Promise<Buffer> => Buffer.from(await (await server.call('GET', '/v1/snapshot')).arrayBuffer())
const indexOf = async (server: TestServer, path: string): Promise<number> => Number((await server.call('GET', path)).headers.get('x-consul-index'))

t.test('from one server into etcd and back', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const one = await startTestServer({ config: { node_name: 'roster' } })
  t.teardown(() => one.stop())
  for (let i = 0; i < 150; i++) await one.call('PUT', `/v1/kv/key/${i}`, `value ${i}`)
  // A large key, so that the restore needs several pieces.
  await one.call('PUT', '/v1/kv/large', 'x'.repeat(400_000))
  await one.call('PUT', '/v1/kv/larger', 'y'.repeat(400_000))
  for (let i = 0; i < 20; i++) await one.call('PUT', '/v1/catalog/register', instance(`n${i}`, 'web'))
  const entry = await one.get<Array<{ ModifyIndex: number }>>('/v1/kv/key/7')
  const before = await archive(one)

  const prefix = freshPrefix()
  const [a, b] = await Promise.all(['a', 'b'].map(id => startClusterServer({ endpoints: etcd.endpoints, prefix, id }))) as [TestServer, TestServer]
  let stopped = false
  t.teardown(async () => { if (!stopped) await Promise.all([a.stop(), b.stop()]) })
  await a.call('PUT', '/v1/kv/gone', 'not in the archive')
  await until('folded', async () => (await b.call('GET', '/v1/kv/gone')).status === 200)
  const waiting = b.call('GET', `/v1/kv/gone?index=${await indexOf(b, '/v1/kv/gone')}&wait=20s`)

  t.equal((await a.call('PUT', '/v1/snapshot', before)).status, 200)
  t.equal((await waiting).status, 404, 'law: a watcher on another server hears of a restore')
  for (const server of [a, b]) {
    const keys = await (await server.call('GET', '/v1/kv/?keys&consistent')).json() as string[]
    t.equal(keys.length, 152, 'law: all that was saved is there')
    t.same(await server.get('/v1/kv/key/7'), entry, 'law: with the indexes that it had')
    t.equal((await server.get<unknown[]>('/v1/health/service/web')).length, 20)
    t.ok(await indexOf(server, '/v1/kv/key/7') > entry[0]!.ModifyIndex, 'law: no index goes back')
  }
  t.equal((await b.call('PUT', `/v1/kv/key/7?cas=${entry[0]!.ModifyIndex}`, 'new')).status, 200)
  t.equal(await (await a.call('GET', '/v1/kv/key/7?raw&consistent')).text(), 'new', 'law: a check-and-set of before fits')

  await until('the batch is spread', async () => (await etcdKeys(etcd.endpoints[0]!, `${prefix}b/`)) === 0)
  const c = await startClusterServer({ endpoints: etcd.endpoints, prefix, id: 'c' })
  t.equal((await c.get<string[]>('/v1/kv/?keys')).length, 152, 'law: a server that starts later has the same')
  t.same(await c.get('/v1/kv/key/8'), await a.get('/v1/kv/key/8'))
  const back = await archive(c)
  await c.stop()
  await Promise.all([a.stop(), b.stop()])
  stopped = true

  const again = await startTestServer({ config: { node_name: 'roster' } })
  t.teardown(() => again.stop())
  t.equal((await again.call('PUT', '/v1/snapshot', back)).status, 200)
  t.equal(await (await again.call('GET', '/v1/kv/key/7?raw')).text(), 'new')
  t.equal((await again.get<string[]>('/v1/kv/?keys')).length, 152)
})

async function etcdKeys (endpoint: string, prefix: string): Promise<number> {
  const { EtcdClient } = await import('../../src/engine/etcd/client.js')
  const { prefixEnd } = await import('../../src/engine/etcd/layout.js')
  const client = new EtcdClient({ endpoints: [endpoint] })
  const { kvs } = await client.range({ key: Buffer.from(prefix), end: prefixEnd(Buffer.from(prefix)), keysOnly: true })
  client.close()
  return kvs.length
}
