// Laws of the way out: a registered name is reached however it is named, what is not registered is not reached at all, and every answer of the proxy's own says why.
import { createServer, request } from 'node:http'
import { createServer as createTcpServer, connect } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { folder, instance, registry, run, sidecar } from './support/processes.js'
import { until } from './support/until.js'

const { url, call } = await registry(t)

async function listening (t: Test, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.close() })
  return (server.address() as AddressInfo).port
}

/** An instance that says who it is, and what it saw. */
async function echo (t: Test, service: string, name: string, meta: Record<string, string> = {}): Promise<number> {
  const port = await listening(t, createServer((q, s) => { s.setHeader('x-answered-by', name); s.end(JSON.stringify({ by: name, url: q.url, host: q.headers.host, headers: q.headers })) }))
  await call('PUT', '/v1/catalog/register', instance(service, port, { meta }))
  return port
}

interface Answer { readonly status: number, readonly headers: NodeJS.Dict<string | string[]>, readonly body: string, readonly json: { readonly by: string, readonly url: string, readonly host: string, readonly headers: Record<string, string> } }

/** A request as it is written, whatever fetch would make of it. */
const ask = (base: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(base)
  request({ hostname, port, path, method, headers, agent: false }, response => {
    let body = ''
    response.on('data', data => { body += String(data) })
    response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body, get json () { return JSON.parse(body) as Answer['json'] } }))
  }).on('error', reject).end()
})

const reason = ({ status, headers, body }: Answer) => ({ status, reason: headers['x-roster-reason'], text: body.trim() })

t.test('every way to name a service leads there', async t => {
  await echo(t, 'payments', 'one')
  const { at } = await sidecar(t, url, ['--upstream', 'payments:0'])
  for (const host of ['payments', 'Payments', 'payments:80', 'payments.service.roster', 'payments.service.consul', 'payments.service.dc1.consul']) {
    t.match((await ask(at['outbound']!, '/a?b=%2e', { host })).json, { by: 'one', url: '/a?b=%2e', host }, host)
  }
  t.match((await ask(at['outbound']!, 'http://payments/a', { host: 'payments' })).json, { by: 'one', url: '/a' }, 'an absolute target, as a client of a proxy writes it')
  t.match((await ask(at['upstream payments']!, '/a')).json, { by: 'one', host: 'payments.service.roster' }, 'a port of its own')
  const curl = run(t, ['curl', '-s', '--proxytunnel', '-x', at['outbound']!, 'http://payments/through'])
  await curl.ended
  t.match(JSON.parse(curl.out()), { by: 'one', url: '/through' }, 'CONNECT')
  const proxied = run(t, ['curl', '-s', 'http://payments/plain'], { http_proxy: at['outbound']! })
  await proxied.ended
  t.match(JSON.parse(proxied.out()), { by: 'one', url: '/plain' }, 'HTTP_PROXY')
})

t.test('what is not registered is not reached, and the answer says why', async t => {
  const secret = await listening(t, createServer((_q, s) => { t.fail('it was reached'); s.end() }))
  await echo(t, 'known', 'known')
  const { at, admin } = await sidecar(t, url, ['--upstream', 'known:0'])
  const outbound = at['outbound']!
  t.match(reason(await ask(outbound, '/', { host: 'nobody' })), { status: 503, reason: 'not-registered', text: /"nobody" is not registered/ })
  t.match(reason(await ask(outbound, '/', { host: `127.0.0.1:${secret}` })), { status: 400, reason: 'no-service-named' })
  t.match(reason(await ask(outbound, '/', { host: '10.0.0.7' })), { status: 403, reason: 'not-a-service' })
  t.match(reason(await ask(outbound, '/', { host: 'example.org' })), { status: 403, reason: 'not-a-service' })
  t.match(reason(await ask(outbound, `http://127.0.0.1:${secret}/`, { host: `127.0.0.1:${secret}` })), { status: 400 })
  t.match(reason(await ask(at['upstream known']!, '/', { host: 'evil.example' })), { status: 403, reason: 'foreign-host' }, 'a name that a page has pointed here')
  t.match(reason(await ask(at['upstream known']!, '/', { host: 'nobody' })), { status: 403, reason: 'foreign-host' })
  const tunnel = connect(Number(new URL(outbound).port), '127.0.0.1')
  tunnel.write(`CONNECT 127.0.0.1:${secret} HTTP/1.1\r\nHost: 127.0.0.1:${secret}\r\n\r\n`)
  const answer = await new Promise<string>(resolve => tunnel.once('data', data => resolve(String(data))))
  tunnel.destroy()
  t.match(answer, /^HTTP\/1\.1 400 /)
  t.match((await admin<string>('/metrics')).body, /roster_sidecar_reasons_total\{.*reason="not-registered".*\} 1/)
})

