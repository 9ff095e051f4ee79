// Laws of /v1/kv over real sockets: waiting for keys that are not there, for prefixes, bounds of values, what answers carry.
import t from 'tap'
import { request } from 'node:http'
import { startTestServer } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

async function server (t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const s = await startTestServer({ config })
  t.teardown(() => s.stop())
  return s
}
const indexOf = (response: Response): string => response.headers.get('x-consul-index')!

/** A read that blocks, once the server has it. */
async function blocked (s: TestServer, path: string): Promise<{ answer: Promise<Response>, isOpen: () => Promise<boolean> }> {
  const before = s.roster.state.topics.waiting
  let open = true
  const answer = s.call('GET', path).finally(() => { open = false })
  while (s.roster.state.topics.waiting === before) await new Promise(resolve => setImmediate(resolve))
  return {
    answer,
    // A round trip of another request: what had to be answered before is answered.
    isOpen: async () => {
      await s.call('GET', '/v1/status/leader')
      return open
    },
  }
}

t.test('a key that is not there: 404 with an index, and its coming wakes; other keys do not', async t => {
  const s = await server(t)
  const absent = await s.call('GET', '/v1/kv/a')
  t.equal(absent.status, 404)
  t.equal(await absent.text(), '')
  t.ok(Number(indexOf(absent)) >= 1)
  const wait = await blocked(s, `/v1/kv/a?index=${indexOf(absent)}&wait=60s`)
  for (const key of ['b', 'a/b', 'ab']) await s.call('PUT', `/v1/kv/${key}`, 'x')
  t.ok(await wait.isOpen())
  await s.call('PUT', '/v1/kv/a', 'here')
  const [pair] = await (await wait.answer).json() as Array<{ Value: string, ModifyIndex: number }>
  t.match(pair, { Value: Buffer.from('here').toString('base64'), ModifyIndex: s.roster.state.base + s.roster.state.revision })
})

t.test('a deleted key: its reader wakes once, then waits for its return', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/kv/a', '1')
  const there = await s.call('GET', '/v1/kv/a')
  const gone = await blocked(s, `/v1/kv/a?index=${indexOf(there)}&wait=60s`)
  await s.call('PUT', '/v1/kv/a', '1')
  t.ok(await gone.isOpen(), 'the same value is no change')
  await s.call('DELETE', '/v1/kv/a')
  const answer = await gone.answer
  t.equal(answer.status, 404)
  const back = await blocked(s, `/v1/kv/a?raw&index=${indexOf(answer)}&wait=60s`)
  await s.call('DELETE', '/v1/kv/a')
  t.ok(await back.isOpen(), 'deleting what is not there is no change')
  await s.call('PUT', '/v1/kv/a', 'back')
  t.equal(await (await back.answer).text(), 'back')
})

t.test('prefixes: changes and deletions below wake, others do not, and the index never goes back', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/kv/p/1', 'x')
  for (const what of ['recurse', 'keys', 'keys&separator=/']) {
    let index = indexOf(await s.call('GET', `/v1/kv/p/?${what}`))
    for (const [method, path] of [['PUT', 'p/2'], ['PUT', 'p/deep/3'], ['DELETE', 'p/deep/?recurse'], ['DELETE', 'p/2']] as const) {
      const wait = await blocked(s, `/v1/kv/p/?${what}&index=${index}&wait=60s`)
      await s.call('PUT', '/v1/kv/q/1', what + path)
      t.ok(await wait.isOpen(), 'not by a neighbour')
      await s.call(method, `/v1/kv/${path}`, method === 'PUT' ? what : undefined)
      const next = indexOf(await wait.answer)
      t.ok(Number(next) > Number(index), `${what}: ${method} ${path}`)
      index = next
    }
  }
})

t.test('lists: 404 where nothing is but at the root of names, sorted by bytes', async t => {
  const s = await server(t)
  t.same(await s.get('/v1/kv/?keys'), [])
  for (const path of ['/v1/kv/?recurse', '/v1/kv/none?keys', '/v1/kv/none?recurse']) t.equal((await s.call('GET', path)).status, 404, path)
  for (const key of ['b', 'a/\uff5e', 'a/🍕', 'a']) await s.call('PUT', `/v1/kv/${encodeURIComponent(key)}`, key)
  t.same(await s.get('/v1/kv/?keys'), ['a', 'a/\uff5e', 'a/🍕', 'b'])
  t.same((await s.get<Array<{ Key: string }>>('/v1/kv/a?recurse')).map(e => e.Key), ['a', 'a/\uff5e', 'a/🍕'])
  t.same(await s.get('/v1/kv/?keys&seperator=/'), ['a', 'a/', 'b'])
})

