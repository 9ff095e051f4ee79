// Laws of the zones themselves: SOA and NS of any name in them, servers that are none, the alternative domain, transfers.
import t from 'tap'
import { shows, testDoor } from './support.js'

t.test('any name in the domain answers SOA and NS for the domain, with glue', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { nodeTtlMs: 12_000, soa: { refreshSeconds: 111, retrySeconds: 22, expireSeconds: 3333, minTtlSeconds: 44 } } })
  await catalog.node('Golden', '127.0.0.1')
  await catalog.service('Golden', 'consul', { port: 8300 })
  const soa = 'consul 44 SOA ns.consul hostmaster.consul 111 22 3333 44'
  for (const name of ['consul', 'anything.at.all.consul', 'nobody.node.consul']) {
    shows(t, await ask(name, 'SOA'), { rcode: 'NOERROR', answers: [soa], authority: ['consul 12 NS golden.node.dc1.consul'], additional: ['golden.node.dc1.consul 12 A 127.0.0.1'] }, name)
    shows(t, await ask(name, 'NS'), { rcode: 'NOERROR', answers: ['consul 12 NS golden.node.dc1.consul'], authority: [], additional: ['golden.node.dc1.consul 12 A 127.0.0.1'] }, name)
  }
  shows(t, await ask('x.CONSUL', 'NS'), { answers: ['CONSUL 12 NS golden.node.dc1.consul'] }, 'the zone as it was asked, the server in small letters')
  shows(t, await ask('consul', 'A'), { rcode: 'NXDOMAIN', authority: [soa] })
  shows(t, await ask('consul', 'AXFR'), { rcode: 'NOTIMP', answers: [], authority: [], aa: true })
  shows(t, await ask('consul', 'IXFR'), { rcode: 'NXDOMAIN' }, 'an ordinary type')
})

t.test('three servers at most, none that is critical or whose name is no host name; each comes up now and then', async t => {
  const { catalog, ask } = await testDoor(t)
  for (const [i, name, status] of [[1, 'first', 'passing'], [2, 'second', 'warning'], [3, 'third', 'passing'], [4, 'fourth', 'passing'], [5, 'down', 'critical'], [6, 'not_a_host', 'passing'], [7, 'with.dot', 'passing']] as const) {
    await catalog.node(name, i === 3 ? '2001:db8::3' : `198.51.100.${i}`)
    await catalog.service(name, 'consul')
    await catalog.check(name, 'up', status)
  }
  const seen = new Set<string>()
  for (let i = 0; i < 60; i++) {
    const { answers, additional } = await ask('consul', 'NS')
    t.equal(answers.length, 3)
    t.equal(additional.length, 3)
    for (const line of answers) seen.add(line.split(' ').at(-1)!)
  }
  t.strictSame([...seen].sort(), ['first', 'fourth', 'second', 'third'].map(name => `${name}.node.dc1.consul`))
})

t.test('glue of a server whose address is a name says the name', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('outer', 'ns.example.net')
  await catalog.service('outer', 'consul')
  shows(t, await ask('consul', 'NS'), { answers: ['consul 0 NS outer.node.dc1.consul'], additional: ['outer.node.dc1.consul 0 CNAME ns.example.net'] })
})

t.test('without servers NS is empty, and says nothing more', async t => {
  const { ask } = await testDoor(t)
  shows(t, await ask('consul', 'NS'), { rcode: 'NOERROR', answers: [], authority: [], additional: [] })
})

t.test('the alternative domain has the same names and an SOA of its own; bare, that of the main one', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { domain: 'corp.internal.', altDomain: 'alt.example.' } })
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  await catalog.service('n1', 'web', { id: 'ip', address: '203.0.113.2' })
  t.strictSame((await ask('web.service.dc1.ALT.Example', 'SRV')).answers.map(line => line.split(' ').at(-1)).sort(), ['cb007102.addr.dc1.ALT.Example', 'n1.node.dc1.ALT.Example'])
  shows(t, await ask('x.service.alt.example'), { rcode: 'NXDOMAIN', authority: [/^alt\.example 0 SOA ns\.alt\.example/] })
  shows(t, await ask('alt.example'), { rcode: 'NXDOMAIN', authority: [/^corp\.internal 0 SOA/] })
  shows(t, await ask('x.alt.example', 'SOA'), { answers: [/^alt\.example 0 SOA/] })
  shows(t, await ask('web.service.consul'), { rcode: 'REFUSED' })
  shows(t, await ask('1.100.51.198.in-addr.arpa', 'PTR'), { answers: ['1.100.51.198.in-addr.arpa 0 PTR n1.node.dc1.corp.internal'] })
})

t.test('an SOA serial never goes back', async t => {
  const { ask } = await testDoor(t)
  const serial = async (): Promise<number> => {
    const { bytes } = await ask('consul', 'SOA')
    return bytes.readUInt32BE(bytes.length - 20)
  }
  const first = await serial()
  t.ok(Math.abs(first - Date.now() / 1000) < 5, 'seconds since 1970')
  t.ok(await serial() >= first)
})