t.test('a service is reached as soon as it is registered, and its instances as they come and go', async t => {
  const { at, admin } = await sidecar(t, url, [])
  t.equal((await ask(at['outbound']!, '/', { host: 'late' })).status, 503)
  await echo(t, 'late', 'a')
  await until('it is reached', async () => (await ask(at['outbound']!, '/', { host: 'late' })).status === 200)
  await echo(t, 'late', 'b')
  const seen = new Set<string>()
  await until('both are', async () => { seen.add((await ask(at['outbound']!, '/', { host: 'late' })).json.by); return seen.size === 2 })
  t.match((await admin('/endpoints')).body, { upstreams: [{ service: 'late', source: 'registry', ageMs: 0, instances: [{ candidate: true }, { candidate: true }] }] })
  t.match((await admin('/explain?service=late')).body, { recent: Array, ways: [{ share: 1 }], registry: { Service: 'late' } })
})

t.test('raw TCP', async t => {
  const port = await listening(t, createTcpServer(socket => { socket.pipe(socket); socket.on('error', () => {}) }))
  await call('PUT', '/v1/catalog/register', instance('postgres', port))
  const { at } = await sidecar(t, url, ['--upstream', 'postgres:0/tcp'])
  const socket = connect(Number(new URL(at['upstream postgres']!).port), '127.0.0.1')
  socket.end('hello')
  t.equal(await new Promise<string>(resolve => { let all = ''; socket.on('data', data => { all += String(data) }); socket.on('end', () => resolve(all)) }), 'hello')
})

t.test('config entries are followed: routes, rewrites, headers, splits, subsets', async t => {
  await echo(t, 'web', 'v1', { version: '1' })
  await echo(t, 'web', 'v2', { version: '2' })
  await echo(t, 'admin', 'admin')
  const entries = [
    { Kind: 'service-defaults', Name: 'web', Protocol: 'http' },
    { Kind: 'service-defaults', Name: 'admin', Protocol: 'http' },
    { Kind: 'service-resolver', Name: 'web', DefaultSubset: 'v1', Subsets: { v1: { Filter: 'Service.Meta.version == 1' }, v2: { Filter: 'Service.Meta.version == 2' } } },
    { Kind: 'service-splitter', Name: 'web', Splits: [{ Weight: 100, ServiceSubset: 'v1' }, { Weight: 0, ServiceSubset: 'v2' }] },
    { Kind: 'service-router', Name: 'web', Routes: [{ Match: { HTTP: { PathPrefix: '/admin/' } }, Destination: { Service: 'admin', PrefixRewrite: '/', RequestHeaders: { Set: { 'x-from': 'web' }, Remove: ['x-secret'] }, ResponseHeaders: { Add: { 'x-seen': 'yes' } } } }, { Match: { HTTP: { Header: [{ Name: 'x-canary', Exact: '1' }] } }, Destination: { Service: 'web', ServiceSubset: 'v2' } }] },
  ]
  for (const entry of entries) t.equal(await call('PUT', '/v1/config', entry), 200, `${entry.Kind} ${entry.Name}`)
  const { at } = await sidecar(t, url, ['--upstream', 'web:0'])
  const routed = await ask(at['upstream web']!, '/admin/users?x', { 'x-secret': '1' })
  t.match(routed.json, { by: 'admin', url: '/users?x', headers: { 'x-from': 'web' } })
  t.notOk('x-secret' in routed.json.headers)
  t.equal(routed.headers['x-seen'], 'yes')
  t.equal((await ask(at['upstream web']!, '/', { 'x-canary': '1' })).json.by, 'v2')
  t.equal((await ask(at['upstream web']!, '/')).json.by, 'v1')
  await call('PUT', '/v1/config', { Kind: 'service-splitter', Name: 'web', Splits: [{ Weight: 0, ServiceSubset: 'v1' }, { Weight: 100, ServiceSubset: 'v2' }] })
  await until('the other part of the split', async () => (await ask(at['upstream web']!, '/')).json.by === 'v2')
})