t.test('flags of 64 bits, in answers too', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/kv/k?flags=18446744073709551615', 'x')
  t.match(await (await s.call('GET', '/v1/kv/k')).text(), /"Flags": 18446744073709551615,/)
  t.match(await (await s.call('PUT', '/v1/txn', [{ KV: { Verb: 'get', Key: 'k' } }])).text(), /"Flags": 18446744073709551615,/)
  const refused = await s.call('PUT', '/v1/kv/k?flags=18446744073709551616', 'x')
  t.equal(refused.status, 500)
  t.equal(await refused.text(), 'strconv.ParseUint: parsing "18446744073709551616": value out of range')
})

/** A request in pieces, without a length. */
const chunked = (s: TestServer, path: string, pieces: readonly string[]): Promise<{ status: number, body: string }> => new Promise((resolve, reject) => {
  const q = request({ port: s.port, method: 'PUT', path }, r => {
    let body = ''
    r.on('data', (d: Buffer) => { body += d.toString() }).on('end', () => resolve({ status: r.statusCode!, body }))
  })
  q.on('error', reject)
  for (const piece of pieces) q.write(piece)
  q.end()
})

t.test('a value has a bound, with and without a declared length; nothing changes beyond it', async t => {
  const s = await server(t, { limits: { kv_max_value_size: 1000 } })
  t.equal((await s.call('PUT', '/v1/kv/k', 'x'.repeat(1000))).status, 200)
  const large = await s.call('PUT', '/v1/kv/k', 'y'.repeat(1001))
  t.equal(large.status, 413)
  t.match(await large.text(), /^Request body\(1001 bytes\) too large, max size: 1000 bytes\. See https:/)
  t.same(await chunked(s, '/v1/kv/k', ['y'.repeat(600), 'y'.repeat(600)]), { status: 413, body: 'Request body too large. Max allowed is 1000 bytes.' })
  t.equal(await (await s.call('GET', '/v1/kv/k?raw')).text(), 'x'.repeat(1000))
  t.same(await chunked(s, '/v1/kv/k', ['a', 'b']), { status: 200, body: 'true' })
  t.equal(await (await s.call('GET', '/v1/kv/k?raw')).text(), 'ab')
})

t.test('values are bytes: any come back as they were, and a browser does not run them', async t => {
  const s = await server(t)
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))
  await s.call('PUT', '/v1/kv/bin', bytes)
  const raw = await s.call('GET', '/v1/kv/bin?raw')
  t.same(Buffer.from(await raw.arrayBuffer()), bytes)
  t.match(Object.fromEntries(raw.headers), { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' })
})

t.test('answers that are asked for again stay true', async t => {
  const s = await server(t)
  for (const [path, value] of [['/v1/kv/h', '1'], ['/v1/kv/h', '2']] as const) {
    await s.call('PUT', path, value)
    for (let i = 0; i < 3; i++) {
      t.equal(await (await s.call('GET', '/v1/kv/h?raw')).text(), value)
      t.equal((await s.get<Array<{ Value: string }>>('/v1/kv/h'))[0]!.Value, Buffer.from(value).toString('base64'))
      t.equal((await s.get<Array<{ Value: string }>>('/v1/kv/?recurse'))[0]!.Value, Buffer.from(value).toString('base64'))
    }
  }
  await s.call('DELETE', '/v1/kv/h')
  for (const path of ['/v1/kv/h?raw', '/v1/kv/h', '/v1/kv/?recurse']) t.equal((await s.call('GET', path)).status, 404, path)
})

t.test('forgetting what is long gone does not move a living key', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/kv/old', 'x')
  const before = indexOf(await s.call('GET', '/v1/kv/old'))
  await s.call('PUT', '/v1/kv/other', 'x')
  const wait = await blocked(s, `/v1/kv/old?index=${before}&wait=60s`)
  s.roster.state.topics.raiseFloor(s.roster.state.revision)
  for (let i = 0; i < 3; i++) t.equal(indexOf(await s.call('GET', '/v1/kv/old')), before)
  t.ok(await wait.isOpen())
  await s.call('PUT', '/v1/kv/old', 'y')
  t.equal(indexOf(await wait.answer), String(s.roster.state.base + s.roster.state.revision))
  t.equal(await (await s.call('GET', '/v1/kv/old?raw')).text(), 'y')
})

t.test('names that would mean something to JavaScript are names', async t => {
  const s = await server(t)
  for (const key of ['__proto__', 'constructor', '__proto__/x', 'toString']) await s.call('PUT', `/v1/kv/${key}`, key)
  t.same(await s.get('/v1/kv/?keys'), ['__proto__', '__proto__/x', 'constructor', 'toString'])
  t.same(await s.get('/v1/kv/?keys&separator=__'), ['__', 'constructor', 'toString'])
  t.equal(await (await s.call('GET', '/v1/kv/__proto__?raw')).text(), '__proto__')
})
