// Laws of prepared queries over HTTP and DNS: what is unique, what dies together, who wakes, and the family's own ways with methods.
/* eslint no-template-curly-in-string: "off" -- templates are the subject */
import t from 'tap'
import { Resolver } from 'node:dns/promises'
import { instance, startTestServer } from '../support/server.js'
import type { TestServer } from '../support/server.js'

interface Query { readonly ID: string, readonly Name: string, readonly Service: { readonly Service: string }, readonly ModifyIndex: number }
interface Found { readonly Service: string, readonly Nodes: ReadonlyArray<{ readonly Node: { readonly Node: string } }>, readonly Index: number }

const ok = { Service: 'web' }

async function server (t: { teardown: (fn: () => unknown) => void }): Promise<TestServer> {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  return s
}

const create = async (s: TestServer, body: object): Promise<string> => {
  const answer = await s.call('POST', '/v1/query', body)
  const text = await answer.text()
  return answer.status === 200 ? (JSON.parse(text) as Query).ID : text
}

t.test('a name, and the right to catch every name, is of one query alone', async t => {
  const s = await server(t)
  const id = await create(s, { Name: 'web', Service: ok })
  t.equal(await create(s, { Name: 'WEB', Service: ok }), "raft apply failed: name 'WEB' aliases an existing query name")
  t.equal(await create(s, { Name: id, Service: ok }), `raft apply failed: name '${id}' aliases an existing query ID`)
  const all = await create(s, { Template: { Type: 'name_prefix_match' }, Service: ok })
  t.equal(await create(s, { Template: { Type: 'name_prefix_match' }, Service: ok }), 'raft apply failed: a query template with an empty name already exists')
  t.equal((await s.call('PUT', `/v1/query/${id}`, { Name: 'other', Service: ok })).status, 200)
  t.match(await create(s, { Name: 'web', Service: ok }), /^[0-9a-f-]{36}$/, 'law: a name that was given up is free')
  t.equal((await s.call('DELETE', `/v1/query/${all}`)).status, 200)
  t.match(await create(s, { Template: { Type: 'name_prefix_match' }, Service: ok }), /^[0-9a-f-]{36}$/)
  t.equal(await create(s, { Name: 'x', Session: 'nobody', Template: { Type: 'bad' }, Service: ok }), 'raft apply failed: invalid session "nobody"', 'sessions are looked at before templates')
})

t.test('many that want one name: one gets it', async t => {
  const s = await server(t)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => create(s, { Name: i % 2 === 0 ? 'one' : 'ONE', Service: ok })))
  t.equal(answers.filter(a => /^[0-9a-f-]{36}$/.test(a)).length, 1)
})

t.test('bound queries go with their session, in the same revision', async t => {
  const s = await server(t)
  const { ID: session } = await (await s.call('PUT', '/v1/session/create', { NodeChecks: [], LockDelay: '0s' })).json() as Query
  await s.call('PUT', `/v1/kv/lock?acquire=${session}`, 'x')
  await create(s, { Session: session, Service: ok })
  const freed = await create(s, { Name: 'freed', Session: session, Service: ok })
  await create(s, { Name: 'bound', Session: session, Service: ok })
  await create(s, { Name: 'stays', Service: ok })
  await s.call('PUT', `/v1/query/${freed}`, { Name: 'freed', Service: ok })
  await s.call('PUT', `/v1/session/destroy/${session}`)
  const left = await s.call('GET', '/v1/query')
  t.strictSame((await left.json() as Query[]).map(q => q.Name).sort(), ['freed', 'stays'], 'law: a query that was unbound before stays')
  const lock = await s.call('GET', '/v1/kv/lock')
  t.equal(left.headers.get('x-consul-index'), lock.headers.get('x-consul-index'), 'law: the lock and the queries ended at one revision')
  t.match(await create(s, { Name: 'bound', Service: ok }), /^[0-9a-f-]{36}$/, 'its name is free')
})

t.test('a reader of one query wakes for it alone; the list for any', async t => {
  const s = await server(t)
  const id = await create(s, { Name: 'one', Service: ok })
  const other = await create(s, { Name: 'two', Service: ok })
  const index = (await s.call('GET', '/v1/query')).headers.get('x-consul-index')!
  let woke = ''
  const one = s.get<Query[]>(`/v1/query/${id}?index=${index}&wait=20s`).then(q => { woke += '1'; return q })
  const list = s.get<Query[]>(`/v1/query?index=${index}&wait=20s`).then(q => { woke += 'l'; return q })
  await new Promise<void>(resolve => { const look = (): void => { s.roster.state.topics.waiting === 2 ? resolve() : setImmediate(look) }; look() })
  await s.call('PUT', `/v1/query/${other}`, { Name: 'two', Service: { Service: 'db' } })
  t.equal((await list).length, 2)
  t.equal(woke, 'l', 'law: another query wakes nobody who reads this one')
  await s.call('PUT', `/v1/query/${id}`, { Name: 'one', Service: { Service: 'db' } })
  t.equal((await one)[0]!.Service.Service, 'db')
})

