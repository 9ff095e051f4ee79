// Laws of heartbeats: a change of status is written at once, an output alone later, nothing new not at all; and silence is critical.
import t from 'tap'
import { deleteNode } from '../../src/catalog/rows.js'
import { agentBench } from '../support/agent.js'
import type { AgentBench } from '../support/agent.js'

const inCatalog = ({ state }: AgentBench, id = 'c'): string => { const c = state.checks.get('here', id)!.value; return `${c.status} ${c.output}` }
const atAgent = ({ state, agent }: AgentBench, id = 'c'): string => { const c = agent.shown(state.agent.checks.get(id)!); return `${c.status} ${c.output}` }

t.test('a new status goes to the catalog with its output; an output alone waits, while the agent shows it', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h' } })
  await bench.agent.heartbeat('c', 'passing', 'one')
  t.same([inCatalog(bench), atAgent(bench)], ['passing one', 'passing one'])
  await bench.agent.heartbeat('c', 'passing', 'two')
  await bench.agent.heartbeat('c', 'passing', 'three')
  t.same([inCatalog(bench), atAgent(bench)], ['passing one', 'passing three'])
  await bench.clock.advance(149_000)
  t.equal(inCatalog(bench), 'passing one', 'not before half of check_update_interval')
  await bench.clock.advance(301_000)
  t.equal(inCatalog(bench), 'passing three', 'at the latest after one and a half')
  await bench.agent.heartbeat('c', 'passing', 'four')
  await bench.agent.heartbeat('c', 'warning', 'five')
  t.same([inCatalog(bench), atAgent(bench)], ['warning five', 'warning five'])
})

t.test('a heartbeat that says what is known writes nothing', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h' } })
  await bench.agent.heartbeat('c', 'passing', 'fine')
  const before = bench.events.length
  for (let i = 0; i < 10; i++) await bench.agent.heartbeat('c', 'passing', 'fine')
  t.equal(bench.events.length, before)
})

t.test('an output that waits goes along with a registration that has something new to say', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h', Status: 'passing' } })
  await bench.agent.heartbeat('c', 'passing', 'one')
  await bench.agent.heartbeat('c', 'passing', 'two')
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h' } })
  t.equal(inCatalog(bench), 'passing ', 'the same again brings nothing')
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h', Notes: 'n' } })
  t.equal(inCatalog(bench), 'passing two')
})

t.test('silence for a TTL is critical, and a heartbeat ends it; registering again is a sign of life too', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const body = { Name: 'web', Check: { CheckID: 'c', TTL: '10s', Status: 'passing' } }
  await bench.service(body)
  await bench.clock.advance(9_000)
  await bench.service(body)
  await bench.clock.advance(9_000)
  t.equal(inCatalog(bench), 'passing ')
  await bench.agent.heartbeat('c', 'passing', 'here')
  await bench.clock.advance(10_000)
  t.equal(inCatalog(bench), 'critical TTL expired (last output before timeout follows): here')
  await bench.agent.heartbeat('c', 'warning', '')
  t.equal(inCatalog(bench), 'warning ')
})

t.test('unknown ids and checks of other kinds are refused', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Check: { CheckID: 'tcp', TCP: '127.0.0.1:1', Interval: '1h' } })
  await t.rejects(bench.agent.heartbeat('none', 'passing', ''), { message: 'Unknown check ID "none". Ensure that the check ID is passed, not the check name.' })
  await t.rejects(bench.agent.heartbeat('tcp', 'passing', ''), { message: 'CheckID "tcp" does not have associated TTL' })
})

t.test('check_update_interval 0 brings every output at once', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  bench.configure({ checks: { ...bench.config.checks, updateIntervalMs: 0 } })
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h', Status: 'passing' } })
  await bench.agent.heartbeat('c', 'passing', 'one')
  t.equal(inCatalog(bench), 'passing one')
})

t.test('a catalog without the service gets it back with the next news of its check', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TTL: '1h' } })

  await bench.change(draft => deleteNode(draft, 'here'))
  await bench.agent.heartbeat('c', 'passing', 'back')
  t.equal(inCatalog(bench), 'passing back')
  t.ok(bench.state.services.get('here', 'web'))
  t.ok(bench.state.nodes.get('here'))
})
