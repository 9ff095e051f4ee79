// Laws of sidecars: they get what their service has and they do not say, the lowest port that is free, and go with their service.
import t from 'tap'
import { agentBench } from '../support/agent.js'
import { devDefaults } from '../../src/config/defaults.js'

const withSidecar = (id: string, sidecar: object = {}): object => ({ ID: id, Name: 'web', Port: 80, Connect: { SidecarService: sidecar } })

t.test('ports: the lowest that is free, kept over a registration, given back at the end', async t => {
  const bench = await agentBench({ config: { ports: { ...devDefaults.ports, sidecarMin: 21000, sidecarMax: 21001 } } })
  t.teardown(() => bench.stop())
  const port = (id: string): number | undefined => bench.state.agent.services.get(`${id}-sidecar-proxy`)?.value.service.port
  await bench.service(withSidecar('a'))
  await bench.service(withSidecar('b'))
  t.same([port('a'), port('b')], [21000, 21001])
  await t.rejects(bench.service(withSidecar('c')), { message: 'no port provided for sidecar_service and none left in the configured range [21000, 21001]' })
  t.notOk(bench.state.agent.services.has('c'), 'the service does not come without its sidecar')
  await bench.service({ ...withSidecar('b'), Tags: ['new'] })
  t.equal(port('b'), 21001)
  await bench.agent.deregisterService('a')
  t.equal(port('a'), undefined)
  await bench.service(withSidecar('c'))
  t.equal(port('c'), 21000)
})

t.test('no range, no port', async t => {
  const bench = await agentBench({ config: { ports: { ...devDefaults.ports, sidecarMin: -1, sidecarMax: -1 } } })
  t.teardown(() => bench.stop())
  await t.rejects(bench.service(withSidecar('a')), { message: 'no port provided for sidecar_service and auto-assignment disabled in config' })
  await bench.service(withSidecar('a', { Port: 5 }))
})

t.test('a service under the sidecar\'s id that came by itself does not go with the other', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service(withSidecar('a'))
  await bench.service({ ID: 'a-sidecar-proxy', Name: 'own' })
  await bench.agent.deregisterService('a')
  t.ok(bench.state.agent.services.has('a-sidecar-proxy'))
})

t.test('where it finds its service: as it says, by the socket, by the port', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  const proxy = (id: string): unknown => bench.state.agent.services.get(`${id}-sidecar-proxy`)!.value.service.proxy
  await bench.service(withSidecar('port'))
  t.match(proxy('port'), { LocalServiceAddress: '127.0.0.1', LocalServicePort: 80, DestinationServiceName: 'web', DestinationServiceID: 'port' })
  await bench.service({ ...withSidecar('socket'), SocketPath: '/run/x' })
  t.match(proxy('socket'), { LocalServiceSocketPath: '/run/x', LocalServicePort: undefined })
  await bench.service(withSidecar('own', { Proxy: { LocalServiceAddress: '127.0.0.9', LocalServicePort: 9 } }))
  t.match(proxy('own'), { LocalServiceAddress: '127.0.0.9', LocalServicePort: 9 })
})
