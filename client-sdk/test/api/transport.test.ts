// Laws of one exchange: it is bound in time and size, ends with a typed error or an answer, and leaves nothing behind.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createApi, isAborted, isClosed, isOverloaded, isTimeout, isTooLarge } from '../../src/index.js'
import type { RosterApi, TransportOptions } from '../../src/index.js'
import { fakeServer } from '../support/fake-server.js'
import type { Test } from 'tap'

const client = (t: Test, options: TransportOptions): RosterApi => {
  const api = createApi(options, {})
  t.teardown(() => api.close())
  return api
}
const never = () => undefined
const failure = async (promise: Promise<unknown>): Promise<unknown> => { try { await promise } catch (error) { return error } return undefined }

t.test('an answer comes with what its headers say', async t => {
  const server = await fakeServer(t, () => ({ headers: { 'x-consul-index': '9', 'x-consul-lastcontact': '0', 'x-consul-knownleader': 'true' }, body: [] }))
  const { value, meta } = await client(t, { address: server.address }).catalog.nodes()
  t.same(value, [])
  t.same(meta, { status: 200, address: server.address, index: 9, indexText: '9', lastContactMs: 0, knownLeader: true })
})

t.test('token, basic auth, datacenter, consistency and own headers are sent; a call overrules them', async t => {
  const server = await fakeServer(t, () => ({ body: [] }))
  const api = client(t, { address: server.address, token: 'T', auth: 'u:p', datacenter: 'dc1', stale: true, headers: { 'x-own': '1' } })
  await api.catalog.nodes()
  t.match(server.requests[0], { url: '/v1/catalog/nodes?dc=dc1&stale=', headers: { 'x-consul-token': 'T', authorization: `Basic ${Buffer.from('u:p').toString('base64')}`, 'x-own': '1' } })
  await api.catalog.nodes({ token: 'U', datacenter: 'dc2', consistent: true })
  t.match(server.requests[1], { url: '/v1/catalog/nodes?consistent=&dc=dc2', headers: { 'x-consul-token': 'U' } })
  await api.catalog.nodes({ token: '' })
  t.notHas(server.requests[2]!.headers, { 'x-consul-token': String })
  await api.agent.reload()
  t.equal(server.requests[3]!.url, '/v1/agent/reload?dc=dc1', 'a write is not asked to be stale')
})

t.test('the prefix of an address stands before every path', async t => {
  const server = await fakeServer(t, () => ({ body: [] }))
  await client(t, { address: `${server.address}/reg/` }).catalog.nodes()
  t.equal(server.requests[0]!.url, '/reg/v1/catalog/nodes')
})

t.test('over a unix socket', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const server = await fakeServer(t, () => ({ body: '"127.0.0.1:8300"' }), { path: join(folder, 'r.sock') })
  t.equal((await client(t, { address: server.address }).status.leader()).value, '127.0.0.1:8300')
  t.equal(server.requests[0]!.headers.host, 'localhost', 'a name that a loopback listener takes')
})

t.test('a server that never answers ends in a timeout that names the request', async t => {
  const server = await fakeServer(t, never)
  const error = await failure(client(t, { address: server.address, timeoutMs: 60 }).catalog.nodes())
  t.ok(isTimeout(error))
  t.match(error, { code: 'ROSTER_TIMEOUT', timeoutMs: 60, message: `Get "${server.address}/v1/catalog/nodes": context deadline exceeded (no answer within 60 ms)` })
})

t.test('a body that stops half-way ends in a timeout too', async t => {
  const server = await fakeServer(t, (_, response) => { response.writeHead(200, { 'content-type': 'application/json' }); response.write('[') })
  t.ok(isTimeout(await failure(client(t, { address: server.address, timeoutMs: 60 }).catalog.nodes())))
})

