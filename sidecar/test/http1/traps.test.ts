// Where proxies for HTTP/1.1 go wrong: each trap with the law that keeps out of it.

import type { Socket } from 'node:net'
import t from 'tap'
import type { ExchangeRecord } from '../../src/http1/observer.js'
import { httpServer, rawClient, rawServer, startProxy } from '../support/proxy.js'
import { testUpstream } from '../support/upstream.js'

const GET = 'GET /p HTTP/1.1\r\nHost: web\r\n\r\n'
const WEBSOCKET = 'GET /p HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const ok = (body = 'ok', ...lines: readonly string[]): string => `HTTP/1.1 200 OK\r\n${lines.map(line => `${line}\r\n`).join('')}Content-Length: ${body.length}\r\n\r\n${body}`
const condition = async (met: () => boolean): Promise<void> => { for (let i = 0; !met(); i++) { if (i > 1000) throw new Error('not met within 5 s'); await new Promise(resolve => { setTimeout(resolve, 5) }) } }

// === expectations and early answers ===

t.test('100-continue comes from the server, and the body only after it', async t => {
  let got = ''
  const { port } = await rawServer(t, socket => socket.on('data', bytes => {
    got += bytes.toString()
    if (got.endsWith('\r\n\r\n')) setTimeout(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20)
    if (got.endsWith('body')) socket.write(ok())
  }))
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
  await client.until(({ received }) => received === 'HTTP/1.1 100 Continue\r\n\r\n')
  t.match(got, /Expect: 100-continue/)
  client.send('body')
  await client.until(({ received }) => received.endsWith('ok'))
  t.notMatch(client.received, /Connection: close/)
})

