// Laws of bad input over HTTP: the documented answer, nothing changed, the server stays up and other callers notice nothing.
import t from 'tap'
import { connect } from 'node:net'
import { startTestServer, until } from '../support/server.js'
import type { TestServer } from '../support/server.js'

/** Bytes on a socket; what came back until the server closed or `ms` passed in silence. */
const raw = (server: TestServer, pieces: readonly string[], { end = false, patience = 2000 } = {}): Promise<string> => new Promise(resolve => {
  const socket = connect(server.port, '127.0.0.1')
  let got = ''
  const done = (): void => { clearTimeout(timer); socket.destroy(); resolve(got) }
  const timer = setTimeout(done, patience)
  socket.on('connect', () => { for (const piece of pieces) socket.write(piece, 'latin1'); if (end) socket.end() })
  socket.on('data', d => { got += d.toString('latin1') })
  socket.on('close', done)
  socket.on('error', done)
})

t.test('bad input', async t => {
  const server = await startTestServer({ config: { roster: { limits: { max_header_bytes: 32768, headers_timeout: '500ms', request_timeout: '1s' } } } })
  t.teardown(() => server.stop())
  const register = (body: unknown): Promise<Response> => server.call('PUT', '/v1/catalog/register', body)
  const unchanged = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    const before = server.roster.state.revision
    await act()
    t.equal(server.roster.state.revision, before, `${what} changes nothing`)
    t.equal((await server.call('GET', '/v1/status/leader')).status, 200, `${what} leaves the server up`)
  }

  t.test('bodies', async t => {
    const deep = '['.repeat(100_000)
    const TABLE: ReadonlyArray<readonly [what: string, body: string, status: number, text: RegExp]> = [
      ['an unknown field', '{"Node":"x","Address":"1.2.3.4","Bogus":1}', 400, /unknown field "Bogus"/],
      ['a wrong type', '{"Node":1,"Address":"1.2.3.4"}', 400, /cannot unmarshal number/],
      ['nothing', '', 400, /EOF/],
      ['half a body', '{"Node":"x"', 400, /unexpected EOF/],
      ['a byte order mark', '\ufeff{}', 400, /invalid character/],
      ['deep nesting', `{"Node":${deep}`, 400, /max depth|unexpected EOF/],
      ['an array', '[]', 400, /cannot unmarshal array/],
      ['__proto__ as a field', '{"__proto__":{"Node":"x"}}', 400, /unknown field "__proto__"/],
      ['a bad duration', '{"Node":"x","Address":"1.2.3.4","Check":{"Name":"c","Definition":{"Interval":"soon"}}}', 400, /invalid duration/],
    ]
    for (const [what, body, status, text] of TABLE) {
      await unchanged(what, async () => {
        const answer = await register(body)
        t.equal(answer.status, status, what)
        t.match(await answer.text(), text, what)
      })
    }
  })

  t.test('names that are properties of every object are names like others', async t => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      t.equal((await register({ Node: name, Address: '1.2.3.4', NodeMeta: { [name]: name }, Service: { ID: name, Service: name, Tags: [name], Meta: { [name]: 'v' } }, Check: { CheckID: name, Name: name, ServiceID: name, Status: 'passing' } })).status, 200)
      t.equal((await server.get<unknown[]>(`/v1/health/service/${name}?passing&tag=${name}&node-meta=${name}:${name}`)).length, 1, name)
      t.ok(Object.hasOwn(await server.get<object>('/v1/catalog/services'), name), name)
      t.equal((await server.get<{ Services: object }>(`/v1/catalog/node/${name}`)).Services !== undefined, true)
    }
    t.equal(({} as Record<string, unknown>)['v'], undefined, 'nothing is polluted')
    t.equal((await server.get<unknown[]>('/v1/health/service/valueOf')).length, 0)
  })

  t.test('invalid UTF-8 becomes the replacement character', async t => {
    const body = Buffer.concat([Buffer.from('{"Node":"utf'), Buffer.from([0xff]), Buffer.from('","Address":"1.2.3.4"}')])
    t.equal((await server.call('PUT', '/v1/catalog/register', new Uint8Array(body))).status, 200)
    t.ok(server.roster.state.nodes.get('utf\ufffd'))
  })

  t.test('a body beyond the limit is refused with 413 and not kept in memory', async t => {
    await unchanged('a huge body', async () => {
      const size = server.roster.config.limits.maxBodyBytes + 1
      t.match(await raw(server, [`PUT /v1/catalog/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n{`], { patience: 500 }), /^HTTP\/1\.1 413 /)
    })
  })

  t.test('headers: 20 KB pass, more than the limit is 431', async t => {
    t.equal((await server.call('GET', '/v1/status/leader', undefined, { 'x-long': 'x'.repeat(20_000) })).status, 200)
    t.match(await raw(server, [`GET /v1/status/leader HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`]), /^HTTP\/1\.1 431 /)
  })

  t.test('requests that two parsers could read differently are refused', async t => {
    for (const head of ['Content-Length: 3\r\nTransfer-Encoding: chunked', 'Content-Length: 3\r\nContent-Length: 4', 'Content-Length: -1', 'Transfer-Encoding: gzip, chunked, identity', 'Bad Header: x']) {
      await unchanged(head, async () => { t.match(await raw(server, [`PUT /v1/kv/smuggled HTTP/1.1\r\nHost: localhost\r\n${head}\r\n\r\nabcd`], { patience: 1000 }), /^HTTP\/1\.1 400 |^$/, head) })
    }
  })

  t.test('pipelined requests are answered in order; a half-closed connection gets its answers', async t => {
    const got = await raw(server, ['GET /v1/status/leader HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/status/peers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'], { end: true })
    t.strictSame([...got.matchAll(/HTTP\/1\.1 (\d+)/g)].map(m => m[1]), ['200', '404', '200'])
  })

  t.test('slow headers and slow bodies end with 408', async t => {
    const began = performance.now()
    const [head, body] = await Promise.all([
      raw(server, ['GET /v1/status/leader HTTP/1.1\r\nHost: local'], { patience: 10_000 }),
      raw(server, ['PUT /v1/kv/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc'], { patience: 10_000 }),
    ])
    t.match(head, /^HTTP\/1\.1 408 |^$/)
    t.match(body, /^HTTP\/1\.1 408 |^$/)
    t.ok(performance.now() - began < 9_000, 'the server ended them')
    t.equal(server.roster.state.kv.get('slow'), undefined)
  })

  t.test('expensive filters are refused at once', async t => {
    for (const filter of ['('.repeat(5000) + 'Node == a', 'Node matches "' + '(a+)+'.repeat(50) + '$"', 'Node == "' + 'x'.repeat(20_000) + '"']) {
      const answer = await server.call('GET', '/v1/catalog/nodes?filter=' + encodeURIComponent(filter))
      t.ok([200, 414, 431, 500].includes(answer.status), filter.slice(0, 20))
    }
    t.equal((await server.call('GET', '/v1/status/leader')).status, 200)
  })

  t.test('a bug inside is 500 with a request id, logged, and the server stays up', async t => {
    const real = server.roster.state.nodes.list
    server.roster.state.nodes.list = () => { throw new TypeError('planted') }
    const answer = await server.call('GET', '/v1/catalog/nodes?node-meta=a:b')
    server.roster.state.nodes.list = real
    t.equal(answer.status, 500)
    const id = /\(request ([\w-]+)\)/.exec(await answer.text())?.[1]
    t.ok(id)
    t.ok(server.log.some(line => line.includes(id!) && line.includes('planted')))
    t.equal((await server.call('GET', '/v1/catalog/nodes')).status, 200)
  })
})

