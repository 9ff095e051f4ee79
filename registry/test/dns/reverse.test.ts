// Laws of reverse names: the node with the address, else the first service with it; and the index that finds them is at all times what a walk over the catalog finds.
import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { parseIp, toHex } from '../../src/dns/ip-address.js'
import { ReverseIndex } from '../../src/dns/reverse-index.js'
import { Catalog, shows, testDoor } from './support.js'
import type { Owner } from '../../src/dns/reverse-index.js'
import type { State } from '../../src/state/state.js'

t.test('a node goes before a service, always in the main domain, never with a time to live, whatever the type asked', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { nodeTtlMs: 9000 } })
  await catalog.node('Node1', '198.51.100.1')
  await catalog.service('Node1', 'web', { address: '203.0.113.9' })
  await catalog.node('six', '2001:db8::42')
  await catalog.service('six', 'web6', { address: '2001:0DB8::0043' })
  await catalog.node('both', '203.0.113.10')
  await catalog.service('both', 'shadow', { address: '203.0.113.10' })
  for (const [name, target] of [
    ['1.100.51.198.in-addr.arpa', 'Node1.node.dc1.consul'], ['9.113.0.203.IN-ADDR.arpa', 'web.service.dc1.consul'], ['10.113.0.203.in-addr.arpa', 'both.node.dc1.consul'],
    ['2.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', 'six.node.dc1.consul'], ['3.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6.arpa', 'web6.service.dc1.consul'],
  ] as const) {
    for (const type of ['PTR', 'A', 'ANY', 'NS', 'AXFR']) shows(t, await ask(name, type), { rcode: 'NOERROR', answers: [`${name} 0 PTR ${target}`], authority: [] }, `${name} ${type}`)
  }
  shows(t, await ask('1.100.51.198.in-addr.arpa', 'SOA'), { answers: [/ PTR /], authority: [/^consul 0 SOA/] })
  for (const name of ['77.77.77.77.in-addr.arpa', '100.51.198.in-addr.arpa', '300.100.51.198.in-addr.arpa', 'in-addr.arpa', 'arpa', 'foo.arpa']) {
    shows(t, await ask(name, 'PTR'), { rcode: 'NXDOMAIN', authority: [/^consul 0 SOA/], aa: true }, name)
  }
})

/** What the index must find, by a walk. */
function walk (state: State, hex: string): Owner | undefined {
  const has = (address: string): boolean => {
    const ip = parseIp(address)
    return ip !== undefined && toHex(ip) === hex
  }
  const node = state.nodes.list().find(entry => has(entry.value.address))
  if (node !== undefined) return { node: node.value.name }
  const service = state.nodes.list().flatMap(entry => state.services.onNode(entry.value.name)).find(entry => has(entry.value.address))
  return service === undefined ? undefined : { service: service.value.name }
}

const address = fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::7', 'fd00:0::0007', 'db.example', '')
const nodeName = fc.constantFrom('n1', 'N1', 'n2', 'n3', 'n1.x', '__proto__')
const change = fc.oneof(
  fc.record({ what: fc.constant('node' as const), node: nodeName, address }),
  fc.record({ what: fc.constant('service' as const), node: nodeName, id: fc.constantFrom('a', 'b', 'A/b'), name: fc.constantFrom('web', 'db'), address }),
  fc.record({ what: fc.constant('no node' as const), node: nodeName }),
  fc.record({ what: fc.constant('no service' as const), node: nodeName, id: fc.constantFrom('a', 'b', 'A/b') }),
  fc.record({ what: fc.constant('look' as const) })
)

t.test('after any changes the index finds what a walk finds', async () => {
  await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 40 }), async changes => {
    const catalog = await Catalog.open()
    const index = new ReverseIndex(catalog.state)
    for (const c of changes) {
      const there = c.what === 'look' || catalog.state.nodes.get(c.node) !== undefined
      if (c.what === 'node') await catalog.node(c.node, c.address)
      else if (c.what === 'service' && there) await catalog.service(c.node, c.name, { id: c.id, address: c.address })
      else if (c.what === 'no node') await catalog.deleteNode(c.node)
      else if (c.what === 'no service') await catalog.deleteService(c.node, c.id)
      else for (const text of ['10.0.0.1', '10.0.0.2', 'fd00::7']) assert.deepEqual(index.find(parseIp(text)!), walk(catalog.state, toHex(parseIp(text)!)), text)
    }
    for (const text of ['10.0.0.1', '10.0.0.2', 'fd00::7']) assert.deepEqual(index.find(parseIp(text)!), walk(catalog.state, toHex(parseIp(text)!)), text)
    index.close()
  }), { seed: 41, numRuns: 150 })
})