t.test('replacing a query by the same changes nothing', async t => {
  const s = await server(t)
  const id = await create(s, { Name: 'a', Service: ok })
  const [before] = await s.get<Query[]>(`/v1/query/${id}`)
  await s.call('PUT', `/v1/query/${id}`, { Name: 'a', Service: ok })
  const [after] = await s.get<Query[]>(`/v1/query/${id}`)
  t.equal(after!.ModifyIndex, before!.ModifyIndex)
})

t.test('run by name, by id and over DNS; a template by its id cannot be', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/catalog/register', instance('n1', 'web'))
  const id = await create(s, { Name: 'q', Service: ok, DNS: { TTL: '9s' } })
  const template = await create(s, { Name: 't-', Template: { Type: 'name_prefix_match' }, Service: { Service: '${name.suffix}' } })
  for (const name of ['q', 'Q', id, 't-web', 'T-web']) {
    const found = await s.get<Found>(`/v1/query/${name}/execute`)
    t.equal(found.Nodes.length, name === 'T-web' ? 0 : 1, name)
    t.equal(found.Index, 1, 'an answer that cannot be waited for has the smallest index')
  }
  const refused = await s.call('GET', `/v1/query/${template}/execute`)
  t.strictSame([refused.status, await refused.text(), refused.headers.get('x-consul-knownleader')], [500, 'prepared query templates can only be resolved up by name, not by ID', 'false'])
  const dns = new Resolver()
  dns.setServers([`127.0.0.1:${s.dnsPort}`])
  t.strictSame(await dns.resolve4('q.query.consul', { ttl: true }), [{ address: '10.0.0.1', ttl: 9 }])
  t.strictSame(await dns.resolve4('t-web.query.consul'), ['10.0.0.1'])
  await t.rejects(dns.resolve4(`${template}.query.consul`), { code: 'ESERVFAIL' })
  await t.rejects(dns.resolve4('none.query.consul'), { code: 'ENOTFOUND' })
})

t.test('whose address `_ip` is: the first that a proxy names, else the caller\'s', async t => {
  const s = await server(t)
  for (const n of ['n1', 'n2', 'n3']) await s.call('PUT', '/v1/catalog/register', { ...instance(n, 'web'), Address: n === 'n2' ? '192.0.2.7' : '10.0.0.1' })
  await create(s, { Name: 'q', Service: { Service: 'web', Near: '_ip' } })
  for (let i = 0; i < 5; i++) {
    const found = await (await s.call('GET', '/v1/query/q/execute?limit=1', undefined, { 'x-forwarded-for': '192.0.2.7, 10.9.9.9' })).json() as Found
    t.equal(found.Nodes[0]!.Node.Node, 'n2')
  }
})

t.test('methods and parameters', async t => {
  const s = await server(t)
  const id = await create(s, { Name: 'a', Service: ok })
  const table: ReadonlyArray<readonly [method: string, path: string, status: number, allow: string | null, body: string]> = [
    ['PATCH', `/v1/query/${id}`, 405, 'GET,PUT,DELETE', 'method PATCH not allowed'],
    ['POST', `/v1/query/${id}/execute`, 405, 'GET', 'method POST not allowed'],
    ['OPTIONS', `/v1/query/${id}/explain`, 200, 'OPTIONS,GET', '{}'],
    ['OPTIONS', '/v1/query', 200, 'OPTIONS,GET,POST', ''],
    ['GET', '/v1/query/a', 500, null, 'failed prepared query lookup: index error: UUID must be 36 characters'],
    ['GET', '/v1/query/11111111-2222-4333-8444-55555555555z', 500, null, "failed prepared query lookup: index error: Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"],
    ['GET', '/v1/query/111111111222-2-22-4333-8-55555555555', 500, null, 'failed prepared query lookup: index error: UUID should have maximum of 4 "-"; got 5'],
    ['DELETE', '/v1/query/a', 500, null, 'Prepared Query lookup failed: failed prepared query lookup: index error: UUID must be 36 characters'],
    ['DELETE', '/v1/query/11111111-2222-4333-8444-555555555555', 500, null, "Cannot modify non-existent prepared query: '11111111-2222-4333-8444-555555555555'"],
    ['GET', '/v1/query/execute', 404, null, 'Query not found'],
    ['GET', '/v1/query/a/execute?limit=1.5', 500, null, 'Bad limit: strconv.Atoi: parsing "1.5": invalid syntax'],
    ['GET', '/v1/query/a/execute?limit=99999999999999999999', 500, null, 'Bad limit: strconv.Atoi: parsing "99999999999999999999": value out of range'],
    ['GET', '/v1/query/a/execute?connect=maybe', 500, null, "Error parsing 'connect' value: strconv.ParseBool: parsing \"maybe\": invalid syntax"],
    ['GET', '/v1/query/a/execute?dc=far', 500, null, 'No path to datacenter'],
  ]
  for (const [method, path, status, allow, body] of table) {
    const answer = await s.call(method, path)
    t.strictSame([answer.status, answer.headers.get('allow'), (await answer.text()).trim()], [status, allow, body], `${method} ${path}`)
  }
  t.equal((await s.call('POST', '/v1/query', 'null')).status, 500, 'a null is an empty body')
  t.equal((await s.get<Query[]>('/v1/query')).length, 1, 'nothing of it changed anything')
})
