// Ten thousand idle blocking queries: other callers are served meanwhile, one change reaches them all, and nothing of them stays.
import t from 'tap'
import { connect } from 'node:net'
import { startTestServer, until } from '../support/server.js'

const COUNT = 10_000

t.test('ten thousand idle blocking queries', { timeout: 300_000 }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const index = (await server.call('GET', '/v1/catalog/nodes')).headers.get('x-consul-index')
  let answered = 0
  const sockets = Array.from({ length: COUNT }, () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('data', d => { if (String(d).startsWith('HTTP/1.1 200')) answered++ })
    socket.write(`GET /v1/catalog/nodes?index=${index}&wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return socket
  })
  const held = performance.now() + 120_000
  while (server.roster.stats.blockingReaders < COUNT && performance.now() < held) await new Promise(resolve => setImmediate(resolve))
  t.equal(server.roster.stats.blockingReaders, COUNT)
  t.equal((await server.call('PUT', '/v1/kv/other', 'x')).status, 200)
  t.equal((await server.call('GET', '/v1/health/service/consul')).status, 200)
  t.equal(server.roster.stats.blockingReaders, COUNT, 'nobody woke for that')
  await server.call('PUT', '/v1/catalog/register', { Node: 'new', Address: '10.0.0.1' })
  const end = performance.now() + 60_000
  while (answered < COUNT && performance.now() < end) await new Promise(resolve => setImmediate(resolve))
  t.equal(answered, COUNT)
  for (const socket of sockets) socket.destroy()
  await until('nothing is left', () => server.roster.stats.blockingReaders === 0 && server.roster.state.topics.waiting === 0)
})
