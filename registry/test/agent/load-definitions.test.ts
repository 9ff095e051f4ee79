// Laws of files: what they say is registered for as long as they say it, an id that the API has too belongs to the file, and nothing is half loaded.
import t from 'tap'
import { agentBench, checkBody, serviceBody } from '../support/agent.js'
import type { AgentBench } from '../support/agent.js'

const services = ({ state }: AgentBench): string[] => [...state.agent.services.values()].map(({ value: { service, source } }) => `${service.id} ${service.port} ${source}`).sort()
const checks = ({ state }: AgentBench): string[] => [...state.agent.checks.values()].map(({ value: { check } }) => `${check.checkId} ${check.status}`).sort()
const inCatalog = ({ state }: AgentBench): string[] => state.services.onNode('here').map(({ value }) => value.id)

async function reload (bench: AgentBench, files: { services?: object[], checks?: object[] }, dev = false): Promise<void> {
  bench.configure({ dev, definitions: { services: (files.services ?? []).map(serviceBody), checks: (files.checks ?? []).map(checkBody) } })
  bench.agent.judge(bench.config)
  await bench.agent.reload()
}

t.test('a reload takes over what the files say now, in one transaction', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await reload(bench, { services: [{ Name: 'a', Port: 1, Checks: [{ TTL: '1h' }] }, { Name: 'b', Port: 2, Connect: { SidecarService: {} } }], checks: [{ Name: 'n', TTL: '1h' }] })
  await bench.clock.advance(1)
  t.same(services(bench), ['a 1 file', 'b 2 file', 'b-sidecar-proxy 21000 file'])
  await bench.agent.heartbeat('n', 'passing', '')
  const before = bench.events.length
  await reload(bench, { services: [{ Name: 'a', Port: 11 }, { Name: 'c', Port: 3 }], checks: [{ Name: 'n', TTL: '1h' }] })
  t.equal(bench.events.length, before + 1)
  t.same(services(bench), ['a 11 file', 'c 3 file'])
  t.same(checks(bench), ['n passing'], 'a check that is still there keeps its status; the others go, those of a service that stays too')
  t.same(inCatalog(bench), ['a', 'c', 'consul'])
})

t.test('what the API registered stays, but for ids that a file has; an agent that keeps nothing drops it', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'api', Port: 7, Check: { TTL: '1h', Status: 'passing' } })
  await bench.service({ Name: 'both', Port: 7 })
  await bench.agent.serviceMaintenance('api', { enable: true, reason: 'r' })
  await reload(bench, { services: [{ Name: 'both', Port: 1 }] })
  t.same(services(bench), ['api 7 api', 'both 1 file'])
  t.same(checks(bench), ['_service_maintenance:api critical', 'service:api passing'])
  await reload(bench, {})
  t.same(services(bench), ['api 7 api'])
  await reload(bench, {}, true)
  t.same([services(bench), checks(bench), inCatalog(bench)], [[], [], ['consul']])
})

t.test('a definition that cannot be taken over changes nothing', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await reload(bench, { services: [{ Name: 'a' }] })
  await t.rejects(reload(bench, { services: [{ Name: 'b', Check: { Args: ['true'], Interval: '1s' } }] }), { message: /^Failed to register service "b": Scripts are disabled/ })
  t.same(services(bench), ['a 0 file'])
})

t.test('a check of a service that nobody registered is left out', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await reload(bench, { checks: [{ Name: 'lost', TTL: '1h', ServiceID: 'none' }, { Name: 'kept', TTL: '1h' }] })
  t.same(checks(bench), ['kept critical'])
})
