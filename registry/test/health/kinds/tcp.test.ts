// Laws of TCP checks: a port that takes the connection is passing; everything else is critical, in the words of Go; TLS only if it is asked for.
import t from 'tap'
import { createServer as createTlsServer } from 'node:tls'
import { Resolver } from '../../../src/health/net/resolver.js'
import { outcome, runCheck, tlsFile } from '../../support/check-run.js'
import { freePort, listen, listenRaw } from '../../support/listen.js'

t.test('passing, refused, unknown, ill-formed', async t => {
  const port = await listenRaw(t, () => {})
  const free = await freePort()
  const names = { resolver: new Resolver(async host => host === 'here.example' ? ['127.0.0.1'] : Promise.reject(new Error(`lookup ${host} on 192.0.2.53:53: no such host`))) }
  t.equal(await outcome({ tcp: `127.0.0.1:${port}` }), `passing: TCP connect 127.0.0.1:${port}: Success`)
  t.equal(await outcome({ tcp: `here.example:${port}` }, names), `passing: TCP connect here.example:${port}: Success`)
  t.equal(await outcome({ tcp: `127.0.0.1:${free}` }), `critical: dial tcp 127.0.0.1:${free}: connect: connection refused`)
  t.equal(await outcome({ tcp: `[::1]:${free}` }), `critical: dial tcp [::1]:${free}: connect: connection refused`)
  t.equal(await outcome({ tcp: `nope.example:${free}` }, names), 'critical: dial tcp: lookup nope.example on 192.0.2.53:53: no such host')
  t.equal(await outcome({ tcp: 'no-port' }), 'critical: dial tcp: address no-port: missing port in address')
  t.equal(await outcome({ tcp: '127.0.0.1:99999' }), 'critical: dial tcp: address 99999: invalid port')
})

t.test('of several addresses the first that answers counts, else the first failure', async t => {
  const port = await listenRaw(t, () => {})
  const free = await freePort()
  const resolver = new Resolver(async () => ['::1', '127.0.0.1'])
  t.equal(await outcome({ tcp: `both.example:${port}` }, { resolver }), `passing: TCP connect both.example:${port}: Success`)
  t.equal(await outcome({ tcp: `both.example:${free}` }, { resolver }), `critical: dial tcp [::1]:${free}: connect: connection refused`)
})

t.test('TLS: right name, wrong name, expired, unknown authority, no verification', async t => {
  const start = async (name: string) => listen(t, createTlsServer({ key: tlsFile(`${name}.key`), cert: tlsFile(`${name}.crt`) }))
  const [good, other, old] = [await start('localhost'), await start('elsewhere'), await start('expired')]
  const tls = { tcpUseTls: true }
  t.equal(await outcome({ tcp: `127.0.0.1:${good}`, ...tls }), `passing: TCP+TLS connect 127.0.0.1:${good}: Success`)
  t.equal(await outcome({ tcp: `127.0.0.1:${other}`, ...tls, tlsServerName: 'elsewhere.example' }), `passing: TCP+TLS connect 127.0.0.1:${other}: Success`)
  t.equal(await outcome({ tcp: `127.0.0.1:${other}`, ...tls }), "critical: tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs")
  t.equal(await outcome({ tcp: `127.0.0.1:${other}`, ...tls, tlsServerName: 'web.example' }), 'critical: tls: failed to verify certificate: x509: certificate is valid for elsewhere.example, not web.example')
  t.equal(await outcome({ tcp: `127.0.0.1:${old}`, ...tls }), 'critical: tls: failed to verify certificate: x509: certificate has expired or is not yet valid')
  t.equal(await outcome({ tcp: `127.0.0.1:${old}`, ...tls, tlsSkipVerify: true }), `passing: TCP+TLS connect 127.0.0.1:${old}: Success`)
})

t.test('TLS against servers that speak none: plain text, silence, a closed door', async t => {
  const plain = await listenRaw(t, socket => socket.end('hello, this is no TLS'))
  const silent = await listenRaw(t, () => {})
  const closes = await listenRaw(t, socket => socket.end())
  const check = (port: number) => ({ tcp: `127.0.0.1:${port}`, tcpUseTls: true })
  t.equal(await outcome(check(plain)), 'critical: tls: first record does not look like a TLS handshake')
  t.equal(await outcome(check(silent), { timeoutMs: 50 }), 'critical: context deadline exceeded')
  t.equal(await outcome(check(closes)), 'critical: EOF')
})

t.test('a run that is cut short ends at once and leaves no socket', async t => {
  let closed: () => void = () => {}
  const gone = new Promise<void>(resolve => { closed = resolve })
  const port = await listenRaw(t, socket => socket.once('close', closed))
  const abort = new AbortController()
  const run = runCheck({ tcp: `127.0.0.1:${port}`, tcpUseTls: true }, {}, abort.signal)
  setImmediate(() => abort.abort())
  t.match(await run, { status: 'critical', output: 'context canceled' })
  await gone
})
