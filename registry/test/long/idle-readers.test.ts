// Ten thousand idle blocking queries: other callers are served meanwhile, one change reaches them all, and nothing of them stays.
import t from 'tap'
import { connect } from 'node:net'
import { noBuild, startAgent } from '../support/agent-process.js'

const COUNT = 10_000

t.test('ten thousand idle blocking queries', { skip: noBuild, timeout: 300_000 }, async t => {
  const agent = await startAgent({ dir: t.testdir({}), args: ['-log-level', 'warn'] })
  t.teardown(() => agent.stop())
  const gauge = async (name: string): Promise<number> => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await agent.call('GET', '/metrics')).text())?.[1])
  const within = async (ms: number, holds: () => boolean | Promise<boolean>): Promise<void> => {
    const end = performance.now() + ms
    while (!await holds() && performance.now() < end) await new Promise(resolve => setTimeout(resolve, 100))
  }
  const index = (await agent.call('GET', '/v1/catalog/nodes')).headers.get('x-consul-index')
  let answered = 0
  const sockets = Array.from({ length: COUNT }, () => {
    const socket = connect(agent.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('data', d => { if (String(d).startsWith('HTTP/1.1 200')) answered++ })
    socket.write(`GET /v1/catalog/nodes?index=${index}&wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return socket
  })
  await within(120_000, async () => await gauge('roster_http_blocking_readers') === COUNT)
  t.equal(await gauge('roster_http_blocking_readers'), COUNT)
  t.equal((await agent.call('PUT', '/v1/kv/other', 'x')).status, 200)
  t.equal((await agent.call('GET', '/v1/health/service/consul')).status, 200)
  t.equal(await gauge('roster_http_blocking_readers'), COUNT, 'nobody woke for that')
  await agent.call('PUT', '/v1/catalog/register', { Node: 'new', Address: '10.0.0.1' })
  await within(60_000, () => answered === COUNT)
  t.equal(answered, COUNT)
  for (const socket of sockets) socket.destroy()
  await within(10_000, async () => await gauge('roster_waiters') === 0)
  t.equal(await gauge('roster_http_blocking_readers'), 0)
})