t.test('a policy changes while calls go on: faults come and go, nothing is disconnected, a file that cannot be used changes nothing', async t => {
  await echo(t, 'stock', 'stock')
  const file = join(folder(t), 'policy.json')
  const write = (policy: object | string) => writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy))
  write({ version: 1 })
  const { at, admin } = await sidecar(t, url, ['--upstream', 'stock:0', '--policy', file])
  const long = request(`${at['upstream stock']!}/`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } })
  long.write('part')
  const answered = new Promise<number>((resolve, reject) => { long.on('response', response => { response.resume(); resolve(response.statusCode!) }).on('error', reject) })
  write({ version: 1, services: { stock: { routes: [{ match: { path: '/broken' }, fault: { abort: { status: 507 } } }, { match: { path: '/slow' }, fault: { delay: { ms: 150 } } }] } } })
  t.match(await admin('/reload', 'POST'), { status: 200, body: { policy: { services: { stock: {} } } } })
  t.match(reason(await ask(at['upstream stock']!, '/broken')), { status: 507, reason: 'fault' })
  t.equal((await ask(at['upstream stock']!, '/')).status, 200, 'other routes are spared')
  const before = performance.now()
  t.equal((await ask(at['upstream stock']!, '/slow')).status, 200)
  t.ok(performance.now() - before >= 149, 'it was delayed')
  write('{"version":1,"defaults":{"timeoutMs":"soon"}}')
  t.match(await admin('/reload', 'POST'), { status: 422, body: { error: /"defaults\.timeoutMs" must be a number/ } })
  t.match(reason(await ask(at['upstream stock']!, '/broken')), { status: 507 }, 'the old one stays')
  write({ version: 1 })
  await until('the file is read again by itself', async () => (await ask(at['upstream stock']!, '/broken')).status === 200)
  long.end('rest')
  t.equal(await answered, 200, 'what was under way has not noticed')
  t.match((await admin<string>('/metrics')).body, /roster_sidecar_policy_reloads_total\{result="taken"\} 2/)
})

t.test('what was known is used while the registry is away, also by a sidecar that starts then', async t => {
  const own = await registry(t)
  const port = await listening(t, createServer((_q, s) => s.end('still there')))
  await own.call('PUT', '/v1/catalog/register', instance('kept', port))
  const cache = folder(t)
  const first = await sidecar(t, own.url, [], { ROSTER_CACHE_DIR: cache })
  t.equal((await ask(first.at['outbound']!, '/', { host: 'kept' })).status, 200)
  t.equal(await first.drain(), 0)
  await own.kill()
  const second = await sidecar(t, own.url, ['--registry-timeout', '1500ms'], { ROSTER_CACHE_DIR: cache })
  t.match(await second.admin('/ready'), { status: 200 })
  t.equal((await ask(second.at['outbound']!, '/', { host: 'kept' })).body, 'still there')
  t.match((await second.admin('/endpoints')).body, { upstreams: [{ service: 'kept', source: 'disk' }] })
  await own.start()
  await own.call('PUT', '/v1/catalog/register', instance('kept', port))
  await until('it is listened to again', async () => ((await second.admin<{ upstreams: Array<{ source: string }> }>('/endpoints')).body.upstreams[0]!.source === 'registry'))
})
