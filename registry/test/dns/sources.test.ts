// Laws of names that are not looked up in the catalog: prepared queries, virtual addresses, ingress gateways; and of the client's subnet, which is for queries.
import t from 'tap'
import { fitInstances } from '../../src/dns/instance.js'
import { keys } from '../../src/state/keys.js'
import { shows, testDoor } from './support.js'
import type { QueryResult } from '../../src/dns/lookup.js'
import type { TestDoor } from './support.js'

t.test('without rooms to ask there is nothing of the kind', async t => {
  const { ask } = await testDoor(t)
  shows(t, await ask('any.query.consul'), { rcode: 'NXDOMAIN', authority: [/SOA/] })
  shows(t, await ask('web.ingress.consul'), { rcode: 'NXDOMAIN', authority: [/SOA/] })
  shows(t, await ask('web.virtual.consul'), { rcode: 'NOERROR', answers: [], authority: [], additional: [] })
})

t.test('a prepared query is answered in the order in which it was executed, as it says how long', async t => {
  const asked: string[] = []
  const door: TestDoor = await testDoor(t, {
    dns: { serviceTtlMs: { web: 60_000 }, onlyPassing: true },
    sources: {
      executeQuery (query, client): QueryResult | undefined {
        asked.push(`${query} for ${client}`)
        const { state } = door.catalog
        const rows = fitInstances(state, state.services.named('web'), false)
        if (query === 'void') return { rows: [], ttl: undefined }
        return query === 'own' || query === 'inherits' || query === 'none' ? { rows, ttl: { own: 7, inherits: undefined, none: 0 }[query] } : undefined
      },
    },
  })
  const { catalog, ask } = door
  for (let i = 1; i <= 3; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
  }
  await catalog.check('n2', 'web', 'warning', 'web')
  for (let i = 0; i < 5; i++) t.strictSame((await ask('OWN.query.consul')).answers.map(line => line.at(-1)), ['1', '2', '3'], 'not shuffled again, nor filtered by only_passing')
  shows(t, await ask('inherits.query.consul'), { answers: [/ 60 A /, / 60 A /, / 60 A /] })
  shows(t, await ask('none.query.consul'), { answers: [/ 0 A /, / 0 A /, / 0 A /] })
  for (const name of ['void.query.consul', 'unknown.query.consul', 'own.query.dc9.consul', 'query.consul']) shows(t, await ask(name), { rcode: 'NXDOMAIN', authority: [/SOA/] }, name)
  t.match(asked[0], 'own for 127.0.0.1')
})

t.test('a client subnet is echoed: for everybody, but for the subnet where a query answered', async t => {
  let client: string | undefined
  const door: TestDoor = await testDoor(t, {
    sources: {
      executeQuery (query, from) {
        client = from
        const { state } = door.catalog
        return query === 'q' ? { rows: fitInstances(state, state.services.named('web'), false), ttl: undefined } : undefined
      },
    },
  })
  const { catalog, ask } = door
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  for (const [name, type, subnet, data] of [
    ['web.service.consul', 'A', '203.0.113.0/24', '00011800cb0071'], ['absent.service.consul', 'A', '203.0.113.0/24', '00011800cb0071'], ['n1.node.consul', 'A', '203.0.113.64/26', '00011a00cb007140'],
    ['q.query.consul', 'A', '203.0.113.0/24', '00011818cb0071'], ['q.query.consul', 'AAAA', '203.0.113.0/24', '00011818cb0071'], ['unknown.query.consul', 'A', '203.0.113.0/24', '00011800cb0071'],
    ['consul', 'SOA', '203.0.113.0/24', '00011800cb0071'], ['q.query.consul', 'A', '0.0.0.0/0', '00010000'],
  ] as const) {
    for (const tcp of [false, true]) t.equal((await ask(name, type, { subnet, tcp })).opt?.options[0]?.data.toString('hex'), data, `${name} ${type} ${subnet}`)
  }
  await ask('q.query.consul', 'A', { subnet: '203.0.113.17/32' })
  t.equal(client, '203.0.113.17', 'what is near is near to the client, not to its resolver')
})

t.test('a virtual address answers A, and stands beside the answer to other types', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { nodeTtlMs: 9000 } })
  await catalog.change(draft => draft.put(keys.virtualIp('Web'), { service: 'Web', address: '240.0.0.1' }))
  for (const name of ['WEB.virtual.consul', 'x.web.virtual.consul', 'web.virtual.dc1.dc.consul']) shows(t, await ask(name), { rcode: 'NOERROR', answers: [`${name} 9 A 240.0.0.1`] }, name)
  shows(t, await ask('web.virtual.consul', 'AAAA'), { rcode: 'NOERROR', answers: [], authority: [], additional: ['web.virtual.consul 9 A 240.0.0.1'] })
  for (const name of ['db.virtual.consul', 'web.virtual.dc1.consul', 'web.virtual.dc9.dc.consul', 'web.virtual.east.peer.consul']) shows(t, await ask(name), { rcode: 'NOERROR', answers: [], authority: [], additional: [] }, name)
  shows(t, await ask('web.virtual.a.b.consul'), { rcode: 'NXDOMAIN' })
})

t.test('ingress gateways are answered by the rules of services', async t => {
  const door: TestDoor = await testDoor(t, { sources: { ingressGateways: service => service === 'web' ? door.catalog.state.services.named('gate') : [] } })
  const { catalog, ask } = door
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'gate', { kind: 'ingress-gateway', port: 8443 })
  shows(t, await ask('web.ingress.dc1.consul', 'SRV'), { answers: ['web.ingress.dc1.consul 0 SRV 1 1 8443 n1.node.dc1.consul'] })
  shows(t, await ask('db.ingress.consul'), { rcode: 'NXDOMAIN' })
  await catalog.check('n1', 'gate', 'critical', 'gate')
  shows(t, await ask('web.ingress.consul'), { rcode: 'NXDOMAIN' })
})
