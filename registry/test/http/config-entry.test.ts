// Laws of /v1/config over real sockets: conditions, indexes, who wakes, what a restart keeps, and that no body harms the server.
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, until, watchStream } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

interface Entry { readonly Kind: string, readonly Name: string, readonly Protocol?: string, readonly Hash: number, readonly CreateIndex: number, readonly ModifyIndex: number }

async function server (t: Test): Promise<TestServer & { put: (body: object, cas?: string) => Promise<string> }> {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  return { ...s, put: async (body, cas) => await (await s.call('PUT', `/v1/config${cas === undefined ? '' : `?cas=${cas}`}`, body)).text() }
}
const web = (Protocol: string): object => ({ Kind: 'service-defaults', Name: 'web', Protocol })

t.test('cas: only over what the writer has seen', async t => {
  const { put, get, call } = await server(t)
  t.equal(await put(web('http'), '0'), 'true', 'law: 0 creates')
  t.equal(await put(web('grpc'), '0'), 'false', 'and only creates')
  const { ModifyIndex } = await get<Entry>('/v1/config/service-defaults/web')
  t.equal(await put(web('grpc'), '1'), 'false')
  t.equal(await put(web('grpc'), String(ModifyIndex)), 'true')
  t.equal(await put(web('tcp'), String(ModifyIndex)), 'false')
  t.equal(await put(web('http2'), ''), 'true', 'law: an empty cas is none')
  t.equal(await put(web('tcp'), 'x'), 'strconv.ParseUint: parsing "x": invalid syntax')
  const now = await get<Entry>('/v1/config/service-defaults/web')
  t.equal(await (await call('DELETE', '/v1/config/service-defaults/web?cas=1')).text(), 'false')
  t.equal(await (await call('DELETE', `/v1/config/service-defaults/web?cas=${now.ModifyIndex}`)).text(), 'true')
  t.equal((await call('GET', '/v1/config/service-defaults/web')).status, 404)
})

t.test('many writers with the same index: one wins', async t => {
  const { put } = await server(t)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => put(web(i % 2 === 0 ? 'http' : 'grpc'), '0')))
  t.ok(answers.filter(answer => answer === 'true').length >= 1)
  t.ok(answers.includes('false'))
})

t.test('a write that changes nothing moves no index of the entry and wakes nobody; one that does wakes its readers alone', async t => {
  const { put, get, call, roster } = await server(t)
  await put(web('http'))
  const before = await get<Entry>('/v1/config/service-defaults/web')
  await put({ kind: 'service-defaults', name: 'web', protocol: 'HTTP' })
  t.strictSame(await get<Entry>('/v1/config/service-defaults/web'), before)
  const index = (await call('GET', '/v1/config/service-defaults/web')).headers.get('x-consul-index')!
  let woke = false
  const held = get<Entry>(`/v1/config/service-defaults/web?index=${index}&wait=20s`).then(entry => { woke = true; return entry })
  await until('a reader waits', () => roster.state.topics.waiting === 1)
  await put({ Kind: 'service-defaults', Name: 'other', Protocol: 'http' })
  await get('/v1/config/service-defaults/other')
  t.notOk(woke, 'law: another entry wakes nobody who reads this one')
  await put(web('grpc'))
  const after = await held
  t.equal(after.Protocol, 'grpc')
  t.equal(after.CreateIndex, before.CreateIndex)
  t.ok(after.ModifyIndex > before.ModifyIndex)
  t.not(after.Hash, before.Hash)
})

t.test('one that is not there yet can be waited for', async t => {
  const { put, call, roster } = await server(t)
  const answer = await call('GET', '/v1/config/service-resolver/web')
  t.equal(answer.status, 404)
  t.equal(await answer.text(), 'Config entry not found for "service-resolver" / "web"')
  const held = call('GET', `/v1/config/service-resolver/web?index=${answer.headers.get('x-consul-index')!}&wait=20s`)
  await until('a reader waits', () => roster.state.topics.waiting === 1)
  await put({ Kind: 'service-resolver', Name: 'web' })
  t.equal((await held).status, 200)
})

t.test('names are found in any letter case, and keep the one of the last writer', async t => {
  const { put, get } = await server(t)
  await put(web('http'))
  await put({ Kind: 'service-defaults', Name: 'WEB', Protocol: 'grpc' })
  t.match(await get('/v1/config/service-defaults/Web'), { Name: 'WEB', Protocol: 'grpc' })
  t.equal((await get<Entry[]>('/v1/config/service-defaults')).length, 1)
})

t.test('lists: of a kind, and of all', async t => {
  const { put, get, call } = await server(t)
  for (const body of [web('http'), { Kind: 'service-defaults', Name: 'api' }, { Kind: 'mesh' }, { Kind: 'proxy-defaults', Config: { protocol: 'http' } }]) await put(body)
  t.strictSame((await get<Entry[]>('/v1/config/service-defaults')).map(entry => entry.Name), ['api', 'web'])
  t.strictSame((await get<Entry[]>('/v1/config/')).map(entry => entry.Kind).sort(), ['mesh', 'proxy-defaults', 'service-defaults', 'service-defaults'])
  t.strictSame((await get<Entry[]>('/v1/config/service-defaults?filter=Protocol==http')).map(entry => entry.Name), ['web'])
  t.equal(await (await call('GET', '/v1/config/mesh?filter=Protocol==http')).text(), 'filtering not supported for config entry kind=mesh')
  t.strictSame(await get('/v1/config/service-router'), [])
})

