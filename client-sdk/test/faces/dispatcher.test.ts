// Laws of the Dispatcher of a service: whatever undici can do with a dispatcher it can do with this one, against real servers.
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { fetch as undiciFetch, FormData, WebSocket } from 'undici'
import { WebSocketServer } from 'ws'
import { OriginRouter } from '../../src/faces/origin-router.js'
import { fakeServer } from '../support/fake-server.js'
import { deferred, instance, testInstance, testService } from '../support/service.js'

const echo = (t: Parameters<typeof testInstance>[0], id = 'a') => testInstance(t, id, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id, method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() }))
  })
})

t.test('request, stream, pipeline; the name of the service is the host, and the attempt is numbered', async t => {
  const { dispatcher } = testService(t, [await echo(t)])
  const { body } = await dispatcher.request({ path: '/charges?x=1', method: 'POST', body: Readable.from(['a', 'b']), headers: ['X-One', '1'] })
  t.match(await body.json(), { method: 'POST', url: '/charges?x=1', body: 'ab', headers: { host: 'payments.service.roster', 'x-one': '1', 'x-roster-attempt': '1' } })
  const chunks: Buffer[] = []
  await dispatcher.stream({ path: '/', method: 'GET' }, () => new Writable({ write (chunk: Buffer, _encoding, done) { chunks.push(chunk); done() } }))
  t.match(JSON.parse(Buffer.concat(chunks).toString()), { method: 'GET' })
  const piped = dispatcher.pipeline({ path: '/', method: 'PUT' }, ({ body }) => body)
  piped.end('through')
  t.match(JSON.parse((await piped.toArray()).join('')), { method: 'PUT', body: 'through' })
})

t.test('headers in each of undici\'s shapes arrive, and those of the caller win over the service\'s name', async t => {
  const { dispatcher } = testService(t, [await echo(t)])
  for (const headers of [{ Host: 'shop.example.org', 'X-Two': ['a', 'b'] }, ['Host', 'shop.example.org', 'X-Two', 'a', 'X-Two', 'b'], new Map<string, string | string[]>([['Host', 'shop.example.org'], ['X-Two', ['a', 'b']]])]) {
    const { body } = await dispatcher.request({ path: '/', method: 'GET', headers })
    t.match(await body.json(), { headers: { host: 'shop.example.org', 'x-two': 'a, b', 'x-roster-attempt': '1' } })
  }
})

t.test('time that is left, and a number of somebody before us, go on as they should', async t => {
  const { fetch } = testService(t, [await echo(t)], { timeoutMs: 5000 })
  const { headers } = await (await fetch('/', { headers: { 'X-Roster-Deadline': '1000', 'x-roster-attempt': '2' } })).json() as { headers: Record<string, string> }
  t.ok(Number(headers['x-roster-deadline']) <= 1000 && Number(headers['x-roster-deadline']) > 0, 'the sooner of the two, less what has passed')
  t.equal(headers['x-roster-attempt'], '2')
})

t.test('fetch: a form of Node\'s own and of undici\'s, streamed bodies, a redirect to the service itself', async t => {
  const a = await testInstance(t, 'a', (request, response) => {
    if (request.url === '/old') { response.writeHead(302, { location: '/new' }).end(); return }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => response.end(`${request.url} ${Buffer.concat(chunks).toString()}`))
  })
  const { fetch } = testService(t, [a])
  t.match(await (await fetch('/old')).text(), '/new')
  for (const Form of [FormData, globalThis.FormData]) {
    const form = new Form()
    form.append('amount', '42')
    t.match(await (await fetch('/form', { method: 'POST', body: form as FormData })).text(), /name="amount"\r\n\r\n42/)
  }
  await t.rejects(fetch('http://example.org/'), { code: 'ROSTER_INVALID_OPTION' })
})

t.test('a redirect to another origin leaves the service', async t => {
  const other = await fakeServer(t, () => ({ body: 'elsewhere' }))
  const a = await testInstance(t, 'a', (_request, response) => { response.writeHead(302, { location: `${other.address}/there` }).end() })
  const { fetch } = testService(t, [a])
  t.equal(await (await fetch('/')).text(), 'elsewhere')
  t.equal(a.seen, 1)
})

t.test('a body is streamed as it comes, and back pressure reaches the instance', async t => {
  const second = deferred()
  const a = await testInstance(t, 'a', (_request, response) => { response.write('one'); void second.promise.then(() => response.end('two')) })
  const { fetch, dispatcher } = testService(t, [a])
  const reader = (await fetch('/')).body!.getReader()
  t.equal(Buffer.from((await reader.read()).value as Uint8Array).toString(), 'one')
  t.equal(dispatcher.active, 1, 'under way until its end')
  second.resolve()
  t.equal(Buffer.from((await reader.read()).value as Uint8Array).toString(), 'two')
  t.ok((await reader.read()).done)
  t.equal(dispatcher.active, 0)
  const large = await testInstance(t, 'large', (_request, response) => { response.end(Buffer.alloc(8 * 1024 * 1024, 'x')) })
  const service = testService(t, [large])
  const { body } = await service.dispatcher.request({ path: '/', method: 'GET' })
  let length = 0
  for await (const chunk of body) { length += (chunk as Buffer).length; if (length % 7 === 0) await turn() }
  t.equal(length, 8 * 1024 * 1024)
})

