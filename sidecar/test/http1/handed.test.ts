// Requests that somebody else answers, over streams: framing stays the proxy's.

import { text } from 'node:stream/consumers'
import t from 'tap'
import type { HandedExchange } from '../../src/http1/handed.js'
import { rawClient, startProxy } from '../support/proxy.js'

const start = (t: Parameters<typeof startProxy>[0], handle: (exchange: HandedExchange) => void) => startProxy(t, undefined, { route: () => ({ handle }) })

t.test('content, headers and trailers go both ways without framing', async t => {
  let seen: unknown
  const proxy = await start(t, exchange => {
    void text(exchange.body).then(body => {
      seen = { body, trailers: exchange.trailers, headers: exchange.rawHeaders.filter(([name]) => /^(X-A|Connection|Transfer-Encoding)$/i.test(name)) }
      exchange.inform(103, [['Link', '</a>']])
      const answer = exchange.respond(200, [['X-B', 'b'], ['Connection', 'close']])
      answer.write('hel')
      answer.trailers([['X-Sum', '1'], ['Content-Length', '7']])
      answer.end('lo')
    })
  })
  const client = rawClient(t, proxy.port).send('POST /p HTTP/1.1\r\nHost: web\r\nX-A: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: t\r\n\r\n')
  await client.until(({ received }) => received.includes('X-Sum: 1\r\n\r\n'))
  t.same(seen, { body: 'abc', trailers: [['X-T', 't']], headers: [['X-A', 'a']] })
  t.match(client.received, /^HTTP\/1\.1 103 \r\nLink: <\/a>\r\n\r\nHTTP\/1\.1 200 \r\nX-B: b\r\nTransfer-Encoding: chunked\r\n/)
  t.ok(client.received.endsWith('3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n'), client.received)
  t.notMatch(client.received, /close|Content-Length: 7/)
})

t.test('less content than announced is cut, a gone client is told of, and a mistake in a field is no answer', async t => {
  const proxy = await start(t, exchange => {
    if (exchange.head.path === '/short') { const answer = exchange.respond(200, [['Content-Length', '5']]); answer.end('hel') }
    if (exchange.head.path === '/bad') { try { exchange.respond(200, [['X', 'a\r\nY: b']]) } catch { exchange.respond(500, [['Content-Length', '0']]).end() } }
    if (exchange.head.path === '/wait') exchange.signal.addEventListener('abort', () => gone())
  })
  let gone = () => {}
  const told = new Promise<void>(resolve => { gone = resolve })
  const short = rawClient(t, proxy.port).send('GET /short HTTP/1.1\r\nHost: web\r\n\r\n')
  await short.until(({ closed, ended }) => closed || ended)
  t.notMatch(short.received, /hel{2}o/)
  const bad = rawClient(t, proxy.port).send('GET /bad HTTP/1.1\r\nHost: web\r\n\r\n')
  await bad.until(({ received }) => received.includes('500'))
  t.notMatch(bad.received, /Y: b/)
  const waiting = rawClient(t, proxy.port).send('GET /wait HTTP/1.1\r\nHost: web\r\n\r\n')
  for (let i = 0; proxy.proxy.active === 0 && i < 500; i++) await new Promise(resolve => { setTimeout(resolve, 5) })
  waiting.socket.destroy()
  await told
})
