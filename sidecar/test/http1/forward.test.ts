// Requests go through, and answers come back, as they were.

import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { httpServer, rawClient, startProxy } from '../support/proxy.js'
import { testUpstream } from '../support/upstream.js'

const get = (options: Parameters<typeof request>[1], body?: Buffer | string): Promise<{ readonly answer: IncomingMessage, readonly body: Buffer }> => new Promise((resolve, reject) => {
  const outgoing = request(options as object, answer => { buffer(answer).then(body => resolve({ answer, body }), reject) })
  outgoing.on('error', reject)
  outgoing.end(body)
})

t.test('a GET reaches a server from the list and its answer the client', async t => {
  const { port } = await httpServer(t, (req, res) => { res.end(`${req.method} ${req.url} of ${req.headers.host}`) })
  const proxy = await startProxy(t, testUpstream([port]))
  const { answer, body } = await get({ port: proxy.port, path: '/a?b=c' })
  t.equal(answer.statusCode, 200)
  t.equal(body.toString(), `GET /a?b=c of localhost:${proxy.port}`)
})

t.test('connections are kept on both sides', async t => {
  const ports = new Set<number | undefined>()
  const { port } = await httpServer(t, (req, res) => { ports.add(req.socket.remotePort); res.end('x') })
  const proxy = await startProxy(t, testUpstream([port]))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  for (let i = 0; i < 5; i++) t.equal((await get({ port: proxy.port, agent })).body.toString(), 'x')
  t.equal(ports.size, 1)
  t.equal(proxy.proxy.connections, 1)
  t.equal(proxy.proxy.upstreamConnections, 1)
})

t.test('bodies of any size pass, with a length and in chunks, both ways', async t => {
  const { port } = await httpServer(t, (req, res) => {
    if (req.headers['content-length'] !== undefined) res.setHeader('content-length', req.headers['content-length'])
    req.pipe(res)
  })
  const proxy = await startProxy(t, testUpstream([port]))
  for (const size of [0, 1, 4096, 100_000, 3_000_000]) {
    const body = Buffer.alloc(size, 'abcdefg')
    for (const headers of [{ 'content-length': size }, { 'transfer-encoding': 'chunked' }]) {
      const { answer, body: echoed } = await get({ port: proxy.port, method: 'POST', headers }, body)
      t.equal(answer.statusCode, 200)
      t.ok(echoed.equals(body), `${size} bytes, ${Object.keys(headers)[0]}`)
    }
  }
})

t.test('requests sent ahead are answered in their order', async t => {
  const { port } = await httpServer(t, (req, res) => { setTimeout(() => res.end(req.url), req.url === '/1' ? 20 : 0) })
  const proxy = await startProxy(t, testUpstream([port]))
  const client = rawClient(t, proxy.port)
  client.send(['/1', '/2', '/3'].map(path => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
  await client.until(({ received }) => received.includes('/3'))
  t.match(client.received, /\/1[^]*\/2[^]*\/3/)
})
