// Laws of a watch connection: many subscriptions, frames in order, resumed or begun anew and told which, alive or ended with a typed error, and nothing grows without bound.
import t from 'tap'
import type { Test } from 'tap'
import { createApi, isAborted, isClosed, isDecodeError, isPermissionDenied, isSubscriptionError, isTimeout, isUnreachable, isWatchClosed, isWatchUnsupported } from '../../src/index.js'
import type { ProgressFrame, RosterClientError, RowsFrame, Subscriber, TransportOptions, WatchOptions } from '../../src/index.js'
import { deadAddress, fakeServer, rawServer } from '../support/fake-server.js'
import { watchServer } from '../support/watch-server.js'

const client = (t: Test, address: string | string[], options: TransportOptions = {}) => { const api = createApi({ address, ...options }, {}); t.teardown(() => api.close()); return api }
const open = async (t: Test, address: string, options: WatchOptions = {}, transport: TransportOptions = {}) => {
  const watch = await client(t, address, transport).watch.open(options)
  t.teardown(() => watch.close())
  return watch
}
const failure = async (promise: Promise<unknown>): Promise<RosterClientError> => { try { await promise } catch (error) { return error as RosterClientError } throw new Error('did not fail') }

/** Gathers what a subscriber is told; `next` gives the frames one by one, `over` how it ended. */
function gather () {
  const frames: Array<RowsFrame<unknown> | ProgressFrame> = []
  const waiting: Array<(frame: RowsFrame<unknown> | ProgressFrame) => void> = []
  let end!: (error: RosterClientError | undefined) => void
  const over = new Promise<RosterClientError | undefined>(resolve => { end = resolve })
  let ends = 0
  const subscriber: Subscriber<'services'> = {
    frame: frame => { const take = waiting.shift(); if (take === undefined) frames.push(frame); else take(frame) },
    end: error => { ends++; end(error) },
  }
  return { subscriber, over, get ends () { return ends }, get frames () { return frames }, next: () => frames.length > 0 ? Promise.resolve(frames.shift()!) : new Promise<RowsFrame<unknown> | ProgressFrame>(resolve => waiting.push(resolve)) }
}
const rows = (id: string, type: string, index: number, upserts: unknown[] = [], removes: string[] = []) => ({ id, type, index, upserts, removes })

t.test('the token, the subprotocol and the prefix are sent', async t => {
  const server = await watchServer(t, undefined, { path: '/reg/v1/watch' })
  await open(t, `${server.address}/reg`, {}, { token: 'T', auth: 'u:p' })
  const { request, socket } = await server.connection()
  t.match(request.headers, { 'x-consul-token': 'T', authorization: /^Basic / })
  t.equal(socket.protocol, 'roster.v1')
})

t.test('several subscriptions on one connection: each gets its own frames, in order', async t => {
  const server = await watchServer(t, (frame, say) => {
    if (frame.op !== 'sub') return
    say(rows(frame.id, 'snapshot', 5, [{ Key: 'a', Name: frame.kind }]))
    say(rows(frame.id, 'change', 6, [], ['a']))
    say({ id: frame.id, type: 'progress', index: 9 })
  })
  const watch = await open(t, server.address)
  const [one, two] = [gather(), gather()]
  watch.subscribe('services', {}, one.subscriber)
  watch.subscribe('health', { service: 'web', passing: true, tag: ['v1'] }, two.subscriber as unknown as Subscriber<'health'>)
  for (const [gathered, kind] of [[one, 'services'], [two, 'health']] as const) {
    t.match(await gathered.next(), { type: 'snapshot', index: 5, upserts: [{ Key: 'a', Name: kind }], removes: [] })
    t.match(await gathered.next(), { type: 'change', index: 6, removes: ['a'] })
    t.match(await gathered.next(), { type: 'progress', index: 9 })
  }
  t.same((await server.connection()).heard.map(f => f.op === 'sub' && [f.kind, f.params, f.since]), [['services', {}, undefined], ['health', { service: 'web', passing: true, tag: ['v1'] }, undefined]])
  t.equal(watch.subscriptions, 2)
})

