// Whatever bytes come, the proxy lives on, and what it hands on is read without complaint by a parser that is not its own.

import fc from 'fast-check'
import t from 'tap'
import { httpServer, rawClient, startProxy } from '../support/proxy.js'
import { testUpstream } from '../support/upstream.js'

const seeds = [
  'GET /a?b HTTP/1.1\r\nHost: web\r\nX-Y: z\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nhello',
  'POST /a HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
  'GET http://web/a HTTP/1.1\r\nHost: web\r\nConnection: close, X-H\r\nX-H: 1\r\n\r\n',
  'GET /a HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw',
]
const spices = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', 'chunked', '0\r\n\r\n', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: b\r\n', '\xff', 'HTTP/1.0', '%', '\x0b', '_', '-1', 'GET / HTTP/1.1\r\nHost: c\r\n\r\n']

/** A message with a few things put in, taken out or doubled. */
const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(4), fc.oneof(fc.constantFrom(...spices), fc.string({ unit: 'binary-ascii', maxLength: 3 }))), { minLength: 1, maxLength: 4 }))
  .map(([seed, edits]) => edits.reduce((text, [where, cut, put]) => { const at = Math.floor(where * text.length); return text.slice(0, at) + put + text.slice(at + cut) }, seed))

t.test('mutated requests', async t => {
  const complaints: string[] = []
  const { port, server } = await httpServer(t, (req, res) => { req.resume().on('end', () => res.end('ok')).on('error', () => {}) })
  // A connection that we end in the middle is what is left of a request that was refused later on; of methods Node knows a list, where any token is one.
  server.on('clientError', (error: Error & { code?: string, rawPacket?: Buffer }, socket) => { if (!/ECONNRESET|HPE_INVALID_EOF_STATE|HPE_INVALID_METHOD/.test(error.code ?? '')) complaints.push(`${error.code} ${error.message} in ${JSON.stringify(String(error.rawPacket))}`); socket.destroy() })
  server.on('upgrade', (_req, socket) => { socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n') })
  const { port: proxyPort, proxy } = await startProxy(t, testUpstream([port], { balance: { outlier: false } }), { limits: { lingerMs: 20 } })
  await fc.assert(fc.asyncProperty(mutated, async message => {
    const client = rawClient(t, proxyPort).send(message)
    await client.until(({ received, ended, closed }) => received !== '' || ended || closed, 60).catch(() => {})
    client.socket.destroy()
    if (complaints.length > 0) throw new Error(`${complaints[0]} after ${JSON.stringify(message)}`)
  }), { numRuns: 150, seed: Number(process.env['FUZZ_SEED'] ?? 7) })
  const client = rawClient(t, proxyPort).send('GET /alive HTTP/1.1\r\nHost: web\r\n\r\n')
  await client.until(({ received }) => received.endsWith('ok') || /ok\r\n0\r\n\r\n$/.test(received))
  client.socket.destroy()
  for (let i = 0; (proxy.connections > 0 || proxy.active > 0) && i < 600; i++) await new Promise(resolve => { setTimeout(resolve, 5) })
  t.equal(proxy.active, 0, 'nothing is left under way')
  t.equal(proxy.connections, 0, 'and no connection')
})
