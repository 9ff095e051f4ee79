// Laws of events over HTTP: payloads and their bound, waiting for as long as the index stays the same, the stream, and that a restart forgets.
import t from 'tap'
import { request } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, until, watchStream } from '../support/server.js'
import type { TestServer } from '../support/server.js'

interface Fired { readonly ID: string, readonly Name: string, readonly Payload: string | null, readonly LTime: number }

const fire = async (s: TestServer, path: string, body = ''): Promise<Fired> => await (await s.call('PUT', `/v1/event/fire/${path}`, body)).json() as Fired
const indexOf = (answer: Response): string => answer.headers.get('x-consul-index')!

/** A body of whose length nothing is said before. */
const fireUnmeasured = (s: TestServer): Promise<number> => new Promise((resolve, reject) => {
  const asked = request(`${s.url}/v1/event/fire/x`, { method: 'PUT', headers: { 'Transfer-Encoding': 'chunked' } }, answer => { answer.resume(); resolve(answer.statusCode!) })
  asked.on('error', reject)
  asked.end('abc')
})

t.test('a payload of 300 bytes at most, any bytes, its length said before', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  t.match(await fire(s, 'a/b', 'x'), { Name: 'a/b', Payload: 'eA==', LTime: 0 })
  t.match(await fire(s, 'none'), { Payload: null })
  t.equal((await s.call('PUT', '/v1/event/fire/big', 'x'.repeat(300))).status, 200)
  const refused = await s.call('PUT', '/v1/event/fire/big', 'x'.repeat(301))
  t.strictSame([refused.status, await refused.text()], [413, 'Event payload too large, received 301 bytes, max size: 300 bytes. User events should be kept small for efficient gossip propagation.'])
  t.equal(await fireUnmeasured(s), 400)
  t.equal((await s.call('PUT', '/v1/event/fire/', 'x')).status, 400)
  t.equal((await s.call('PUT', '/v1/event/fire/a?dc=far', 'x')).status, 500)
  t.strictSame((await s.get<Fired[]>('/v1/event/list')).map(e => [e.Name, e.LTime]), [['a/b', 1], ['none', 2], ['big', 3]])
})

t.test('a reader waits while its index is the list\'s, and only for events that it would see', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const first = await s.call('GET', '/v1/event/list')
  t.strictSame([await first.json(), indexOf(first)], [[], '1'])
  let answered = false
  const waiting = s.call('GET', '/v1/event/list?index=1&wait=20s&name=wanted').then(a => { answered = true; return a })
  await until('it is held', () => s.roster.stats.blockingReaders === 1)
  await fire(s, 'other', 'x')
  await fire(s, 'wanted?node=nobody', 'x')
  await until('it waits again', () => s.roster.stats.blockingReaders === 1)
  t.notOk(answered, 'law: what is not in its list does not end its wait')
  const { ID } = await fire(s, 'wanted', 'x')
  t.strictSame((await (await waiting).json() as Fired[]).map(e => e.ID), [ID])
  const other = await s.call('GET', '/v1/event/list?index=12345&wait=20s')
  t.equal((await other.json() as Fired[]).length, 2, 'law: another index than the list\'s is answered at once')
  const same = await s.call('GET', `/v1/event/list?index=${indexOf(other)}&wait=10ms`)
  t.strictSame([same.status, indexOf(same)], [200, indexOf(other)], 'law: when the wait is over it gets what there is')
  t.equal((await s.call('GET', '/v1/event/list?wait=x')).status, 400)
})

t.test('over the watch stream, each once', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  await fire(s, 'before', 'x')
  const { socket, say, next } = await watchStream(s)
  t.teardown(() => socket.close())
  say({ op: 'sub', id: 'e', kind: 'events', params: {} })
  t.match(await next(f => f.type === 'snapshot'), { upserts: [{ Name: 'before' }] })
  const { ID } = await fire(s, 'now', 'x')
  t.match(await next(f => f.type === 'change'), { upserts: [{ Key: ID, Name: 'now', LTime: 2 }], removes: [] })
})

t.test('a restart forgets events but not their count', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'roster-events-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startTestServer({ dataDir })
  await fire(first, 'a', 'x')
  await first.stop()
  const second = await startTestServer({ dataDir })
  t.teardown(() => second.stop())
  t.strictSame(await second.get('/v1/event/list'), [], 'law: what happened before the start is no news')
  await fire(second, 'b', 'x')
  t.match(await second.get('/v1/event/list'), [{ Name: 'b', LTime: 2 }])
})
