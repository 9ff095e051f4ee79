// Laws of ending a server: calls in progress are answered, callers are told to go elsewhere, what does not end is cut off at the bound, and whatever the kind of server.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { Agent, request } from 'undici'
import { closeServer, portOf, sayFarewell } from '../../src/registration/close-server.js'

const serve = async (t: Test, answer: (end: () => void) => void) => {
  const server = createServer((_request, response) => answer(() => response.end('done')))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const agent = new Agent()
  t.teardown(() => agent.destroy())
  return { server, call: () => request(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { dispatcher: agent }) }
}

/** A request has reached the server. */
const reached = (server: Server) => new Promise<void>(resolve => server.once('request', () => resolve()))

t.test('a call in progress is answered; from the farewell on answers end their connections', async t => {
  const ends: Array<() => void> = []
  const { server, call } = await serve(t, end => ends.push(end))
  const first = reached(server)
  const before = call()
  await first
  sayFarewell(server)
  const second = reached(server)
  const after = call()
  await second
  const closing = closeServer(server, 20_000)
  for (const end of ends) end()
  t.equal(await (await before).body.text(), 'done')
  t.equal((await after).headers['connection'], 'close')
  await (await after).body.text()
  t.equal(await closing, true)
})

t.test('what does not end is cut off at the bound', async t => {
  const { server, call } = await serve(t, () => {})
  const arrived = reached(server)
  const answer = call().then(() => 'answered', () => 'cut off')
  await arrived
  t.equal(await closeServer(server, 50), false)
  t.equal(await answer, 'cut off')
})

t.test('an idle connection does not keep it; one that is closed already is closed', async t => {
  const { server, call } = await serve(t, end => end())
  await (await call()).body.dump()
  t.equal(await closeServer(server, 20_000), true)
  t.equal(await closeServer(server, 20_000), true)
})

t.test('grpc-js and fastify are told apart by what they can do', async t => {
  const log: string[] = []
  const grpc = { tryShutdown: (done: () => void) => { log.push('try'); setImmediate(done) }, forceShutdown: () => log.push('force') }
  t.equal(await closeServer(grpc, 20_000), true)
  const stuck = { tryShutdown: () => {}, forceShutdown: () => log.push('force') }
  t.equal(await closeServer(stuck, 10), false)
  const { server } = await serve(t, end => end())
  const hosted = { server, close: async () => { log.push('hosted'); await new Promise(resolve => server.close(resolve)) } }
  t.equal(portOf(hosted), (server.address() as AddressInfo).port)
  t.equal(await closeServer(hosted, 20_000), true)
  t.same(log, ['try', 'force', 'hosted'])
  t.equal(portOf(grpc), undefined)
})
