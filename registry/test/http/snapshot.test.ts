// Laws of snapshots: a moment is saved whole, restored whole or not at all; entries get their indexes back, and no reader ever sees an index go back.
import t from 'tap'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instance, startTestServer, until, watchStream } from '../support/server.js'
import type { TestServer, TestServerOptions } from '../support/server.js'

interface Teardown { teardown (fn: () => unknown): void }

async function server (t: Teardown, options: TestServerOptions = {}): Promise<TestServer> {
  const s = await startTestServer(options)
  t.teardown(() => s.stop())
  return s
}

function folder (t: Teardown): string {
  const dir = mkdtempSync(join(tmpdir(), 'roster-snapshot-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const save = async (s: TestServer): Promise<Buffer> => Buffer.from(await (await s.call('GET', '/v1/snapshot')).arrayBuffer())

async function restore (s: TestServer, archive: Buffer): Promise<string> {
  const answer = await s.call('PUT', '/v1/snapshot', archive)
  return answer.status === 200 ? '' : `${answer.status} ${await answer.text()}`
}

const indexOf = async (s: TestServer, path: string): Promise<number> => Number((await s.call('GET', path)).headers.get('x-consul-index'))

/** Whatever can be read and says where it stands. */
const READS = ['/v1/kv/a', '/v1/kv/b', '/v1/kv/?recurse', '/v1/kv/app/?keys', '/v1/catalog/nodes', '/v1/catalog/services', '/v1/catalog/service/web', '/v1/catalog/node/far', '/v1/health/service/web',
  '/v1/health/state/critical', '/v1/session/list', '/v1/query', '/v1/coordinate/nodes', '/v1/operator/usage', '/v1/health/service/absent', '/v1/kv/absent']

/** One of everything. @returns the session's id */
async function fill (s: TestServer): Promise<string> {
  await s.call('PUT', '/v1/catalog/register', instance('far', 'web', 'critical'))
  const { ID } = await (await s.call('PUT', '/v1/session/create', { NodeChecks: [], TTL: '30s', LockDelay: '0s' })).json() as { ID: string }
  await s.call('PUT', '/v1/kv/a?flags=18446744073709551615', 'one')
  await s.call('PUT', '/v1/kv/app/x', 'x')
  await s.call('PUT', `/v1/kv/lock?acquire=${ID}`, 'held')
  await s.call('POST', '/v1/query', { Name: 'q', Service: { Service: 'web' } })
  await s.call('PUT', '/v1/lease', { ID: 'lease', TTL: '30s', Node: 'leased', Address: '10.0.0.7', Services: [{ ID: 'l', Name: 'leased' }] })
  return ID
}

/** All of it changed, and something added. */
async function disturb (s: TestServer, session: string): Promise<void> {
  await s.call('PUT', '/v1/kv/a', 'two')
  await s.call('PUT', '/v1/kv/b', 'later')
  await s.call('DELETE', '/v1/kv/app/x')
  await s.call('PUT', `/v1/session/destroy/${session}`)
  await s.call('PUT', '/v1/catalog/deregister', { Node: 'far' })
  await s.call('PUT', '/v1/catalog/register', instance('new', 'db'))
  for (const { ID } of await s.get<Array<{ ID: string }>>('/v1/query')) await s.call('DELETE', `/v1/query/${ID}`)
  await s.call('DELETE', '/v1/lease/lease')
}

const everything = async (s: TestServer): Promise<Record<string, unknown>> => {
  const out: Record<string, unknown> = {}
  for (const path of READS) {
    if (path.includes('usage')) continue
    const answer = await s.call('GET', path)
    out[path] = [answer.status, await answer.text()]
  }
  return out
}

t.test('everything comes back as it was, indexes of entries too; what came later is gone; no index goes back, not even over a restart', async t => {
  const dataDir = folder(t)
  const first = await startTestServer({ dataDir })
  const session = await fill(first)
  const before = await everything(first)
  const [{ ModifyIndex }] = await first.get<[{ ModifyIndex: number }]>('/v1/kv/a')
  const archive = await save(first)
  await disturb(first, session)
  const newest = Object.fromEntries(await Promise.all(READS.map(async path => [path, await indexOf(first, path)] as const)))
  t.equal(await restore(first, archive), '')
  t.strictSame(await everything(first), before, 'law: the whole state is as it was saved')
  for (const path of READS) t.ok(await indexOf(first, path) > newest[path]!, `law: the index of ${path} goes on`)
  await first.stop()
  const second = await server(t, { dataDir })
  t.strictSame(await everything(second), before)
  for (const path of READS) t.ok(await indexOf(second, path) > newest[path]!, `law: the index of ${path} goes on after a restart`)
  t.equal(await (await second.call('PUT', `/v1/kv/a?cas=${ModifyIndex}`, 'three')).json(), true, 'law: the index of then fits again')
  t.equal(await (await second.call('PUT', `/v1/kv/lock?release=${session}`, 'free')).json(), true, 'law: who held a lock holds it')
})

t.test('an archive of a store that is further on: its indexes stay, and the history goes on above them', async t => {
  const old = await server(t)
  for (let i = 0; i < 50; i++) await old.call('PUT', '/v1/kv/a', String(i))
  const [{ ModifyIndex }] = await old.get<[{ ModifyIndex: number }]>('/v1/kv/a')
  const fresh = await server(t, { config: { node_name: 'test' } })
  t.ok(await indexOf(fresh, '/v1/catalog/nodes') < ModifyIndex)
  t.equal(await restore(fresh, await save(old)), '')
  t.equal((await fresh.get<[{ ModifyIndex: number }]>('/v1/kv/a'))[0].ModifyIndex, ModifyIndex)
  t.ok(await indexOf(fresh, '/v1/kv/a') > ModifyIndex)
  await fresh.call('PUT', '/v1/kv/a', 'new')
  t.ok((await fresh.get<[{ ModifyIndex: number }]>('/v1/kv/a'))[0].ModifyIndex > ModifyIndex)
})

t.test('whoever waits is woken, whether what it reads changed or not', async t => {
  const s = await server(t)
  await fill(s)
  const archive = await save(s)
  const waiting = await Promise.all(READS.map(async path => `${path}${path.includes('?') ? '&' : '?'}wait=30s&index=${await indexOf(s, path)}`))
  let woken = 0
  const answers = Promise.all(waiting.map(async path => { await (await s.call('GET', path)).text(); woken++ }))
  await until('all are held', () => s.roster.stats.blockingReaders === READS.length)
  t.equal(await restore(s, archive), '')
  await answers
  t.equal(woken, READS.length)
})

t.test('a watch stream hears of what a restore changed, row by row', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/kv/a', 'one')
  const archive = await save(s)
  await s.call('PUT', '/v1/kv/a', 'two')
  await s.call('PUT', '/v1/kv/b', 'later')
  const { socket, say, next } = await watchStream(s)
  t.teardown(() => socket.close())
  say({ op: 'sub', id: 'k', kind: 'kv', params: { prefix: '' } })
  const { index } = await next(f => f.type === 'snapshot')
  await restore(s, archive)
  const change = await next(f => f.type === 'change')
  t.match(change, { upserts: [{ Key: 'a', Value: 'b25l' }], removes: ['b'] })
  t.ok(change.index > index)
})

t.test('a damaged archive changes nothing', async t => {
  const s = await server(t)
  const session = await fill(s)
  const archive = await save(s)
  await disturb(s, session)
  const before = await everything(s)
  const { revision } = s.roster.state
  const flipped = Buffer.from(archive)
  flipped[archive.length >> 1]! ^= 1
  for (const [name, bytes, status] of [['cut', archive.subarray(0, -20), 500], ['changed', flipped, 500], ['none', Buffer.from('x'), 500], ['empty', Buffer.alloc(0), 500]] as const) {
    t.match(await restore(s, bytes), new RegExp(`^${status} `), name)
  }
  t.equal(await restore(s, Buffer.from('this is no archive')), '500 failed to decompress snapshot: gzip: invalid header')
  t.equal(await restore(s, Buffer.alloc(0)), '500 failed to decompress snapshot: EOF')
  t.match(await restore(s, archive.subarray(0, -20)), /^500 failed to read snapshot file: .*EOF|^500 unexpected EOF/)
  t.equal(await (await s.call('PUT', '/v1/snapshot?stale', archive)).text(), 'stale not allowed for restore')
  t.strictSame(await everything(s), before)
  t.equal(s.roster.state.revision, revision, 'law: nothing was written at all')
})

t.test('an upload that is cut off changes nothing and leaves the way free for the next', async t => {
  const s = await server(t)
  await fill(s)
  const archive = await save(s)
  const { revision } = s.roster.state
  const socket = connect(s.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`PUT /v1/snapshot HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${archive.length}\r\n\r\n`)
  socket.write(archive.subarray(0, archive.length >> 1))
  await until('it is being read', () => s.roster.snapshots.restoring)
  t.equal(await restore(s, archive), '429 Another snapshot is being restored, try again later')
  socket.destroy()
  await until('the way is free', async () => await restore(s, archive) === '')
  t.ok(s.roster.state.revision > revision)
})

t.test('an archive that would not fit into the memory is refused', async t => {
  const s = await server(t)
  for (let i = 0; i < 20; i++) await s.call('PUT', `/v1/kv/k${i}`, 'x'.repeat(1000))
  const archive = await save(s)
  s.roster.snapshots.maxBytes = 20_000
  const { revision } = s.roster.state
  t.match(await restore(s, archive), /^413 The snapshot needs more memory than this server has: \d+ bytes of rows, at most 20000$/)
  t.equal(s.roster.state.revision, revision)
})

t.test('what is saved is one moment, whatever is written meanwhile', async t => {
  const s = await server(t)
  let stop = false
  const writing = (async () => {
    for (let i = 0; !stop; i++) await s.call('PUT', '/v1/txn', [0, 1, 2].map(n => ({ KV: { Verb: 'set', Key: `k${n}`, Value: Buffer.from(String(i)).toString('base64') } })))
  })()
  await until('there is something', async () => (await s.call('GET', '/v1/kv/k0')).status === 200)
  const archives = [await save(s), await save(s), await save(s)]
  stop = true
  await writing
  for (const archive of archives) {
    t.equal(await restore(s, archive), '')
    t.equal(new Set((await s.get<Array<{ Value: string }>>('/v1/kv/k?recurse')).map(e => e.Value)).size, 1, 'law: all that one transaction wrote, or none of it')
  }
})

t.test('what is registered at the agent lives on, and the catalog follows it', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/agent/service/register', { Name: 'old', Check: { TTL: '60s', Status: 'passing' } })
  const archive = await save(s)
  await s.call('PUT', '/v1/agent/service/deregister/old')
  await s.call('PUT', '/v1/agent/service/register', { Name: 'new', Check: { TTL: '60s', Status: 'passing' } })
  t.equal(await restore(s, archive), '')
  t.strictSame(Object.keys(await s.get<object>('/v1/agent/services')), ['new'])
  t.equal((await s.get<unknown[]>('/v1/health/service/new?passing')).length, 1, 'law: a restore takes no living process out')
  t.strictSame(await s.get('/v1/catalog/service/old'), [], 'law: nor brings back one that has left')
  t.equal((await s.call('PUT', '/v1/agent/check/pass/service:new')).status, 200)
})

t.test('a new machine in the place of a lost one takes over what was registered there, and its name', async t => {
  const lost = await server(t, { config: { node_id: 'aaaaaaaa-0000-4000-8000-000000000001' } })
  await lost.call('PUT', '/v1/agent/service/register', { Name: 'web', Check: { TTL: '60s', Status: 'passing' } })
  const fresh = await server(t, { config: { node_id: 'bbbbbbbb-0000-4000-8000-000000000002' } })
  t.equal(await restore(fresh, await save(lost)), '')
  t.strictSame(Object.keys(await fresh.get<object>('/v1/agent/services')), ['web'])
  t.equal((await fresh.call('PUT', '/v1/agent/check/warn/service:web')).status, 200, 'law: its checks are looked after')
  t.match(await fresh.get('/v1/health/service/web'), [{ Node: { Node: 'test', ID: 'bbbbbbbb-0000-4000-8000-000000000002' }, Checks: [{ CheckID: 'serfHealth', Status: 'passing' }, { Status: 'warning' }] }])
})

t.test('on a machine of another name the catalog is as it was, its own node is there, and nobody vouches for the old server', async t => {
  const old = await server(t, { config: { node_name: 'old' } })
  await old.call('PUT', '/v1/agent/service/register', { Name: 'web' })
  await old.call('PUT', '/v1/catalog/register', instance('far', 'db'))
  const other = await server(t, { config: { node_name: 'other' } })
  t.equal(await restore(other, await save(old)), '')
  t.strictSame((await other.get<Array<{ Node: string }>>('/v1/catalog/nodes')).map(n => n.Node), ['far', 'old', 'other'])
  t.match(await other.get('/v1/health/node/old'), [{ CheckID: 'serfHealth', Status: 'critical', Output: 'Its server was replaced by other, which restored a snapshot' }])
  t.match(await other.get('/v1/health/node/other'), [{ CheckID: 'serfHealth', Status: 'passing' }])
  t.strictSame(await other.get('/v1/agent/services'), {}, 'what was registered at the other agent is not registered here')
  t.strictSame((await other.get<unknown[]>('/v1/health/service/web?passing')).length, 0)
  t.strictSame((await other.get<unknown[]>('/v1/health/service/db?passing')).length, 1)
})

t.test('sessions, leases and lock-delays count anew; what is not in the archive is unknown', async t => {
  const s = await server(t)
  const session = await fill(s)
  const archive = await save(s)
  await disturb(s, session)
  await s.call('PUT', '/v1/lease', { ID: 'later', TTL: '30s', Node: 'n', Address: '10.0.0.8', Services: [{ ID: 'x', Name: 'x' }] })
  t.equal(s.roster.sessions.ttlActive, 0)
  t.equal(await restore(s, archive), '')
  t.equal(s.roster.sessions.ttlActive, 1, 'law: a session with a TTL ends when nobody renews it')
  t.equal((await s.call('PUT', `/v1/session/renew/${session}`)).status, 200)
  const { RemainingMs } = await s.get<{ RemainingMs: number }>('/v1/lease/lease')
  t.ok(RemainingMs > 29_000, 'law: a lease has a whole TTL to show up')
  t.equal((await s.call('PUT', '/v1/lease/lease/renew')).status, 200)
  t.equal((await s.call('PUT', '/v1/lease/later/renew')).status, 404, 'law: who is unknown registers again')
})

t.test('events of the past are not heard again', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/event/fire/deploy', 'x')
  const other = await server(t)
  t.equal(await restore(other, await save(s)), '')
  t.strictSame(await other.get('/v1/event/list'), [])
  t.equal(await restore(s, await save(other)), '')
  t.equal((await s.get<unknown[]>('/v1/event/list')).length, 1, 'nor are those forgotten that were heard')
})