t.test('entries outlive a restart, with indexes and hash', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'roster-config-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startTestServer({ dataDir })
  await first.call('PUT', '/v1/config', { Kind: 'service-resolver', Name: 'web', Subsets: { v1: { Filter: 'Service.Meta.v == 1' } }, ConnectTimeout: '3s' })
  await first.call('PUT', '/v1/config', web('http'))
  await first.call('DELETE', '/v1/config/service-defaults/web')
  const before = await first.get<Entry[]>('/v1/config/')
  const gone = (await first.call('GET', '/v1/config/service-defaults/web')).headers.get('x-consul-index')
  await first.stop()
  const second = await startTestServer({ dataDir })
  t.teardown(() => second.stop())
  t.strictSame(await second.get('/v1/config/'), before)
  t.equal((await second.call('GET', '/v1/config/service-defaults/web')).headers.get('x-consul-index'), gone, 'law: what is gone has the index that it had')
})

t.test('a server outlives what would crash others: nulls in lists, depth, long lists', async t => {
  const { put, call, url } = await server(t)
  for (const body of [
    '{"Kind":"service-intentions","Name":"web","Sources":[null]}',
    '{"Kind":"jwt-provider","Name":"x","JSONWebKeySet":{"Local":{"JWKS":"e30="}},"Locations":[null]}',
    '{"Kind":"service-defaults","Name":"x","UpstreamConfig":{"Overrides":[null,null]}}',
    `{"Kind":"proxy-defaults","Name":"global","Config":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`,
    `{"Kind":"service-router","Name":"x","Routes":${'['.repeat(9000)}${']'.repeat(9000)}}`,
  ]) {
    const answer = await fetch(`${url}/v1/config`, { method: 'PUT', body })
    t.ok(answer.status === 400 || answer.status === 500, `${answer.status} ${(await answer.text()).slice(0, 80)}`)
  }
  const many = { Kind: 'service-splitter', Name: 'web', Splits: Array.from({ length: 20_000 }, (_, i) => ({ Weight: 0, Service: `s${i}` })) }
  t.not((await call('PUT', '/v1/config', many)).status, 200)
  t.equal(await put(web('http')), 'true')
})

t.test('the watch stream tells of entries, chains and intentions, each of what it is about', async t => {
  const s = await server(t)
  await s.put(web('http'))
  const { socket, frames, say, next } = await watchStream(s)
  t.teardown(() => socket.close())
  say({ op: 'sub', id: 'kind', kind: 'config', params: { kind: 'service-defaults' } })
  say({ op: 'sub', id: 'one', kind: 'config', params: { kind: 'service-resolver', name: 'web' } })
  say({ op: 'sub', id: 'chain', kind: 'chain', params: { service: 'web' } })
  say({ op: 'sub', id: 'to', kind: 'intentions', params: { destination: 'web' } })
  t.match(await next(f => f.id === 'kind' && f.type === 'snapshot'), { upserts: [{ Key: 'service-defaults/web', Protocol: 'http' }] })
  t.match(await next(f => f.id === 'chain' && f.type === 'snapshot'), { upserts: [{ Key: 'web', Chain: { Protocol: 'http', StartNode: 'resolver:web.default.default.dc1' } }] })
  t.match(await next(f => f.id === 'to' && f.type === 'snapshot'), { upserts: [] })
  await s.put({ Kind: 'service-defaults', Name: 'api', Protocol: 'http' })
  await s.put({ Kind: 'service-resolver', Name: 'web', Redirect: { Service: 'api' } })
  t.match(await next(f => f.id === 'one' && f.type === 'change'), { upserts: [{ Key: 'service-resolver/web', Redirect: { Service: 'api' } }] })
  t.match(await next(f => f.id === 'chain' && f.type === 'change'), { upserts: [{ Chain: { StartNode: 'resolver:api.default.default.dc1' } }] })
  await s.put({ Kind: 'service-intentions', Name: 'web', Sources: [{ Name: 'a', Action: 'allow' }, { Name: '*', Action: 'deny' }] })
  const { upserts } = await next(f => f.id === 'to' && f.type === 'change')
  t.strictSame(upserts.map(row => row['Key']).sort(), ['*/web', 'a/web'])
  await s.put({ Kind: 'service-intentions', Name: 'web', Sources: [{ Name: 'a', Action: 'allow' }] })
  t.match(await next(f => f.id === 'to' && f.removes.length > 0), { removes: ['*/web'] })
  await s.call('DELETE', '/v1/config/service-resolver/web')
  t.match(await next(f => f.id === 'one' && f.removes.length > 0), { removes: ['service-resolver/web'] })
  t.match(await next(f => f.id === 'chain' && f.index > frames.find(first => first.id === 'one' && first.type === 'change')!.index), { upserts: [{ Chain: { StartNode: 'resolver:web.default.default.dc1' } }] })
  t.equal(frames.filter(f => f.id === 'one').length, 3, 'law: nobody is told of what they did not ask for')
  for (const [id, kind, params, words] of [['a', 'config', { kind: 'nope' }, /no kind of config entry/], ['b', 'config', { name: 'x' }, /needs "params.kind"/], ['c', 'chain', {}, /needs "params.service"/], ['d', 'intentions', { source: 'a', destination: 'b' }, /not both/]] as const) {
    say({ op: 'sub', id, kind, params })
    t.match((await next(f => f.id === id)).error, words)
  }
})
