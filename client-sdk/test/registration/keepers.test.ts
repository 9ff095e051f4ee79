// Laws of keeping registered: one lease for all, back under the same ids after any loss, no word of a process forgotten, and nobody who leaves or is not ready looks well even for a moment.
import t from 'tap'
import type { Test } from 'tap'
import { createApi } from '../../src/index.js'
import { AgentKeeper } from '../../src/registration/agent-keeper.js'
import { PASSING } from '../../src/registration/keeper.js'
import type { Kept } from '../../src/registration/keeper.js'
import { LeaseKeeper } from '../../src/registration/lease-keeper.js'
import { instanceSpec } from '../../src/registration/register-options.js'
import { until } from '../support/conditions.js'
import { fakeClock } from '../support/fake-clock.js'
import { fakeServer } from '../support/fake-server.js'
import type { Reply } from '../support/fake-server.js'

const kept = (name: string, more: Partial<Kept> & { ttl?: number } = {}): Kept => ({ spec: instanceSpec({ name, port: 80, id: name, ttl: more.ttl ?? 15_000 }, 'h'), address: undefined, word: PASSING, registered: false, ...more })

async function leases (t: Test, answer: (method: string, url: string, body: { Services?: Array<{ ID: string }>, Status?: string }) => Reply | undefined = () => undefined) {
  const log: string[] = []
  const server = await fakeServer(t, ({ method, url, body }) => {
    const read = (body === '' ? {} : JSON.parse(body)) as { Services?: Array<{ ID: string }>, Status?: string, ServiceIDs?: string[], TTL?: string, Output?: string }
    const what = url.replace(/^\/v1\/lease\/?[^/]*\/?/, '')
    log.push(`${method} ${what}${read.Services === undefined ? '' : read.Services.map(({ ID }) => ID).join()}${read.Status === undefined ? '' : ` ${read.ServiceIDs?.join()}=${read.Status} ${read.Output}`}`.trim())
    return answer(method, what, read) ?? { body: { ID: 'x', TTL: '15s', Index: 7 } }
  })
  const clock = fakeClock()
  const api = createApi({ address: server.address }, {})
  t.teardown(() => api.close())
  const troubles: unknown[] = []
  const keeper = new LeaseKeeper({ api, clock, random: () => 0.5, node: 'h', locate: async one => { one.address = '10.0.0.9' }, onTrouble: error => troubles.push(error) })
  t.teardown(() => keeper.stop())
  return { keeper, clock, log, troubles, server, beaten: async (ms: number) => { const before = log.length; clock.advance(ms); await until('a beat', () => log.length > before) } }
}

t.test('one lease for all: the shortest TTL sets the beat, the last one out deletes it', async t => {
  const { keeper, log, server, beaten } = await leases(t)
  const [a, b] = [kept('a'), kept('b', { ttl: 6000 })]
  await keeper.add(a)
  await keeper.add(b)
  t.match(JSON.parse(server.requests.at(-1)!.body), { ID: keeper.id, TTL: '6000ms', DeregisterAfter: '60000ms', Node: 'h', Services: [{ ID: 'a', Address: '10.0.0.9' }, { ID: 'b' }] })
  await beaten(2000)
  await keeper.remove(a)
  await keeper.remove(b)
  t.same(log, ['PUT a', 'PUT a,b', 'PUT renew', 'PUT b', 'DELETE'])
})

t.test('a lease that the registry does not know is registered again at once, under the same ids and with the same words', async t => {
  const { keeper, log, beaten, troubles } = await leases(t, (_method, what) => what === 'renew' ? { status: 404, body: 'Unknown lease ID "x"' } : undefined)
  const [a, b, c] = [kept('a'), kept('b'), kept('c')]
  for (const one of [a, b, c]) await keeper.add(one)
  b.word = { status: 'warning', output: 'full' }
  c.word = { status: 'not-ready', output: '' }
  await keeper.say([b])
  await keeper.say([c])
  log.length = 0
  await beaten(5000)
  await until('all is said', () => log.length === 3)
  t.same(log, ['PUT renew', 'PUT a,b', 'PUT status b=warning full'])
  t.same([a.registered, b.registered, c.registered], [true, true, false], 'who is not ready is not registered anew')
  t.same(troubles, [], 'no error reaches anybody')
})

t.test('not ready: not registered until it is; then its word goes with it', async t => {
  const { keeper, log } = await leases(t)
  const one = kept('a', { word: { status: 'not-ready', output: '' } })
  await keeper.add(one)
  t.same(log, [])
  one.word = PASSING
  t.equal(await keeper.say([one]), 7)
  one.word = { status: 'draining', output: '' }
  await keeper.say([one])
  t.same(log, ['PUT a', 'PUT status a=draining draining'])
})

t.test('while the registry is away nothing is lost: what was to be said is said when it is back', async t => {
  let away = false
  const { keeper, clock, log, troubles } = await leases(t, () => away ? { status: 500, body: 'No cluster leader' } : undefined)
  const one = kept('a')
  await keeper.add(one)
  away = true
  one.word = { status: 'critical', output: 'disk' }
  await t.rejects(keeper.say([one]), { code: 'ROSTER_NO_LEADER' })
  clock.advance(250)
  await until('it was tried', () => troubles.length === 1)
  away = false
  const before = log.length
  await until('it is said', () => { clock.advance(250); return log.slice(before).includes('PUT status a=critical disk') })
})

t.test('the whole set is told again each minute: what somebody took out by mistake comes back', async t => {
  const { keeper, log, beaten } = await leases(t)
  await keeper.add(kept('a', { ttl: 30_000 }))
  for (let i = 0; i < 7; i++) await beaten(10_000)
  t.same(log.filter(text => text === 'PUT a').length, 2)
})

t.test('at the agent: a TTL check each; an unknown check means register again', async t => {
  let known = true
  const log: string[] = []
  const server = await fakeServer(t, ({ url, body }) => {
    log.push(`${url.split('?')[0]} ${body}`)
    if (url.includes('/check/update/') && !known) { known = true; return { status: 404, body: 'Unknown check ID "service:a"' } }
    return { body: '' }
  })
  const clock = fakeClock()
  const api = createApi({ address: server.address }, {})
  t.teardown(() => api.close())
  const keeper = new AgentKeeper({ api, clock, random: () => 0.5, locate: async one => { one.address = '10.0.0.9' }, onTrouble: error => t.fail(String(error)) })
  t.teardown(() => keeper.stop())
  const one = kept('a', { word: { status: 'not-ready', output: 'warming' } })
  await keeper.add(one)
  t.match(JSON.parse(log[0]!.slice(log[0]!.indexOf(' ') + 1)), {
    ID: 'a', Address: '10.0.0.9', Checks: [{ CheckID: 'service:a', TTL: '15000ms', Status: 'critical', DeregisterCriticalServiceAfter: '60000ms' }],
  }, 'critical from the first moment on')
  t.match(log[1], /update\/service%3Aa .*"Output":"not ready: warming"/)
  one.word = PASSING
  await keeper.say([one])
  log.length = 0
  known = false
  clock.advance(5000)
  await until('it is registered again', () => log.some(text => text.startsWith('/v1/agent/service/register')))
  await keeper.remove(one)
  t.match(log.at(-1), /deregister\/a/)
})