t.test('a blocking query has its wait, its jitter and the slack before it times out', async t => {
  const server = await fakeServer(t, never)
  const error = await failure(client(t, { address: server.address, timeoutMs: 1, slackMs: 40 }).catalog.nodes({ index: 5, waitMs: 32 }))
  t.match(error, { code: 'ROSTER_TIMEOUT', timeoutMs: 74 })
  t.equal(server.requests[0]!.url, '/v1/catalog/nodes?index=5&wait=32ms')
})

t.test('a timeout survives the garbage collector while only the call holds on to it', async t => {
  setFlagsFromString('--expose_gc')
  const gc = runInNewContext('gc') as () => void
  const server = await fakeServer(t, never)
  const call = failure(client(t, { address: server.address }).catalog.nodes({ signal: new AbortController().signal, timeoutMs: 100 }))
  gc()
  t.ok(isTimeout(await call))
})

t.test('the caller\'s signal ends the call, with its reason as cause', async t => {
  const server = await fakeServer(t, never)
  const api = client(t, { address: server.address })
  const controller = new AbortController()
  const call = failure(api.catalog.nodes({ index: 1, signal: controller.signal }))
  controller.abort(new Error('enough'))
  const error = await call
  t.ok(isAborted(error))
  t.match(error, { name: 'AbortError', code: 'ROSTER_ABORTED', cause: { message: 'enough' } })
  t.ok(isAborted(await failure(api.catalog.nodes({ signal: controller.signal }))), 'and one that was aborted before sends nothing')
  t.ok(server.requests.length < 2)
  t.equal(api.transport.inFlight, 0)
})

t.test('an answer beyond the limit is given up, whatever it claims to be', async t => {
  const server = await fakeServer(t, () => ({ body: `"${'x'.repeat(5000)}"` }))
  const error = await failure(client(t, { address: server.address, maxAnswerBytes: 1000 }).status.leader())
  t.ok(isTooLarge(error))
  t.match(error, { limitBytes: 1000 })
})

t.test('an endless head is given up', async t => {
  const server = await fakeServer(t, () => ({ headers: { 'x-long': 'x'.repeat(200_000) }, body: '""' }))
  t.ok(isTooLarge(await failure(client(t, { address: server.address }).status.leader())))
})

t.test('more calls at once than allowed are refused without being sent', async t => {
  const server = await fakeServer(t, never)
  const api = client(t, { address: server.address, maxInFlight: 2 })
  const waiting = [failure(api.status.leader()), failure(api.status.leader())]
  t.ok(isOverloaded(await failure(api.status.leader())))
  await api.close()
  for (const call of waiting) t.ok(isClosed(await call), 'and close rejects what is under way')
})

t.test('after close every call is refused, close may be repeated, and no socket is left', async t => {
  const server = await fakeServer(t, () => ({ body: '""' }))
  const api = client(t, { address: server.address })
  await api.status.leader()
  await api.close()
  await api.close()
  t.ok(isClosed(await failure(api.status.leader())))
  t.ok(isClosed(await failure(api.agent.monitor())))
  t.ok(isClosed(await failure(api.watch.open())))
})

t.test('options that cannot be used are refused when the client is made', async t => {
  for (const options of [{ timeoutMs: 0 }, { maxInFlight: NaN }, { address: 'ftp://x' }]) t.throws(() => createApi(options, {}), { code: 'ROSTER_INVALID_OPTION' })
})

t.test('a body goes out as it is: JSON, bytes, nothing', async t => {
  const server = await fakeServer(t, () => ({ body: 'true' }))
  const api = client(t, { address: server.address })
  await api.catalog.register({ Node: 'n', Address: 'a' })
  await api.kv.put('k', new Uint8Array([104, 105]))
  await api.kv.delete('k')
  t.match(server.requests[0], { body: '{"Node":"n","Address":"a"}', headers: { 'content-type': 'application/json' } })
  t.match(server.requests[1], { body: 'hi', headers: { 'content-type': 'application/octet-stream', 'content-length': '2' } })
  t.equal(server.requests[2]!.body, '')
})
