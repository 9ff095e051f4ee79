// Laws of errors: a refusal is one class with the text that command lines print; every failure of the wire has the text that Go's client gives it; garbage is never an answer.
import { createServer } from 'node:https'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import {
  AclDisabledError, createApi, isAclDisabled, isDecodeError, isNoLeader, isNoSuchDatacenter, isNotFound, isPermissionDenied, isRateLimited, isRefused, isRosterClientError, isUnreachable,
  NotFoundError, UnexpectedStatusError, UnreachableError,
} from '../../src/index.js'
import type { TransportOptions } from '../../src/index.js'
import { deadAddress, fakeServer, rawServer } from '../support/fake-server.js'

const ask = async (t: Test, address: string, options: TransportOptions = {}): Promise<Error> => {
  const api = createApi({ address, timeoutMs: 30_000, ...options }, {})
  t.teardown(() => api.close())
  try { await api.health.service('web') } catch (error) { return error as Error }
  throw new Error('was answered')
}

for (const [status, body, is, message] of [
  [500, 'No cluster leader', isNoLeader, 'Unexpected response code: 500 (No cluster leader)'],
  [500, 'rpc error making call: No cluster leader', isNoLeader, 'Unexpected response code: 500 (rpc error making call: No cluster leader)'],
  [500, 'No path to datacenter', isNoSuchDatacenter, 'Unexpected response code: 500 (No path to datacenter)'],
  [401, 'ACL support disabled', isAclDisabled, 'Unexpected response code: 401 (ACL support disabled)'],
  [403, 'Permission denied', isPermissionDenied, 'Unexpected response code: 403 (Permission denied)'],
  [404, 'Session id \'x\' not found\n', isNotFound, 'Unexpected response code: 404 (Session id \'x\' not found)'],
  [429, 'slow down', isRateLimited, 'Unexpected response code: 429 (slow down)'],
  [503, '', isRefused, 'Unexpected response code: 503'],
  [307, '<a href="/x">', isRefused, 'Unexpected response code: 307 (<a href="/x">)'],
] as const) {
  t.test(`status ${status} ${body.trim()}`, async t => {
    const server = await fakeServer(t, () => ({ status, headers: { 'content-type': 'text/plain', 'retry-after': '3', 'x-consul-index': '5' }, body }))
    const error = await ask(t, server.address)
    t.ok(is(error) && isRefused(error) && isRosterClientError(error))
    t.match(error, { message, status, method: 'GET', url: `${server.address}/v1/health/service/web`, retryAfterMs: 3000, index: 5 })
  })
}

t.test('a refusal text is cut, not kept whole', async t => {
  const server = await fakeServer(t, () => ({ status: 500, body: 'x'.repeat(100_000) }))
  t.equal((await ask(t, server.address) as UnexpectedStatusError).body.length, 4096)
})

t.test('predicates hold for another copy of the package and for nothing else', async t => {
  const other = Object.assign(new Error('x'), { code: 'ROSTER_NOT_FOUND' })
  t.notOk(isNotFound(other), 'a code alone is not enough')
  Object.defineProperty(other, Symbol.for('@roster/client.error'), { value: true })
  t.ok(isNotFound(other))
  t.ok(isAclDisabled(new AclDisabledError({ status: 401, body: '' })))
  t.notOk(isNotFound(new AclDisabledError({ status: 401, body: '' })))
  t.notOk(isNotFound(undefined))
  t.equal(new NotFoundError({ status: 404, body: '' }).name, 'NotFoundError')
})

t.test('nobody listens', async t => {
  const { address, port } = await deadAddress()
  const error = await ask(t, address)
  t.ok(isUnreachable(error))
  t.equal(error.message, `Get "${address}/v1/health/service/web": dial tcp 127.0.0.1:${port}: connect: connection refused`)
  t.equal((error as UnreachableError).sent, false)
})

t.test('a socket file that is not there', async t => {
  const error = await ask(t, 'unix:///nowhere/r.sock')
  t.equal(error.message, 'Get "http://localhost/v1/health/service/web": dial unix /nowhere/r.sock: connect: no such file or directory')
})

