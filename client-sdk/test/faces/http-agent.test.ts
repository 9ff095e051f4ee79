// Laws of the Agent for node:http: requests go to instances by the picker, other hosts where they always went, and what Node does with a request stays as it was.
import { get, request } from 'node:http'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { ServiceAgent } from '../../src/faces/http-agent.js'
import { deadAddress, fakeServer } from '../support/fake-server.js'
import { instance, testInstance, testService } from '../support/service.js'
import type { TestService } from '../support/service.js'

function agentOf (t: Test, { legs, source }: TestService): Agent {
  const agent = new ServiceAgent({ service: () => ({ lanes: legs, known: () => source.snapshot().complete, ready: () => source.ready() }) })
  t.teardown(() => agent.destroy())
  return agent
}

async function text (sent: ClientRequest): Promise<string> {
  const [response] = await once(sent, 'response') as [IncomingMessage]
  return (await response.setEncoding('utf8').toArray()).join('')
}

t.test('each request is balanced, connections are kept, and the host is the service', async t => {
  const hosts: unknown[] = []
  const instances = await Promise.all(['a', 'b'].map(id => testInstance(t, id, (request, response) => { hosts.push(request.headers.host); response.end(id) })))
  const service = testService(t, instances, { balance: { policy: 'round_robin' } })
  const agent = agentOf(t, service)
  const seen: string[] = []
  for (let i = 0; i < 6; i++) seen.push(await text(get('http://payments.service.roster/x', { agent })))
  t.same(seen.sort(), ['a', 'a', 'a', 'b', 'b', 'b'])
  t.ok(hosts.every(host => host === 'payments.service.roster'))
  await turn()
  t.same(service.balancer.explain().instances.map(({ pending }) => pending), [0, 0])
})

t.test('before the list is known it waits; without instances there is a typed error', async t => {
  const a = await testInstance(t, 'a', (_request, response) => { response.end('a') })
  const service = testService(t, undefined)
  const agent = agentOf(t, service)
  const answer = text(get('http://payments.service.consul/', { agent }))
  service.source.set([instance('a', a.port)])
  t.equal(await answer, 'a')
  service.source.set([])
  const sent = get('http://payments.service.consul/', { agent })
  const [error] = await once(sent, 'error') as [Error]
  t.match(error, { code: 'ROSTER_NO_INSTANCES' })
})

t.test('failures are the caller\'s to see and the statistics\' to know: one that refuses is put aside', async t => {
  const { port } = await deadAddress()
  const a = await testInstance(t, 'a', (_request, response) => { response.end('a') })
  const service = testService(t, [instance('dead', port), instance('a', a.port)], { balance: { policy: 'round_robin' } })
  const agent = agentOf(t, service)
  let failed = 0
  for (let i = 0; i < 20; i++) await text(get('http://payments.service.roster/', { agent })).catch(() => failed++)
  t.ok(failed >= 5 && failed < 10, `${failed} of 20 failed`)
  t.match(service.balancer.explain().instances[0], { candidate: false })
})

t.test('other hosts, and names with a port, go where they always went', async t => {
  const other = await fakeServer(t, () => ({ body: 'other' }))
  const service = testService(t, [])
  const agent = agentOf(t, service)
  t.equal(await text(get(other.address, { agent })), 'other')
  const [error] = await once(get('http://payments.service.invalid:9/', { agent, lookup: (_host, _options, done) => done(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), '', 4) }), 'error') as [Error]
  t.match(error, { code: 'ENOTFOUND' })
})

t.test('a request that is given up counts for nothing, an answer nobody listens for is thrown away', async t => {
  const a = await testInstance(t, 'a', (request, response) => { if (request.url !== '/hang') response.end('a') })
  const service = testService(t, [a])
  const agent = agentOf(t, service)
  const hanging = request('http://payments.service.roster/hang', { agent })
  hanging.on('error', () => {}).end()
  while (a.seen === 0) await turn()
  t.equal(service.balancer.explain().instances[0]!.pending, 1)
  const closed = new Promise(resolve => hanging.once('close', resolve))
  hanging.destroy()
  await closed
  t.match(service.balancer.explain().instances[0], { pending: 0, success: 1 })
  const unheard = request('http://payments.service.roster/', { agent })
  unheard.end()
  await once(unheard, 'close')
  await turn()
  t.equal(service.balancer.explain().instances[0]!.pending, 0)
})

t.test('an instance that hangs up before its answer, or within it, has failed', async t => {
  const a = await testInstance(t, 'a', (request, response) => {
    if (request.url === '/end') request.socket.end()
    else response.write('part of it', () => setImmediate(() => request.socket.resetAndDestroy()))
  })
  const service = testService(t, [a])
  const agent = agentOf(t, service)
  const success = () => service.balancer.explain().instances[0]!.success
  await t.rejects(text(get('http://payments.service.roster/end', { agent })))
  const after = success()
  t.ok(after < 1)
  await t.rejects(text(get('http://payments.service.roster/cut', { agent })))
  await turn()
  t.ok(success() < after + 0.05)
  t.equal(service.balancer.explain().instances[0]!.pending, 0)
})

t.test('an upgraded connection is in flight until it closes, one that nobody listens for is closed by Node as ever', async t => {
  const a = await testInstance(t, 'a', () => {})
  a.server.on('upgrade', (_request, socket) => { socket.on('error', () => {}).write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n') })
  const service = testService(t, [a])
  const agent = agentOf(t, service)
  const headers = { connection: 'upgrade', upgrade: 'chat' }
  const sent = request('http://payments.service.roster/', { agent, headers })
  sent.end()
  const [, socket] = await once(sent, 'upgrade') as [IncomingMessage, import('node:net').Socket]
  t.equal(service.balancer.explain().instances[0]!.pending, 1)
  socket.destroy()
  await once(socket, 'close')
  t.equal(service.balancer.explain().instances[0]!.pending, 0)
  const unheard = request('http://payments.service.roster/', { agent, headers })
  unheard.on('error', () => {}).end()
  await new Promise(resolve => unheard.once('close', resolve))
  t.equal(service.balancer.explain().instances[0]!.pending, 0)
})