t.test('since is passed on; whether it was honoured is the first frame\'s type', async t => {
  const server = await watchServer(t, (frame, say) => { if (frame.op === 'sub') say(frame.since === 7 ? { id: frame.id, type: 'progress', index: 9 } : rows(frame.id, 'resync', 9)) })
  const watch = await open(t, server.address)
  const [known, forgotten] = [gather(), gather()]
  watch.subscribe('services', {}, known.subscriber, { since: 7 })
  watch.subscribe('services', {}, forgotten.subscriber, { since: 2 })
  t.equal((await known.next()).type, 'progress')
  t.equal((await forgotten.next()).type, 'resync')
})

t.test('acknowledgements of one turn become one frame, the newest', async t => {
  const server = await watchServer(t)
  const watch = await open(t, server.address)
  const a = watch.subscribe('services', {}, gather().subscriber)
  const b = watch.subscribe('nodes', {}, { frame: () => {} })
  a.ack(5)
  a.ack(7)
  a.ack(6)
  b.ack(3)
  t.same(await server.frame(2), { op: 'ack', id: a.id, index: 7 })
  t.same(await server.frame(3), { op: 'ack', id: b.id, index: 3 })
})

t.test('closing a subscription tells the server, ends it once, and lets late frames pass', async t => {
  let say!: (frame: unknown) => void
  const server = await watchServer(t, (_, tell) => { say = tell })
  const watch = await open(t, server.address)
  const [closed, other] = [gather(), gather()]
  const subscription = watch.subscribe('services', {}, closed.subscriber)
  watch.subscribe('services', {}, other.subscriber)
  await server.frame(1)
  subscription.close()
  subscription.close()
  subscription.ack(9)
  t.equal(await closed.over, undefined)
  t.same(await server.frame(2), { op: 'unsub', id: subscription.id })
  say(rows(subscription.id, 'change', 1))
  say(rows('2', 'snapshot', 2))
  t.equal((await other.next()).index, 2)
  t.equal(closed.frames.length, 0)
  t.equal(closed.ends, 1)
})

t.test('an error frame ends its subscription only', async t => {
  const server = await watchServer(t, (frame, say) => { if (frame.op === 'sub') say(frame.kind === 'edges' ? { id: frame.id, type: 'error', error: 'unknown kind "edges"' } : rows(frame.id, 'snapshot', 1)) })
  const watch = await open(t, server.address)
  const [refused, fine] = [gather(), gather()]
  watch.subscribe('edges', {}, refused.subscriber as unknown as Subscriber<'edges'>)
  watch.subscribe('services', {}, fine.subscriber)
  const error = await refused.over
  t.ok(isSubscriptionError(error))
  t.equal(error?.message, 'unknown kind "edges"')
  t.equal((await fine.next()).type, 'snapshot')
  t.equal(watch.subscriptions, 1)
})

t.test('a complaint about no subscription in particular ends the connection', async t => {
  const server = await watchServer(t, (_, say) => say({ id: '', type: 'error', index: 0, upserts: [], removes: [], error: 'a frame must be JSON' }))
  const watch = await open(t, server.address)
  watch.subscribe('services', {}, gather().subscriber)
  t.match(await watch.closed, { code: 'ROSTER_WATCH_CLOSED', message: /a frame must be JSON/ })
})

t.test('types and fields of a later version are passed over', async t => {
  const server = await watchServer(t, (frame, say) => { say({ id: frame.id, type: 'hologram', index: 1 }); say({ ...rows((frame as { id: string }).id, 'snapshot', 2), shiny: true }) })
  const watch = await open(t, server.address)
  const gathered = gather()
  watch.subscribe('services', {}, gathered.subscriber)
  t.match(await gathered.next(), { type: 'snapshot', index: 2 })
})

