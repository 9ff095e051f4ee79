// Laws of HTTP/2 ping checks: a server that answers a PING is passing, with TLS unless told otherwise; anything else is critical, saying how far it came.
import t from 'tap'
import { createSecureServer, createServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:tls'
import { outcome, tlsFile } from '../../support/check-run.js'
import { freePort, listen, listenRaw } from '../../support/listen.js'

const key = tlsFile('localhost.key')
const cert = tlsFile('localhost.crt')

t.test('plain and with TLS', async t => {
  const plain = await listen(t, createServer())
  const secure = await listen(t, createSecureServer({ key, cert }))
  t.equal(await outcome({ h2ping: `127.0.0.1:${plain}`, h2pingUseTls: false }), 'passing: HTTP2 ping was successful')
  t.equal(await outcome({ h2ping: `127.0.0.1:${secure}` }), 'passing: HTTP2 ping was successful')
  t.equal(await outcome({ h2ping: `127.0.0.1:${plain}` }), `critical: Failed to dial to 127.0.0.1:${plain}: tls: first record does not look like a TLS handshake`)
  t.equal(await outcome({ h2ping: `127.0.0.1:${secure}`, tlsServerName: 'other.example' }), `critical: Failed to dial to 127.0.0.1:${secure}: tls: failed to verify certificate: x509: certificate is valid for localhost, not other.example`)
})

t.test('nobody there, and no target', async t => {
  const free = await freePort()
  t.equal(await outcome({ h2ping: `127.0.0.1:${free}` }), `critical: Failed to dial to 127.0.0.1:${free}: dial tcp 127.0.0.1:${free}: connect: connection refused`)
  t.equal(await outcome({ h2ping: 'no-port' }), 'critical: Failed to dial to no-port: dial tcp: address no-port: missing port in address')
})

t.test('servers that speak something else', async t => {
  const check = async (port: number, h2pingUseTls = false) => outcome({ h2ping: `127.0.0.1:${port}`, h2pingUseTls }, { timeoutMs: 300 })
  t.match(await check(await listenRaw(t, socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))), /^critical: HTTP2 ping failed: http2: frame too large/)
  t.equal(await check(await listenRaw(t, socket => socket.end())), 'critical: HTTP2 ping failed: EOF')
  t.equal(await check(await listenRaw(t, () => {})), 'critical: HTTP2 ping failed: context deadline exceeded')
  const http1 = await listen(t, createTlsServer({ key, cert, ALPNProtocols: ['http/1.1'] }))
  t.equal(await check(http1, true), `critical: Failed to dial to 127.0.0.1:${http1}: remote error: tls: no application protocol`)
  const noAlpn = await listen(t, createTlsServer({ key, cert }))
  t.equal(await check(noAlpn, true), `critical: Failed to dial to 127.0.0.1:${noAlpn}: remote error: tls: no application protocol`)
})