t.test('abort: before the head, within the body, before a connection stands, and before the list is known', async t => {
  const asked = deferred()
  const a = await testInstance(t, 'a', (request, response) => { if (request.url === '/body') response.write('x'); asked.resolve() })
  const { fetch, dispatcher, balancer, source } = testService(t, [a])
  const controller = new AbortController()
  const call = fetch('/head', { signal: controller.signal })
  await asked.promise
  controller.abort()
  await t.rejects(call, { name: 'AbortError' })
  const within = new AbortController()
  const response = await fetch('/body', { signal: within.signal })
  within.abort()
  await t.rejects(response.text(), { name: 'AbortError' })
  // An address that does not answer to a connection at all (RFC 5737).
  source.set([instance('far', 9, { address: '192.0.2.1' })])
  const far = new AbortController()
  const waiting = dispatcher.request({ path: '/', method: 'GET', signal: far.signal })
  far.abort()
  await t.rejects(waiting, { name: 'AbortError' })
  const unknown = testService(t, undefined)
  const early = new AbortController()
  const before = unknown.fetch('/', { signal: early.signal })
  early.abort()
  await t.rejects(before, { name: 'AbortError' })
  while (dispatcher.active > 0) await turn()
  t.equal(balancer.explain().instances[0]!.pending, 0, 'nothing stays in flight')
})

t.test('upgrade: a WebSocket through the service, in flight until it closes', async t => {
  const a = await echo(t)
  const sockets = new WebSocketServer({ server: a.server })
  sockets.on('connection', socket => socket.on('message', data => socket.send(`echo ${String(data)}`)))
  t.teardown(() => { for (const socket of sockets.clients) socket.terminate(); sockets.close() })
  const { dispatcher, balancer } = testService(t, [a])
  const socket = new WebSocket('ws://payments.service.roster/chat', { dispatcher })
  await once(socket, 'open')
  t.equal(balancer.explain().instances[0]!.pending, 1)
  socket.send('hello')
  const [{ data }] = await once(socket, 'message') as [{ data: string }]
  t.equal(data, 'echo hello')
  socket.close()
  await once(socket, 'close')
  while (dispatcher.active > 0) await turn()
  t.equal(balancer.explain().instances[0]!.pending, 0)
})

t.test('close waits for what is under way and takes nothing more; destroy ends it', async t => {
  const go = deferred()
  const asked = deferred()
  const a = await testInstance(t, 'a', (_request, response) => { asked.resolve(); void go.promise.then(() => response.end('done')) })
  const { dispatcher } = testService(t, [a])
  const call = dispatcher.request({ path: '/', method: 'GET' })
  await asked.promise
  const closed = dispatcher.close()
  await t.rejects(dispatcher.request({ path: '/', method: 'GET' }), { code: 'UND_ERR_CLOSED' })
  go.resolve()
  t.equal(await (await call).body.text(), 'done')
  await closed
  const other = testService(t, [await testInstance(t, 'b', () => {})])
  const hanging = other.dispatcher.request({ path: '/', method: 'GET' })
  await turn()
  await other.dispatcher.destroy(new Error('enough'))
  await t.rejects(hanging, { message: 'enough' })
  await t.rejects(other.dispatcher.request({ path: '/', method: 'GET' }), { code: 'UND_ERR_DESTROYED' })
})

t.test('an instance that leaves the list: its call goes on to its end, its connections close', async t => {
  const go = deferred()
  const asked = deferred()
  const a = await testInstance(t, 'a', (_request, response) => { asked.resolve(); void go.promise.then(() => response.end('late')) })
  const b = await echo(t, 'b')
  const { fetch, source } = testService(t, [a])
  const call = fetch('/')
  await asked.promise
  source.set([instance('b', b.port)])
  t.match(await (await fetch('/')).json(), { id: 'b' })
  go.resolve()
  t.equal(await (await call).text(), 'late')
  await new Promise<void>(resolve => {
    const look = () => a.server.getConnections((_error, count) => { if (count === 0) resolve(); else setImmediate(look) })
    look()
  })
})

t.test('Node\'s own fetch and undici\'s with the router for all origins; names go to services, the rest passes', async t => {
  const { dispatcher } = testService(t, [await echo(t)])
  const other = await fakeServer(t, () => ({ body: 'passed through' }))
  const asked: string[] = []
  const router = new OriginRouter({ service: name => { asked.push(name); return dispatcher } })
  t.teardown(() => router.destroy())
  for (const fetch of [globalThis.fetch, undiciFetch] as unknown as ReadonlyArray<typeof undiciFetch>) {
    for (const origin of ['http://payments.service.roster', 'http://Payments.service.consul']) {
      const response = await fetch(`${origin}/x`, { dispatcher: router, method: 'POST', body: 'hi' })
      t.match(await response.json(), { id: 'a', body: 'hi', url: '/x' })
    }
    t.equal(await (await fetch(other.address, { dispatcher: router })).text(), 'passed through')
  }
  t.same(asked, ['payments', 'payments', 'payments', 'payments'])
})

t.test('a handler of the shape since undici 7 and one of that before see the same', async t => {
  const { dispatcher } = testService(t, [await echo(t)])
  const fresh = await new Promise<unknown[]>(resolve => {
    const seen: unknown[] = []
    dispatcher.dispatch({ path: '/', method: 'GET' }, {
      onRequestStart: () => { seen.push('start') },
      onResponseStart: (_controller, status, headers) => { seen.push(status, headers['content-type']) },
      onResponseData: () => {},
      onResponseEnd: () => resolve(seen),
      onResponseError: (_controller, error) => resolve([error]),
    })
  })
  const old = await new Promise<unknown[]>(resolve => {
    const seen: unknown[] = []
    dispatcher.dispatch({ path: '/', method: 'GET' }, {
      onConnect: () => { seen.push('start') },
      onHeaders: (status, raw) => { seen.push(status, raw[raw.findIndex(name => String(name).toLowerCase() === 'content-type') + 1]!.toString()); return true },
      onData: () => true,
      onComplete: () => resolve(seen),
      onError: error => resolve([error]),
    })
  })
  t.same(fresh, ['start', 200, 'application/json'])
  t.same(old, fresh)
})
