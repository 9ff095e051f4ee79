// Laws of several servers: a call moves on within a second, in order, and a request that may have arrived is not sent twice unless that is harmless.
import t from 'tap'
import type { Test } from 'tap'
import { createApi, isTimeout, isUnreachable } from '../../src/index.js'
import type { RosterClientError, TransportOptions } from '../../src/index.js'
import { deadAddress, fakeServer, rawServer } from '../support/fake-server.js'

const client = (t: Test, address: readonly string[], options: TransportOptions = {}) => {
  // Generous, because a busy machine is no dead server; only where a server is silent on purpose is little time given.
  const api = createApi({ address, moveOnMs: 20_000, timeoutMs: 30_000, ...options }, {})
  t.teardown(() => api.close())
  return api
}
const impatient = { moveOnMs: 100 }
const leader = (name: string) => () => ({ body: JSON.stringify(name) })

t.test('a refused connection moves on, for writes too, and the next call begins where it worked', async t => {
  const [dead, b, c] = [await deadAddress(), await fakeServer(t, leader('b')), await fakeServer(t, leader('c'))]
  const api = client(t, [dead.address, b.address, c.address])
  t.equal((await api.status.leader()).value, 'b')
  t.equal(api.transport.current.text, b.address)
  await api.query.create({ Service: { Service: 'x' } }).catch(() => {})
  t.same(b.requests.map(r => r.method), ['GET', 'POST'])
  t.equal(c.requests.length, 0)
})

t.test('a write that may have arrived is not sent again unless it is idempotent', async t => {
  const hangUp = await rawServer(t, socket => { socket.once('data', () => socket.end()) })
  const b = await fakeServer(t, () => ({ body: {} }))
  const api = client(t, [hangUp, b.address])
  await t.rejects(api.query.create({ Service: { Service: 'x' } }), { code: 'ROSTER_UNREACHABLE', sent: true })
  t.equal(b.requests.length, 0, 'not sent to the next one')
  const again = client(t, [hangUp, b.address])
  await again.agent.registerService({ Name: 'web' })
  t.equal(b.requests.length, 1, 'a registration is')
})

t.test('a server that is connected but silent is left after moveOnMs', async t => {
  const [silent, b] = [await fakeServer(t, () => undefined), await fakeServer(t, leader('b'))]
  const api = client(t, [silent.address, b.address], impatient)
  t.equal((await api.status.leader()).value, 'b')
  t.equal(api.transport.current.text, b.address, 'and not asked first again')
})

t.test('the last server asked has the rest of the time', async t => {
  const [silent, slow] = [await fakeServer(t, () => undefined), await fakeServer(t, (_, response) => { setTimeout(() => { response.setHeader('content-type', 'application/json'); response.end('"slow"') }, 200) })]
  t.equal((await client(t, [silent.address, slow.address], impatient).status.leader()).value, 'slow')
})

t.test('a server without a leader is left for one that may have one', async t => {
  const [lost, b] = [await fakeServer(t, () => ({ status: 500, headers: { 'content-type': 'text/plain' }, body: 'No cluster leader' })), await fakeServer(t, leader('b'))]
  t.equal((await client(t, [lost.address, b.address]).status.leader()).value, 'b')
})

t.test('any other refusal is an answer, not a reason to move', async t => {
  const [a, b] = [await fakeServer(t, () => ({ status: 500, body: 'boom' })), await fakeServer(t, leader('b'))]
  await t.rejects(client(t, [a.address, b.address]).status.leader(), { code: 'ROSTER_UNEXPECTED_STATUS' })
  t.equal(b.requests.length, 0)
})

t.test('when all fail, the last failure is thrown and the earlier ones are with it', async t => {
  const [a, b] = [await deadAddress(), await deadAddress()]
  const error = await client(t, [a.address, b.address]).status.leader().catch(e => e as RosterClientError)
  t.ok(isUnreachable(error))
  t.match(error, { address: b.address, earlier: [{ code: 'ROSTER_UNREACHABLE', address: a.address }] })
})

t.test('all silent: the whole call keeps to its time', async t => {
  const [a, b] = [await fakeServer(t, () => undefined), await fakeServer(t, () => undefined)]
  const error = await client(t, [a.address, b.address], { moveOnMs: 80, timeoutMs: 150 }).status.leader().catch(e => e as RosterClientError)
  t.ok(isTimeout(error))
  t.match(error, { timeoutMs: 150, address: b.address })
})

t.test('one server that closes an idle connection just as it is used again is asked once more', async t => {
  let talks = 0
  const address = await rawServer(t, socket => {
    const first = talks++ === 0
    socket.on('data', () => { if (first && talks === 1) { talks = 1; socket.end() } else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: application/json\r\n\r\n"x"') })
  })
  const api = client(t, [address])
  t.equal((await api.status.leader()).value, 'x')
  t.equal(talks, 2)
})

t.test('one server that is not there is not asked twice', async t => {
  let connects = 0
  const address = await rawServer(t, socket => { connects++; socket.once('data', () => socket.end()) })
  await t.rejects(client(t, [address]).query.create({ Service: { Service: 'x' } }), { code: 'ROSTER_UNREACHABLE' })
  t.equal(connects, 1, 'a POST that may have arrived')
})
