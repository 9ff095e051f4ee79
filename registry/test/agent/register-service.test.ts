// Laws of a registration: all of it or nothing, in one transaction; what is said again changes nothing; what was known of a check stays known.
import t from 'tap'
import { agentBench } from '../support/agent.js'

t.test('a service and its checks come in one transaction, at the agent and in the catalog', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Port: 80, Tags: ['a'], Checks: [{ TTL: '10m' }, { CheckID: 'two', TTL: '10m', Status: 'passing' }] })
  t.equal(bench.events.length, 1)
  const { state } = bench
  t.same([...state.agent.checks.keys()].sort(), ['service:web:1', 'two'])
  t.same(state.checks.ofInstance('here', 'web').map(({ value }) => [value.checkId, value.status, value.serviceTags]), [['service:web:1', 'critical', ['a']], ['two', 'passing', ['a']]])
  t.equal(state.services.get('here', 'web')!.value.port, 80)
})

t.test('registering the same twice writes nothing', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const body = { Name: 'web', Port: 80, Address: '10.0.0.1', Meta: { k: 'v' }, Check: { TTL: '10m' }, Connect: { SidecarService: {} } }
  await bench.service(body)
  await bench.clock.advance(1)
  const before = bench.events.length
  await bench.service(body)
  t.equal(bench.events.length, before)
})

t.test('another registration under the id keeps the checks that it does not have, and the status of those that it has', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const { state, agent } = bench
  await bench.service({ Name: 'web', Checks: [{ CheckID: 'one', TTL: '10m' }, { CheckID: 'two', TTL: '10m' }] })
  await agent.heartbeat('one', 'passing', 'fine')
  await bench.service({ Name: 'web', Port: 81, Check: { CheckID: 'one', TTL: '5m', Status: 'critical', Notes: 'n' } })
  const one = state.agent.checks.get('one')!.value
  t.match(one.check, { status: 'passing', output: 'fine', notes: 'n' })
  t.same(one.definition, { ttlMs: 300_000 }, 'kept sparse')
  t.ok(state.agent.checks.has('two'))
  t.match(state.checks.get('here', 'one')!.value, { status: 'passing', output: 'fine', notes: 'n' })
  await bench.service({ Name: 'web', Port: 81, Check: { CheckID: 'one', TTL: '5m' } }, true)
  t.notOk(state.agent.checks.has('two'), 'unless it asks for them to be replaced')
  t.equal(state.checks.get('here', 'two'), undefined)
})

t.test('the catalog hears of name, notes, status, output and tags of a check, not of its rhythm', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const { state } = bench
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TCP: '127.0.0.1:1', Interval: '10m' } })
  const before = state.checks.get('here', 'c')!.modifyIndex
  await bench.service({ Name: 'web', Check: { CheckID: 'c', TCP: '127.0.0.1:1', Interval: '20m' } })
  t.equal(state.checks.get('here', 'c')!.modifyIndex, before)
  t.equal(state.checks.get('here', 'c')!.value.interval, '10m0s')
  t.equal(state.agent.checks.get('c')!.value.check.interval, '20m0s')
})

t.test('a new name under the id leaves nothing under the old one', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const { state } = bench
  await bench.service({ ID: 'w', Name: 'old', Check: { TTL: '1m' } })
  await bench.service({ ID: 'w', Name: 'new' })
  t.equal(state.services.named('old').length, 0)
  t.equal(state.services.named('new').length, 1)
  t.equal(state.checks.ofService('old').length, 1, 'a check keeps the name under which it was registered')
})

t.test('what is refused changes nothing, wherever the fault is', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Port: 80, Check: { TTL: '1m' } })
  const rows = (): string => JSON.stringify([...bench.state.agent.services, ...bench.state.agent.checks])
  const before = rows()
  for (const [why, body] of [
    ['a script that is not allowed', { Name: 'web', Port: 81, Checks: [{ TTL: '1m' }, { Args: ['true'], Interval: '1s' }] }],
    ['a kind that is not there', { Name: 'web', Port: 81, Checks: [{ TTL: '2m' }, { OSService: 'x', Interval: '1m' }] }],
    ['a null among the checks', { Name: 'web', Port: 81, Checks: [null] }],
    ['a tagged address of the wrong family', { Name: 'web', Port: 81, TaggedAddresses: { lan_ipv4: { Address: '::1', Port: 1 } } }],
    ['a sidecar with a fault', { Name: 'web', Port: 81, Connect: { SidecarService: { Proxy: { Upstreams: [{ DestinationName: 'x' }] } } } }],
    ['a sidecar with several ports', { Name: 'web', Port: 81, Connect: { SidecarService: { Ports: [{ Name: 'a', Port: 1, Default: true }] } } }],
  ] as const) await t.rejects(bench.service(body), why)
  t.equal(rows(), before)
  t.equal(bench.events.length, 1)
})

t.test('names of JavaScript itself are names like others', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service(JSON.parse('{"Name":"__proto__","ID":"constructor","Meta":{"__proto__":"x","constructor":"y"},"TaggedAddresses":{"__proto__":{"Address":"10.0.0.1","Port":1}}}') as object)
  const service = bench.state.services.get('here', 'constructor')!.value
  t.equal(service.name, '__proto__')
  t.same(Object.entries(service.meta!).sort(), [['__proto__', 'x'], ['constructor', 'y']])
  t.same(Object.keys(service.taggedAddresses!), ['__proto__'])
})

t.test('what a lease owns is not registered over', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.change(draft => { draft.put('lease-of/here/web', { lease: 'l' }) })
  await t.rejects(bench.service({ Name: 'web' }), { message: 'Service ID "web" belongs to a lease on this node' })
})
