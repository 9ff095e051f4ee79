// Laws of removal: a service that has been critical for its time goes with its checks, unless very many fell silent at once; then the registry suspects
// itself.
import t from 'tap'
import { agentBench } from '../support/agent.js'

const body = (id: string, ttl = '10s'): object => ({ ID: id, Name: 'web', Check: { CheckID: `c-${id}`, TTL: ttl, DeregisterCriticalServiceAfter: '1m', Status: 'passing' } })

t.test('gone after its time, counted from when it turned critical; its watchers are told once', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service(body('a'))
  await bench.service(body('b', '1h'))
  await bench.clock.advance(10_000)
  t.equal(bench.state.checks.get('here', 'c-a')!.value.status, 'critical')
  await bench.clock.advance(60_000)
  t.ok(bench.state.services.get('here', 'a'))
  const before = bench.events.length
  await bench.clock.advance(30_000)
  t.equal(bench.state.services.get('here', 'a'), undefined)
  t.equal(bench.state.agent.checks.has('c-a'), false)
  t.equal(bench.state.checks.get('here', 'c-a'), undefined)
  t.ok(bench.state.services.get('here', 'b'))
  t.equal(bench.events.length, before + 1)
})

t.test('a heartbeat in time starts the count anew', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service(body('a'))
  await bench.clock.advance(65_000)
  await bench.agent.heartbeat('c-a', 'passing', '')
  await bench.clock.advance(65_000)
  t.ok(bench.state.services.get('here', 'a'))
})

t.test('twelve of forty services fall silent: critical at once, removed only when it has been calm for a minute', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  for (let i = 0; i < 40; i++) await bench.service(body(`s${i}`, i < 12 ? '10s' : '24h'))
  await bench.clock.advance(10_000)
  t.equal(bench.state.checks.countInState('critical'), 12)
  t.match(bench.guard.status(), { active: true, kept: 12 })
  bench.guard.lapsed('someone else')
  await bench.clock.advance(55_000)
  bench.guard.lapsed('someone else')
  await bench.clock.advance(55_000)
  t.equal(bench.state.services.named('web').length, 40, 'their time is over, and they are still there')
  await bench.clock.advance(40_000)
  t.equal(bench.state.services.named('web').length, 28)
})

t.test('results of active checks never set the guard off', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  for (let i = 0; i < 20; i++) await bench.service({ ID: `s${i}`, Name: 'web', Check: { CheckID: `c${i}`, TCP: 'no-port', Interval: '1s', Status: 'passing' } })
  await bench.clock.advance(1_000)
  while (bench.state.checks.countInState('critical') < 20) await new Promise(resolve => setImmediate(resolve))
  t.equal(bench.guard.active, false)
})
