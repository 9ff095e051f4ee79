// Laws of PUT /v1/txn over real sockets: statuses, bounds, what a read carries; a body that ends Consul is an answer here.
import t from 'tap'
import { startTestServer } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

async function server (t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer & { txn: (body: unknown, query?: string) => Promise<{ status: number, type: string | null, body: string }> }> {
  const s = await startTestServer({ config })
  t.teardown(() => s.stop())
  return {
    ...s,
    txn: async (body, query = '') => {
      const response = await s.call('PUT', `/v1/txn${query}`, body)
      return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
    },
  }
}

t.test('what ends Consul is refused, and the server goes on', async t => {
  const s = await server(t)
  for (const body of ['[null]', '[null, {"KV":{"Verb":"set","Key":"k"}}]', '[{"KV":{"Verb":"set","Key":"k"}}, null]']) t.match(await s.txn(body), { status: 400, body: /^Failed to parse body: / }, body)
  t.equal((await s.call('GET', '/v1/kv/k')).status, 404)
})

t.test('shapes: done, refused, read', async t => {
  const s = await server(t)
  const done = await s.txn([{ KV: { Verb: 'set', Key: 'k', Value: 'eA==' } }])
  t.match(done, { status: 200, type: 'application/json' })
  t.match(JSON.parse(done.body), { Results: [{ KV: { Key: 'k', Value: null } }], Errors: null })
  const refused = await s.txn([{ KV: { Verb: 'cas', Key: 'k', Index: 0 } }])
  t.match(refused, { status: 409, type: 'application/json; charset=utf-8' })
  t.same(JSON.parse(refused.body), { Results: null, Errors: [{ OpIndex: 0, What: 'failed to set key "k", index is stale' }] })
  const read = await s.call('PUT', '/v1/txn?stale&index=99999&wait=60s', [{ KV: { Verb: 'get', Key: 'k' } }])
  t.match(Object.fromEntries(read.headers), { 'x-consul-knownleader': 'true', 'x-consul-lastcontact': '0' })
  t.equal(read.headers.get('x-consul-index'), null)
  t.match(await read.json(), { Results: [{ KV: { Value: 'eA==' } }], Index: 1, KnownLeader: true })
  t.match(JSON.parse((await s.txn([{ KV: { Verb: 'get', Key: '' } }])).body), { Results: null, Index: 0, KnownLeader: false })
})

t.test('bounds', async t => {
  const s = await server(t, { limits: { kv_max_value_size: 20, txn_max_req_len: 400 } })
  const set = (n: number): object => ({ KV: { Verb: 'set', Key: 'k', Value: Buffer.alloc(n).toString('base64') } })
  t.equal((await s.txn([set(20)])).status, 200)
  t.match(await s.txn([set(21)]), { status: 413, body: 'Value for key "k" is too large (21 > 20 bytes)' })
  t.match(await s.txn([set(1), set(300)]), { status: 413, body: /^Request body\(\d+ bytes\) too large, max size: 400 bytes\. See .*#txn_max_req_len\.$/ })
})

t.test('readers of everything that a transaction wrote see it at one index', async t => {
  const s = await server(t)
  const before = (await s.call('GET', '/v1/kv/a')).headers.get('x-consul-index')
  await s.txn([{ KV: { Verb: 'set', Key: 'a' } }, { KV: { Verb: 'set', Key: 'p/b' } }, { Node: { Verb: 'set', Node: { Node: 'far', Address: 'x' } } }])
  const indexes = await Promise.all(['/v1/kv/a', '/v1/kv/p/?recurse', '/v1/kv/?keys', '/v1/catalog/node/far'].map(async path => (await s.call('GET', path)).headers.get('x-consul-index')))
  t.equal(new Set(indexes).size, 1)
  t.ok(Number(indexes[0]) > Number(before))
})
