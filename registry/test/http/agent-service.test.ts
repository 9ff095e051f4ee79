// Laws of the agent's services over HTTP: held by hash, woken by what the hash is made of; a warning where callers would be sent to themselves.
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { startTestServer, until } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

const server = async (t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> => {
  const made = await startTestServer({ config })
  t.teardown(() => made.stop())
  return made
}

/** A reader that is held by the hash it knows. */
async function hold (on: TestServer, hash: string): Promise<{ readonly answer: Promise<Response>, readonly answered: () => boolean }> {
  let done = false
  const waiting = on.roster.state.topics.waiting
  const answer = on.call('GET', `/v1/agent/service/web?hash=${hash}&wait=10s`).then(response => {
    done = true
    return response
  })
  await until('the reader is held', () => on.roster.state.topics.waiting > waiting)
  return { answer, answered: () => done }
}

t.test('a reader with the hash of the moment is held until the service is another', async t => {
  const on = await server(t)
  await on.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80, Check: { CheckID: 'c', TTL: '1m' } })
  const hash = (await on.call('GET', '/v1/agent/service/web')).headers.get('x-consul-contenthash')!
  const reader = await hold(on, hash)
  await on.call('PUT', '/v1/agent/check/pass/c')
  await on.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80 })
  await on.call('PUT', '/v1/agent/service/register', { Name: 'other' })
  t.equal(reader.answered(), false, 'checks, the same again and other services do not wake it')
  await on.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 81 })
  const next = await reader.answer
  t.match(await next.json(), { Port: 81 })
  const last = await hold(on, next.headers.get('x-consul-contenthash')!)
  await on.call('PUT', '/v1/agent/service/deregister/web')
  t.equal((await last.answer).status, 404)
})

t.test('a registration without an address from another host, at a node that is known as loopback, is warned', async t => {
  const address = Object.values(networkInterfaces()).flat().find(i => i !== undefined && !i.internal && i.family === 'IPv4')?.address
  if (address === undefined) {
    t.comment('this machine has no address but loopback')
    return
  }
  const on = await server(t, { client_addr: '0.0.0.0' })
  const far = (body: object): Promise<Response> => fetch(`http://${address}:${on.port}/v1/agent/service/register`, { method: 'PUT', body: JSON.stringify(body) })
  const warned = await far({ Name: 'web' })
  t.equal(warned.status, 200)
  t.match(warned.headers.get('x-roster-warning'), /callers will get 127\.0\.0\.1/)
  t.ok(on.log.some(line => line.includes('[WARN]') && line.includes('callers will get 127.0.0.1')))
  t.equal((await far({ Name: 'web', Address: address })).headers.get('x-roster-warning'), null)
  t.equal((await on.call('PUT', '/v1/agent/service/register', { Name: 'web' })).headers.get('x-roster-warning'), null)
})

t.test('where Consul crashes or hangs there is a prompt answer', async t => {
  const on = await server(t)
  const answer = await on.call('PUT', '/v1/agent/service/register', { Name: 'web', Checks: [null] })
  t.equal(answer.status, 400)
  t.equal(await answer.text(), 'Invalid check: TTL must be > 0 for TTL checks')
  await on.call('PUT', '/v1/agent/service/register', { Name: 'front', Check: { AliasNode: 'test', AliasService: 'none' } })
  await t.resolves(on.stop(), 'an alias check does not hold up the end')
})