t.test('a final answer in place of 100: it is handed on, and neither connection is used again', async t => {
  let connections = 0
  const { port } = await rawServer(t, socket => { connections++; socket.on('data', () => socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n')) })
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
  await client.until(({ ended }) => ended)
  t.match(client.received, /413 Content Too Large[^]*Connection: close/)
  await rawClient(t, proxy.port).send(GET).until(({ received }) => received.includes('413'))
  t.equal(connections, 2)
})

t.test('an answer before the end of an upload is read whole, although the client still sends', async t => {
  const { port } = await rawServer(t, socket => socket.once('data', () => socket.write(ok('enough'))))
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nContent-Length: 100000000\r\n\r\n')
  client.send(Buffer.alloc(200_000))
  await client.until(({ received }) => received.endsWith('enough'))
  client.send(Buffer.alloc(200_000))
  await client.until(({ ended }) => ended)
  t.match(client.received, /Connection: close/)
  t.equal(client.error, undefined, 'no reset: the answer must not get lost')
})

// === aborts ===

t.test('a client that goes away takes its request with it', async t => {
  for (const how of ['destroy', 'end'] as const) {
    const records: ExchangeRecord[] = []
    const { port, sockets } = await rawServer(t, () => {})
    const upstream = testUpstream([port])
    const proxy = await startProxy(t, upstream, { observer: { ended: record => { records.push(record) } } })
    const client = rawClient(t, proxy.port).send(GET)
    await condition(() => sockets.size === 1)
    client.socket[how]()
    await condition(() => sockets.size === 0)
    t.equal(proxy.proxy.active, 0)
    t.match(records[0], { end: 'client-gone', status: 0 })
    t.equal(upstream.balancer.explain().instances[0]!.pending, 0, 'the instance has nothing in flight any more')
    t.equal(upstream.balancer.explain().instances[0]!.success, 1, 'and is not blamed')
  }
})

t.test('an upload that is cut does not arrive as complete', async t => {
  for (const framing of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
    let ended = false
    let closed = false
    const { port } = await rawServer(t, socket => socket.on('data', () => {}).on('end', () => { ended = true }).on('close', () => { closed = true }))
    const proxy = await startProxy(t, testUpstream([port]))
    const client = rawClient(t, proxy.port).send(`POST /p HTTP/1.1\r\nHost: web\r\n${framing}\r\n\r\n5\r\nhello\r\n`)
    await condition(() => proxy.proxy.upstreamConnections === 1)
    await new Promise(resolve => { setTimeout(resolve, 20) })
    client.socket.destroy()
    await condition(() => closed || ended)
    t.pass(framing)
  }
})

// === kept connections ===

t.test('a kept connection that the server closes is replaced for a GET, without the client seeing it', async t => {
  let served = 0
  const { port } = await rawServer(t, socket => {
    let first = true
    socket.on('data', () => {
      // The second request on a connection is what a server that has just closed it never reads.
      if (!first) { socket.resetAndDestroy(); return }
      first = false
      served++
      socket.write(ok())
    })
  })
  const upstream = testUpstream([port])
  const proxy = await startProxy(t, upstream)
  for (let i = 0; i < 4; i++) {
    const client = rawClient(t, proxy.port).send(GET)
    await client.until(({ received }) => received.endsWith('ok'))
  }
  t.equal(served, 4)
  t.equal(upstream.balancer.explain().instances[0]!.success, 1, 'it is not blamed')
})

t.test('a POST on such a connection is sent once', async t => {
  let posts = 0
  const { port } = await rawServer(t, socket => {
    let first = true
    socket.on('data', bytes => {
      if (bytes.includes('POST')) posts++
      if (first) socket.write(ok())
      else socket.resetAndDestroy()
      first = false
    })
  })
  const proxy = await startProxy(t, testUpstream([port]))
  await rawClient(t, proxy.port).send(GET).until(({ received }) => received.endsWith('ok'))
  const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nContent-Length: 2\r\n\r\nhi')
  await client.until(({ received }) => received.includes('\r\n\r\n'))
  t.match(client.received, /502 Bad Gateway[^]*X-Roster-Reason: upstream-reset/)
  t.equal(posts, 1)
})

// === sending again ===

t.test('a server that cannot be reached is passed over, for a POST too', async t => {
  const dead = await rawServer(t, () => {})
  await new Promise<void>(resolve => { dead.server.close(() => resolve()) })
  const { port } = await httpServer(t, (req, res) => { req.pipe(res) })
  const upstream = testUpstream([dead.port, port], { balance: { policy: 'round_robin', outlier: false } })
  const proxy = await startProxy(t, upstream)
  for (let i = 0; i < 4; i++) {
    const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nhello')
    await client.until(({ received }) => received.includes('hello'))
    t.match(client.received, /^HTTP\/1\.1 200/)
  }
})

t.test('503 is asked for elsewhere, with the body again; a POST is not', async t => {
  const bodies: string[] = []
  let refused = 0
  const sick = await rawServer(t, socket => socket.on('data', bytes => { if (bytes.toString().endsWith('0\r\n\r\n')) { refused++; socket.write('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nsick') } }))
  const { port } = await httpServer(t, (req, res) => {
    let body = `${req.headers['x-roster-attempt']}:`
    req.on('data', chunk => { body += chunk }).on('end', () => { bodies.push(body); res.end('ok') })
  })
  const upstream = testUpstream([sick.port, port], { balance: { policy: 'round_robin', outlier: false } })
  const proxy = await startProxy(t, upstream)
  for (let i = 0; i < 4; i++) {
    const client = rawClient(t, proxy.port).send('PUT /p HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n').send('3\r\nabc\r\n')
    await new Promise(resolve => { setTimeout(resolve, 5) })
    client.send('3\r\ndef\r\n0\r\n\r\n')
    await client.until(({ received }) => received.includes('ok'))
  }
  t.equal(refused, 2)
  t.same(bodies.sort(), ['1:abcdef', '1:abcdef', '2:abcdef', '2:abcdef'])
  const answers: string[] = []
  for (let i = 0; i < 2; i++) {
    const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n')
    await client.until(({ received }) => /ok|sick/.test(received))
    answers.push(client.received.slice(9, 12))
  }
  t.same(answers.sort(), ['200', '503'], 'a POST gets what it gets')
})

t.test('whoever numbers its attempts does so alone', async t => {
  let asked = 0
  const { port } = await rawServer(t, socket => socket.on('data', () => { asked++; socket.write('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n') }))
  const proxy = await startProxy(t, testUpstream([port]))
  await rawClient(t, proxy.port).send('GET /p HTTP/1.1\r\nHost: web\r\nx-roster-attempt: 2\r\n\r\n').until(({ received }) => received.includes('503'))
  t.equal(asked, 1)
})

t.test('a body beyond the bound is sent once', async t => {
  let asked = 0
  const { port } = await rawServer(t, socket => {
    let bytes = 0
    socket.on('data', chunk => {
      bytes += chunk.length
      if (bytes > 200_000) { asked++; bytes = -1e9; socket.write('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n') }
    })
  })
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port).send('PUT /p HTTP/1.1\r\nHost: web\r\nContent-Length: 200000\r\n\r\n').send(Buffer.alloc(200_000))
  await client.until(({ received }) => received.includes('503'))
  t.equal(asked, 1)
})

// === time ===

t.test('the deadline of the policy, and of the caller, end a request with 504; the server is told what is left', async t => {
  let got = ''
  const { port, sockets } = await rawServer(t, socket => socket.on('data', bytes => { got += bytes.toString() }))
  const proxy = await startProxy(t, testUpstream([port], { timeoutMs: 150 }))
  const client = rawClient(t, proxy.port).send(GET)
  await client.until(({ received }) => received.includes('\r\n\r\n'))
  t.match(client.received, /504 Gateway Timeout[^]*X-Roster-Reason: timeout/)
  t.match(got, /x-roster-deadline: 1[0-4]\d|150/)
  await condition(() => sockets.size === 0)
  await rawClient(t, proxy.port).send('GET /p HTTP/1.1\r\nHost: web\r\nx-roster-deadline: 0\r\n\r\n').until(({ received }) => received.includes('504'))
})

t.test('who sends a head slowly, or a body not at all, is not waited for', async t => {
  const { port } = await rawServer(t, () => {})
  const proxy = await startProxy(t, testUpstream([port]), { limits: { headMs: 150, requestIdleMs: 150 } })
  const slow = rawClient(t, proxy.port)
  const drip = setInterval(() => slow.send('X'), 20)
  t.teardown(() => clearInterval(drip))
  slow.send('GET /p HTTP/1.1\r\nX: ')
  const silent = rawClient(t, proxy.port)
  const body = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nhe')
  await Promise.all([slow.until(({ received }) => received.includes('408')), silent.until(({ ended }) => ended), body.until(({ received }) => received.includes('408'))])
  t.equal(silent.received, '')
  t.match(body.received, /X-Roster-Reason: slow-request/)
})

t.test('a connection to a server that does not come is given up for another', async t => {
  const { port } = await httpServer(t, (_req, res) => res.end('ok'))
  const { Balancer } = await import('@roster/client')
  const upstream = { ...testUpstream([], { balance: { policy: 'round_robin' } }), balancer: new Balancer('web', { policy: 'round_robin' }) }
  // An address of RFC 5737 that nobody has.
  const common = { service: 'web', tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 } as const
  upstream.balancer.update([{ ...common, id: 'a', address: '192.0.2.1', port: 9 }, { ...common, id: 'b', address: '127.0.0.1', port }])
  const proxy = await startProxy(t, upstream, { limits: { connectMs: 150 } })
  for (let i = 0; i < 2; i++) await rawClient(t, proxy.port).send(GET).until(({ received }) => received.endsWith('ok'))
})

// === backpressure ===

t.test('nothing is read that cannot be passed on', async t => {
  const size = 60_000_000
  let sent = 0
  const { port } = await httpServer(t, (_req, res) => {
    res.writeHead(200, { 'content-length': size })
    const more = () => { while (sent < size) { sent += 100_000; if (!res.write(Buffer.alloc(100_000))) { res.once('drain', more); return } } res.end() }
    more()
  })
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port)
  client.socket.pause()
  client.send(GET)
  let last = -1
  await condition(() => { const still = sent > 0 && sent === last; last = sent; return still })
  t.ok(sent < size / 2, `${sent} of ${size} bytes were taken from the server while the client did not read`)
  client.socket.destroy()
})

// === upgrades and tunnels ===

t.test('an upgrade joins both sides; bytes sent before the 101 come after it', async t => {
  let before = ''
  let after = ''
  const { port } = await rawServer(t, socket => {
    let switched = false
    socket.on('data', bytes => {
      if (switched) { after += bytes.toString(); socket.write(`<${bytes}>`); return }
      before += bytes.toString()
      if (before.endsWith('\r\n\r\n')) setTimeout(() => { switched = true; socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello') }, 30)
    }).on('end', () => socket.end('bye'))
  })
  const records: ExchangeRecord[] = []
  const proxy = await startProxy(t, testUpstream([port]), { observer: { ended: record => { records.push(record) } } })
  const client = rawClient(t, proxy.port).send(`${WEBSOCKET}early`)
  await client.until(({ received }) => received.endsWith('hello<early>'))
  t.notMatch(before, /early/, 'nothing goes out before the server has agreed')
  client.send('late')
  await client.until(({ received }) => received.endsWith('<late>'))
  t.equal(proxy.proxy.active, 1)
  client.socket.end()
  await client.until(({ ended, received }) => ended && received.endsWith('bye'))
  t.equal(after, 'earlylate')
  await condition(() => records.length === 1)
  t.match(records[0], { end: 'tunnel', status: 101, reason: '' })
})

t.test('CONNECT gives a tunnel to an instance', async t => {
  const { port } = await rawServer(t, socket => socket.on('data', bytes => socket.write(`<${bytes}>`)).on('end', () => socket.end()))
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port).send('CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\n\r\n')
  await client.until(({ received }) => received === 'HTTP/1.1 200 Connection Established\r\n\r\n')
  client.send('raw')
  await client.until(({ received }) => received.endsWith('<raw>'))
  client.socket.end()
  await client.until(({ ended }) => ended)
  await condition(() => proxy.proxy.active === 0)
})

// === who says what ===

t.test('forwarded headers: those of strangers are replaced, those of friends continued', async t => {
  const { port } = await httpServer(t, (req, res) => res.end(JSON.stringify(req.headers)))
  const lines = 'X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\nForwarded: for=10.0.0.1\r\nX-Forwarded-Host: public'
  for (const trusted of [false, true]) {
    const proxy = await startProxy(t, testUpstream([port]), { forwarded: { mode: 'append', trust: () => trusted } })
    const client = rawClient(t, proxy.port).send(`GET /p HTTP/1.1\r\nHost: web\r\nConnection: close\r\n${lines}\r\n\r\n`)
    await client.until(({ ended }) => ended)
    const headers = JSON.parse(client.received.slice(client.received.indexOf('{'), client.received.lastIndexOf('}') + 1))
    t.match(headers, trusted ? { 'x-forwarded-for': '10.0.0.1, 127.0.0.1', 'x-forwarded-proto': 'https', forwarded: 'for=10.0.0.1', 'x-forwarded-host': 'public' } : { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'web' })
    if (!trusted) t.notOk('forwarded' in headers)
  }
})

t.test('a request that goes round in circles ends', async t => {
  const upstream = testUpstream([])
  const proxy = await startProxy(t, upstream)
  upstream.set(proxy.port)
  const client = rawClient(t, proxy.port).send(GET)
  await client.until(({ received }) => received.includes('\r\n\r\n'))
  t.match(client.received, /508 Loop Detected[^]*X-Roster-Reason: loop/)
})

t.test('IPv6 all the way', async t => {
  const { createServer } = await import('node:http')
  const server = createServer((req, res) => res.end(req.headers.host))
  const port = await new Promise<number | undefined>(resolve => { server.once('error', () => resolve(undefined)).listen(0, '::1', () => resolve((server.address() as { port: number }).port)) })
  if (port === undefined) { t.pass('no IPv6 on this machine'); return }
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const upstream = testUpstream([])
  upstream.balancer.update([{ id: 'six', service: 'web', address: '::1', port, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 }])
  const proxy = await startProxy(t, upstream)
  const client = rawClient(t, proxy.port).send(`GET /p HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\n`)
  await client.until(({ received }) => received.endsWith(`[::1]:${port}`))
})

// === refusals and ends ===

t.test('a service with nobody is 503 with the reason in a header and in words', async t => {
  const proxy = await startProxy(t, testUpstream([], {}, { name: 'payments' }))
  const client = rawClient(t, proxy.port).send(GET)
  await client.until(({ received }) => /payments/.test(received))
  t.match(client.received, /503 Service Unavailable[^]*X-Roster-Reason: no-instances[^]*No instance of "payments"/)
  client.send(GET)
  await client.until(({ received }) => received.match(/503/g)?.length === 2)
})

t.test('as many calls as the policy allows', async t => {
  const waiting: Socket[] = []
  const { port } = await rawServer(t, socket => socket.on('data', () => { waiting.push(socket) }))
  const proxy = await startProxy(t, testUpstream([port], { concurrency: 1 }))
  const first = rawClient(t, proxy.port).send(GET)
  await condition(() => waiting.length === 1)
  await rawClient(t, proxy.port).send(GET).until(({ received }) => received.includes('concurrency-limit'))
  waiting[0]!.write(ok())
  await first.until(({ received }) => received.endsWith('ok'))
  first.send(GET)
  await condition(() => waiting.length === 2)
})

t.test('the breaker of the policy', async t => {
  const { port } = await rawServer(t, socket => socket.on('data', () => socket.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n')))
  const proxy = await startProxy(t, testUpstream([port], { breaker: { minCalls: 3 } }))
  const client = rawClient(t, proxy.port)
  for (let i = 1; i <= 3; i++) await client.send(GET).until(({ received }) => received.match(/500 Internal/g)?.length === i)
  await client.send(GET).until(({ received }) => received.includes('circuit-open'))
  t.match(client.received, /503 Service Unavailable[^]*Retry-After: [1-5]\r\n/)
})

t.test('drain: what is under way ends, what is idle is closed, answers say goodbye', async t => {
  let server: Socket | undefined
  const { port } = await rawServer(t, socket => socket.on('data', bytes => { if (bytes.includes('/slow')) server = socket; else socket.write(ok()) }))
  const { proxy, port: proxyPort } = await startProxy(t, testUpstream([port]))
  const idle = rawClient(t, proxyPort).send(GET)
  await idle.until(({ received }) => received.endsWith('ok'))
  const busy = rawClient(t, proxyPort).send('GET /slow HTTP/1.1\r\nHost: web\r\n\r\n')
  await condition(() => server !== undefined)
  const drained = proxy.drain(5000)
  await idle.until(({ ended }) => ended)
  server!.write(ok('slow'))
  await busy.until(({ ended, received }) => ended && received.endsWith('slow'))
  t.match(busy.received, /Connection: close/)
  t.equal(await drained, true)
})

t.test('drain cuts what does not end', async t => {
  const { port, sockets } = await rawServer(t, () => {})
  const { proxy, port: proxyPort } = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxyPort).send(GET)
  await condition(() => sockets.size === 1)
  t.equal(await proxy.drain(50), false)
  await client.until(({ closed, ended }) => closed || ended)
  await condition(() => sockets.size === 0)
  t.equal(proxy.connections, 0)
})

t.test('connections beyond the bounds are closed at once', async t => {
  const { port } = await httpServer(t, (_req, res) => res.end('ok'))
  const proxy = await startProxy(t, testUpstream([port]), { limits: { connections: 2, connectionsPerAddress: 2 } })
  const clients = [1, 2, 3].map(() => rawClient(t, proxy.port))
  await clients[2]!.until(({ ended, closed }) => ended || closed)
  await clients[0]!.send(GET).until(({ received }) => received.endsWith('ok'))
})

t.test('each request is told of once', async t => {
  const records: Array<readonly [number, string, string]> = []
  const { port } = await httpServer(t, (_req, res) => res.end('ok'))
  const proxy = await startProxy(t, testUpstream([port]), { observer: { ended: ({ status, end, reason }) => { records.push([status, end, reason]) } } })
  const client = rawClient(t, proxy.port).send(GET)
  await client.until(({ received }) => received.endsWith('ok'))
  client.send('junk\r\n\r\n')
  await client.until(({ ended }) => ended)
  t.same(records, [[200, 'ok', ''], [400, 'refused', 'bad-request-line']])
})