t.test('lists that are absent or null are empty', async t => {
  const server = await watchServer(t, (frame, say) => say({ id: frame.id, type: 'snapshot', index: 3, upserts: null }))
  const watch = await open(t, server.address)
  const gathered = gather()
  watch.subscribe('services', {}, gathered.subscriber)
  t.same(await gathered.next(), { id: '1', type: 'snapshot', index: 3, upserts: [], removes: [] })
})

for (const garbage of ['<html>', '{"id":"1"', '[]', 'null', '{"type":"snapshot"}', '{"id":"1","type":"change","index":"x"}', '{"id":"1","type":"change","index":1,"upserts":[{"Name":1}]}', '{"id":"1","type":"change","index":1,"removes":{}}']) {
  t.test(`a frame that cannot be read ends the connection: ${garbage}`, async t => {
    const server = await watchServer(t, (_, say) => say(garbage))
    const watch = await open(t, server.address)
    const gathered = gather()
    watch.subscribe('services', {}, gathered.subscriber)
    t.ok(isDecodeError(await gathered.over))
    t.ok(isDecodeError(await watch.closed))
    t.equal(gathered.ends, 1)
  })
}

t.test('a subscriber that throws is ended with its own error; the others go on', async t => {
  const server = await watchServer(t, (frame, say) => { if (frame.op === 'sub') say(rows(frame.id, 'snapshot', 1)) })
  const watch = await open(t, server.address)
  let ended: unknown
  watch.subscribe('services', {}, { frame: () => { throw new Error('mine') }, end: error => { ended = error; throw new Error('mine too') } })
  const other = gather()
  watch.subscribe('services', {}, other.subscriber)
  await other.next()
  t.match(ended, { code: 'ROSTER_SUBSCRIPTION', cause: { message: 'mine' } })
})

t.test('the server ends the connection: every subscription learns why, once', async t => {
  const server = await watchServer(t)
  const watch = await open(t, server.address)
  const gathered = gather()
  watch.subscribe('services', {}, gathered.subscriber)
  await server.frame(0)
  ;(await server.connection()).socket.close(1001, 'going away')
  const error = await gathered.over
  t.ok(isWatchClosed(error))
  t.match(error, { closeCode: 1001, reason: 'going away', message: 'The registry ended the watch connection: 1001 (going away)', address: server.address })
  t.equal(await watch.closed, error)
  t.equal(gathered.ends, 1)
  t.throws(() => watch.subscribe('services', {}, gathered.subscriber), { code: 'ROSTER_WATCH_CLOSED' })
})

t.test('a connection that breaks is an error without a farewell', async t => {
  const server = await watchServer(t)
  const watch = await open(t, server.address)
  ;(await server.connection()).socket.terminate()
  t.match(await watch.closed, { code: 'ROSTER_WATCH_CLOSED', closeCode: 1006, message: 'The watch connection was lost' })
})

t.test('close says farewell and settles without an error', async t => {
  const server = await watchServer(t)
  const watch = await open(t, server.address)
  const gathered = gather()
  watch.subscribe('services', {}, gathered.subscriber)
  const { socket } = await server.connection()
  const code = new Promise(resolve => socket.on('close', resolve))
  await watch.close()
  await watch.close()
  t.equal(await gathered.over, undefined)
  t.equal(await watch.closed, undefined)
  t.equal(await code, 1000)
})

t.test('close does not wait for a server that does not answer the farewell', async t => {
  const address = await rawServer(t, socket => handshake(socket))
  const watch = await open(t, address)
  await watch.close()
  t.pass('ended')
})

t.test('a silent server is found by its missing answer to a ping', async t => {
  const server = await watchServer(t, undefined, { autoPong: false })
  const watch = await open(t, server.address, { pingMs: 20, pongTimeoutMs: 40 })
  const error = await watch.closed
  t.ok(isUnreachable(error))
  t.match(error?.message, /no sign of life for 40 ms/)
})

