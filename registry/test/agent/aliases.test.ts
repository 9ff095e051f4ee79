// Laws of aliases at an agent: they show the worst of their target at once, its newest words included, and its coming and going.
import t from 'tap'
import { agentBench } from '../support/agent.js'
import { putCheck, putNode } from '../../src/catalog/rows.js'
import { checkRow } from '../support/rows.js'
import type { AgentBench } from '../support/agent.js'

const alias = async ({ state, agent, clock }: AgentBench, id: string): Promise<string> => {
  await clock.advance(1)
  const { status, output } = agent.shown(state.agent.checks.get(id)!)
  return `${status} ${output}`
}

t.test('a service of this agent', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'front', Check: { CheckID: 'a', AliasService: 'target' } })
  t.equal(await alias(bench, 'a'), 'critical Service target could not be found on node ')
  await bench.service({ Name: 'target', Check: { CheckID: 'c', Name: 'the check', TTL: '1h', Status: 'passing' } })
  t.equal(await alias(bench, 'a'), 'passing All checks passing.')
  await bench.agent.heartbeat('c', 'warning', 'slow')
  t.equal(await alias(bench, 'a'), 'warning Aliased check "the check" failing: slow')
  await bench.agent.heartbeat('c', 'warning', 'slower')
  t.equal(await alias(bench, 'a'), 'warning Aliased check "the check" failing: slower', 'an output that the catalog does not have yet')
  await bench.agent.deregisterCheck('c')
  t.equal(await alias(bench, 'a'), 'passing No checks found.')
  await bench.agent.deregisterService('target')
  t.equal(await alias(bench, 'a'), 'critical Service target could not be found on node ')
})

t.test('an alias of an alias, and maintenance of the target', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'target' })
  await bench.service({ Name: 'one', Check: { CheckID: 'one', Name: 'first', AliasService: 'target' } })
  await bench.service({ Name: 'two', Check: { CheckID: 'two', AliasService: 'one' } })
  await bench.agent.serviceMaintenance('target', { enable: true, reason: '' })
  await bench.clock.advance(2)
  t.equal(await alias(bench, 'two'), 'critical Aliased check "first" failing: Aliased check "Service Maintenance Mode" failing: ')
})

t.test('checks of the node count, within a minute; but an alias on the node does not see itself', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'target' })
  await bench.check({ ID: 'a', Name: 'a', AliasService: 'target' })
  t.equal(await alias(bench, 'a'), 'passing No checks found.')
  await bench.check({ Name: 'disk', TTL: '1h', Status: 'warning' })
  t.equal(await alias(bench, 'a'), 'passing No checks found.')
  await bench.clock.advance(60_000)
  t.equal(await alias(bench, 'a'), 'warning Aliased check "disk" failing: ')
  await bench.agent.heartbeat('disk', 'passing', '')
  await bench.clock.advance(60_000)
  t.equal(await alias(bench, 'a'), 'passing All checks passing.')
})

t.test('a service and the node of another machine', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const far = (check: string, status: string) => bench.change(draft => {
    putNode(draft, { name: 'far', id: '', address: '10.0.0.2', datacenter: 'dc1', taggedAddresses: null, meta: null })
    putCheck(draft, checkRow('far', check, status, { output: 'o' }))
  })
  await bench.service({ Name: 'front', Check: { CheckID: 'a', AliasNode: 'far' } })
  t.equal(await alias(bench, 'a'), 'critical Service  could not be found on node far')
  await far('disk', 'warning')
  t.equal(await alias(bench, 'a'), 'warning Aliased check "disk" failing: o')
  await far('disk', 'passing')
  t.equal(await alias(bench, 'a'), 'passing All checks passing.')
})