t.test('a page of another origin changes nothing, and a foreign host reads nothing', async t => {
  const server = await startTestServer({ config: { roster: { allowed_hosts: ['registry.example'], allowed_origins: ['https://console.example'] } } })
  t.teardown(() => server.stop())
  const node = (name: string): object => ({ Node: name, Address: '1.2.3.4' })
  const put = (headers: Record<string, string>): Promise<number> => server.call('PUT', '/v1/catalog/register', node('x'), headers).then(r => r.status)
  t.equal(await put({ origin: 'http://evil.example' }), 403)
  t.equal(await put({ origin: 'null' }), 403)
  t.equal(await put({ 'sec-fetch-site': 'cross-site' }), 403)
  t.equal(server.roster.state.nodes.get('x'), undefined)
  t.equal(await put({ origin: 'https://console.example' }), 200)
  t.equal(await put({ origin: server.url }), 200)
  t.equal(await put({}), 200)
  for (const [host, status] of [['localhost', 200], ['127.0.0.1', 200], ['[::1]:8500', 200], ['registry', 200], ['registry.example', 200], ['evil.example', 403], ['127.0.0.1.evil.example', 403]] as const) {
    t.match(await raw(server, [`GET /v1/status/leader HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`]), new RegExp(`^HTTP/1\\.1 ${status} `), host)
  }
})

t.test('a thousand idle blocking queries cost other callers nothing and are gone with their connections', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const index = (await server.call('GET', '/v1/catalog/nodes')).headers.get('x-consul-index')
  const sockets = Array.from({ length: 1000 }, () => connect(server.port, '127.0.0.1'))
  for (const socket of sockets) {
    socket.on('error', () => {})
    socket.write(`GET /v1/catalog/nodes?index=${index}&wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  }
  await until('all are held', () => server.roster.stats.blockingReaders === 1000)
  t.equal((await server.call('PUT', '/v1/kv/other', 'x')).status, 200)
  t.equal(server.roster.stats.blockingReaders, 1000)
  for (const socket of sockets) socket.destroy()
  await until('none is held', () => server.roster.stats.blockingReaders === 0 && server.roster.state.topics.waiting === 0)
})