t.test('the answer of a save: an archive by its type, and where it stands', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/kv/a', 'one')
  for (const query of ['', '?stale', '?stale&consistent', '?index=x']) {
    const answer = await s.call('GET', `/v1/snapshot${query}`)
    await answer.arrayBuffer()
    t.strictSame([answer.status, answer.headers.get('content-type'), answer.headers.get('x-consul-index'), answer.headers.get('x-consul-knownleader')],
      [200, 'application/x-gzip', String(s.roster.state.base + s.roster.state.revision), 'true'], query)
  }
  t.equal(await (await s.call('GET', '/v1/snapshot?dc=far')).text(), 'No path to datacenter')
  t.equal(await (await s.call('PUT', '/v1/snapshot?dc=far&stale', 'x')).text(), 'No path to datacenter')
})

t.test('a reader that goes away half-way holds nothing up', async t => {
  const s = await server(t)
  for (let i = 0; i < 10; i++) await s.call('PUT', `/v1/kv/k${i}`, randomBytes(400_000))
  for (let i = 0; i < 6; i++) {
    const socket = connect(s.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET /v1/snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await new Promise(resolve => socket.once('data', resolve))
    socket.destroy()
    await until('it was given up', async () => {
      const answer = await s.call('GET', '/v1/snapshot')
      await answer.arrayBuffer()
      return answer.status === 200
    })
  }
})