t.test('a name that is not known', async t => {
  const error = await ask(t, 'http://registry.invalid:8500')
  t.ok(isUnreachable(error))
  t.match(error.message, /^Get "http:\/\/registry\.invalid:8500\/v1\/health\/service\/web": dial tcp: lookup registry\.invalid: /)
  t.equal((error as UnreachableError).sent, false)
})

for (const [what, talk, message] of [
  ['hangs up at once', (s: import('node:net').Socket) => { s.destroy() }, /EOF|connection reset by peer/],
  ['hangs up after the request', (s: import('node:net').Socket) => { s.once('data', () => s.end()) }, /": EOF$/],
  ['resets', (s: import('node:net').Socket) => { s.once('data', () => s.resetAndDestroy()) }, /connection reset by peer|EOF/],
  ['is no HTTP server', (s: import('node:net').Socket) => { s.once('data', () => s.end('220 mail.example.org ESMTP\r\n')) }, /malformed HTTP response/],
  ['cuts the body', (s: import('node:net').Socket) => { s.once('data', () => s.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\nContent-Type: application/json\r\n\r\n[{"a"')) }, /": unexpected EOF$/],
  ['cuts a chunked body', (s: import('node:net').Socket) => { s.once('data', () => s.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5\r\n[{"a"\r\n')) }, /": unexpected EOF$/],
] as const) {
  t.test(`a server that ${what}`, async t => {
    const error = await ask(t, await rawServer(t, talk))
    t.ok(isUnreachable(error), error.message)
    t.match(error.message, message)
    t.equal((error as UnreachableError).sent, true)
  })
}

for (const [what, reply, message] of [
  ['HTML with 200', { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html><body>welcome' }, /expected JSON, got text\/html: "<html><body>welcome"$/],
  ['JSON cut short', { body: '[{"Node":' }, /this is not JSON, or cut short/],
  ['JSON of another kind', { body: { hello: 1 } }, /the answer should be a list, not an object$/],
  ['rows that are no instances', { body: [{ Node: {}, Service: null }] }, /the answer\[0\]\["Service"\] should be an object, not null$/],
  ['another content type', { headers: { 'content-type': 'application/octet-stream' }, body: '[]' }, /expected JSON, got application\/octet-stream/],
  ['nothing at all', {}, /expected JSON, got an empty answer/],
  ['bytes', { body: Buffer.from([0, 255, 254]) }, /this is not JSON/],
] as const) {
  t.test(`garbage: ${what}`, async t => {
    const server = await fakeServer(t, () => reply)
    const error = await ask(t, server.address)
    t.ok(isDecodeError(error), error.message)
    t.match(error, { status: 200, message: new RegExp(`^Get "${server.address}/v1/health/service/web": `) })
    t.match(error.message, message)
  })
}

t.test('a page of a proxy is not a registration', async t => {
  const server = await fakeServer(t, () => ({ headers: { 'content-type': 'text/html' }, body: '<html>' }))
  const api = createApi({ address: server.address }, {})
  t.teardown(() => api.close())
  await t.rejects(api.agent.registerService({ Name: 'web' }), { code: 'ROSTER_DECODE' })
})

t.test('TLS', async t => {
  const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
  const cert = fixture('tls-cert.pem')
  const server = createServer({ cert, key: fixture('tls-key.pem') }, (_, response) => { response.setHeader('content-type', 'application/json'); response.end('[]') })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const { port } = server.address() as AddressInfo
  const address = `https://127.0.0.1:${port}`

  t.match((await ask(t, address)).message, /tls: failed to verify certificate: x509: certificate signed by unknown authority$/)
  t.match((await ask(t, address, { tls: { ca: cert } })).message, /tls: failed to verify certificate: x509: .*127\.0\.0\.1/)
  t.match((await ask(t, `http://127.0.0.1:${port}`)).message, /EOF|malformed|reset/, 'plain HTTP to a TLS port')
  for (const tls of [{ ca: [cert], serverName: 'registry.example.org' }, { verify: false }]) {
    const api = createApi({ address, tls }, {})
    t.teardown(() => api.close())
    t.same((await api.catalog.nodes()).value, [])
  }
  const plain = await fakeServer(t, () => ({ body: [] }))
  t.match((await ask(t, `https://127.0.0.1:${plain.port}`)).message, /": http: server gave HTTP response to HTTPS client$/)
})