t.test('a server that answers pings is kept, however silent otherwise', async t => {
  const server = await watchServer(t)
  const watch = await open(t, server.address, { pingMs: 10, pongTimeoutMs: 30_000 })
  const { socket } = await server.connection()
  let pings = 0
  await new Promise<void>(resolve => socket.on('ping', () => { if (++pings === 5) resolve() }))
  let over = false
  void watch.closed.then(() => { over = true })
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(over)
})

t.test('a server that does not read is left at the bound of what may wait', async t => {
  const address = await rawServer(t, socket => handshake(socket, () => socket.pause()))
  const watch = await open(t, address, { maxBufferedBytes: 64 * 1024 })
  const filter = 'x'.repeat(100_000)
  for (let sent = 0; sent < 200; sent++) {
    try { watch.subscribe('nodes', { filter }, { frame: () => {} }) } catch { break }
  }
  t.match((await watch.closed)?.message, /does not read: more than 65536 bytes/)
})

t.test('a message beyond the limit ends the connection', async t => {
  const server = await watchServer(t, (frame, say) => say(rows(frame.id!, 'snapshot', 1, [{ Key: 'a', Name: 'x'.repeat(5000) }])))
  const watch = await open(t, server.address, {}, { maxAnswerBytes: 1000 })
  watch.subscribe('services', {}, gather().subscriber)
  t.ok(isWatchClosed(await watch.closed))
})

t.test('opening: no such endpoint, not allowed, nobody there, nobody answering, not wanted any more', async t => {
  const consul = await fakeServer(t, () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'Invalid URL path' }))
  t.ok(isWatchUnsupported(await failure(client(t, consul.address).watch.open())))
  const upgradeless = await fakeServer(t, () => ({ status: 200, body: '{}' }))
  t.ok(isWatchUnsupported(await failure(client(t, upgradeless.address).watch.open())))
  const strict = await fakeServer(t, () => ({ status: 403, headers: { 'content-type': 'text/plain' }, body: 'Permission denied: token lacks "service:read"' }))
  const denied = await failure(client(t, strict.address).watch.open())
  t.ok(isPermissionDenied(denied))
  t.equal(denied.message, 'Unexpected response code: 403 (Permission denied: token lacks "service:read")')
  const dead = await deadAddress()
  const refused = await failure(client(t, dead.address).watch.open())
  t.ok(isUnreachable(refused))
  t.equal(refused.message, `Get "ws://127.0.0.1:${dead.port}/v1/watch": dial tcp 127.0.0.1:${dead.port}: connect: connection refused`)
  const silent = await rawServer(t, () => {})
  t.ok(isTimeout(await failure(client(t, silent).watch.open({ openTimeoutMs: 40 }))))
  const controller = new AbortController()
  const opening = failure(client(t, silent).watch.open({ signal: controller.signal }))
  controller.abort()
  t.ok(isAborted(await opening))
  const closing = client(t, silent)
  const closed = failure(closing.watch.open())
  await closing.close()
  t.ok(isClosed(await closed))
  const other = await watchServer(t, undefined, { handleProtocols: () => false })
  t.ok(isWatchUnsupported(await failure(client(t, other.address).watch.open())), 'another subprotocol')
})

t.test('of several servers the first that will have it', async t => {
  const [dead, server] = [await deadAddress(), await watchServer(t)]
  const watch = await client(t, [dead.address, server.address]).watch.open()
  t.equal(watch.address, server.address)
  await watch.close()
})

/** The server's half of the opening handshake (RFC 6455, 4.2.2), and nothing after it. */
function handshake (socket: import('node:net').Socket, then: () => void = () => {}): void {
  socket.once('data', data => {
    const key = /sec-websocket-key: (.*)\r\n/i.exec(String(data))![1]!
    void import('node:crypto').then(({ createHash }) => {
      const accept = createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: roster.v1\r\n\r\n`)
      then()
    })
  })
}
