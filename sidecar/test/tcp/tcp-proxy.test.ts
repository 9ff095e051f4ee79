// Raw TCP: bytes go through both ways, a dead endpoint is passed over, and each side's end is that of its direction alone.

import { createServer } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { createTcpProxy } from '../../src/tcp/tcp-proxy.js'
import type { TcpProxyOptions, TcpRecord } from '../../src/tcp/tcp-proxy.js'
import { listening, rawClient, rawServer } from '../support/proxy.js'
import { testUpstream } from '../support/upstream.js'

async function start (t: Test, options: TcpProxyOptions) {
  const proxy = createTcpProxy(options)
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => proxy.accept(socket))
  t.teardown(() => { proxy.close(); server.close() })
  return { proxy, port: await listening(server) }
}

t.test('bytes pass both ways, and each direction ends by itself', async t => {
  const { port } = await rawServer(t, socket => socket.on('data', bytes => socket.write(`<${bytes}>`)).on('end', () => { socket.end('last words') }))
  const records: TcpRecord[] = []
  let ended: () => void
  const told = new Promise<void>(resolve => { ended = resolve })
  const proxy = await start(t, { upstream: testUpstream([port]), observer: { ended: record => { records.push(record); ended() } } })
  const client = rawClient(t, proxy.port).send('one')
  await client.until(({ received }) => received === '<one>')
  client.socket.end()
  await client.until(({ ended, received }) => ended && received === '<one>last words')
  await told
  t.match(records, [{ reason: '', attempts: 1, bytesIn: 3, bytesOut: 15, instance: { port } }])
  t.equal(proxy.proxy.connections, 0)
})

t.test('an endpoint that refuses is passed over; when nobody is left the client is reset', async t => {
  const dead = await rawServer(t, () => {})
  await new Promise<void>(resolve => { dead.server.close(() => resolve()) })
  const { port } = await rawServer(t, socket => socket.on('data', () => socket.end('ok')))
  const upstream = testUpstream([dead.port, port], { balance: { policy: 'round_robin', outlier: false } })
  const reasons: string[] = []
  const proxy = await start(t, { upstream, observer: { ended: ({ reason }) => { reasons.push(reason) } } })
  for (let i = 0; i < 4; i++) await rawClient(t, proxy.port).send('x').until(({ received }) => received === 'ok')
  upstream.set()
  const client = rawClient(t, proxy.port)
  await client.until(({ closed, ended }) => closed || ended)
  t.equal(reasons.at(-1), 'no-instances')
})

t.test('drain waits, then cuts', async t => {
  const { port, sockets } = await rawServer(t, socket => socket.on('data', bytes => socket.write(bytes)))
  const proxy = await start(t, { upstream: testUpstream([port]) })
  const client = rawClient(t, proxy.port).send('x')
  await client.until(({ received }) => received === 'x')
  t.equal(await proxy.proxy.drain(20), false)
  await client.until(({ closed, ended }) => closed || ended)
  t.equal(proxy.proxy.connections, 0)
  for (let i = 0; sockets.size > 0 && i < 500; i++) await new Promise(resolve => { setTimeout(resolve, 5) })
  t.equal(sockets.size, 0)
})
