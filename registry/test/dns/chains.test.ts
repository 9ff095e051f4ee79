// Laws of names that stand where an address should: they are followed inside our domains, not too far and not for ever; one CNAME at most, and only where there is no address.
import t from 'tap'
import { shows, testDoor } from './support.js'
import type { TestDoor } from './support.js'

async function chain (door: TestDoor): Promise<void> {
  const { catalog } = door
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'real')
  for (const [name, to] of [['one', 'real'], ['two', 'one'], ['three', 'two'], ['four', 'three'], ['five', 'four'], ['ping', 'pong'], ['pong', 'ping'], ['nowhere', 'gone']]) {
    await catalog.service('n1', name!, { address: `${to}.service.consul` })
  }
}

t.test('three names are followed, in order, as long as they are ours', async t => {
  const door = await testDoor(t, { dns: { serviceTtlMs: { real: 60_000, two: 7000 } } })
  await chain(door)
  const targets = async (name: string): Promise<string[]> => (await door.ask(`${name}.service.consul`, 'A', { edns: 4096 })).answers.map(line => line.replaceAll('.service.consul', ''))
  t.strictSame(await targets('one'), ['one 0 CNAME real', 'real 0 A 198.51.100.1'])
  t.strictSame(await targets('two'), ['two 7 CNAME one', 'one 7 CNAME real', 'real 7 A 198.51.100.1'], 'the service asked for says how long all of it holds')
  t.strictSame(await targets('four'), ['four 0 CNAME three', 'three 0 CNAME two', 'two 0 CNAME one', 'one 0 CNAME real'])
  t.strictSame(await targets('five'), ['five 0 CNAME four', 'four 0 CNAME three', 'three 0 CNAME two', 'two 0 CNAME one'])
  t.strictSame(await targets('ping'), ['ping 0 CNAME pong', 'pong 0 CNAME ping', 'ping 0 CNAME pong', 'pong 0 CNAME ping'], 'a loop ends')
  t.strictSame(await targets('nowhere'), ['nowhere 0 CNAME gone'])
})

t.test('any type is answered with the CNAME, SRV with what its target leads to', async t => {
  const door = await testDoor(t)
  await chain(door)
  for (const type of ['A', 'AAAA', 'ANY', 'MX', 'TXT']) t.equal((await door.ask('one.service.consul', type)).answers.length, 2, type)
  shows(t, await door.ask('two.service.consul', 'SRV'), {
    answers: ['two.service.consul 0 SRV 1 1 80 one.service.consul'], additional: ['one.service.consul 0 CNAME real.service.consul', 'real.service.consul 0 A 198.51.100.1'],
  })
})

t.test('an address goes before a name, and of several names one is answered', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'mixed', { id: 'a', address: 'one.example' })
  await catalog.service('n1', 'mixed', { id: 'b', address: 'two.example' })
  shows(t, await ask('mixed.service.consul'), { answers: [/^mixed\.service\.consul 0 CNAME (one|two)\.example$/] })
  await catalog.service('n1', 'mixed', { id: 'c' })
  shows(t, await ask('mixed.service.consul'), { answers: ['mixed.service.consul 0 A 198.51.100.1'] })
  shows(t, await ask('mixed.service.consul', 'AAAA'), { answers: [/CNAME/] })
  shows(t, await ask('mixed.service.consul', 'MX'), { answers: [/CNAME/] })
})

t.test('an instance whose address is the name that was asked is reached at its node', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'self', { address: 'self.service.consul.' })
  shows(t, await ask('self.service.consul'), { answers: ['self.service.consul 0 A 198.51.100.1'] })
  shows(t, await ask('self.service.consul', 'SRV'), { answers: [/n1\.node\.dc1\.consul$/], additional: ['n1.node.dc1.consul 0 A 198.51.100.1'] })
  shows(t, await ask('SELF.service.consul'), { answers: ['SELF.service.consul 0 CNAME self.service.consul', 'self.service.consul 0 A 198.51.100.1'] })
})

t.test('nodes too: each record keeps its own time', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { nodeTtlMs: 9000, serviceTtlMs: { '*': 7000 } } })
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'real')
  await catalog.node('n2', 'real.service.consul', { meta: { a: 'b' } })
  await catalog.node('n3', 'elsewhere.example.net')
  shows(t, await ask('n2.node.consul', 'ANY'), { answers: ['n2.node.consul 9 CNAME real.service.consul', 'real.service.consul 7 A 198.51.100.1', 'n2.node.consul 9 TXT a=b'] })
  shows(t, await ask('n3.node.consul'), { answers: ['n3.node.consul 9 CNAME elsewhere.example.net'] })
})

t.test('a client without EDNS gets five records behind a name; one with it gets all', async t => {
  const { catalog, ask } = await testDoor(t)
  for (let i = 1; i <= 10; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'real')
  }
  await catalog.service('n1', 'one', { address: 'real.service.consul' })
  t.equal((await ask('one.service.consul', 'A', { tcp: true })).answers.length, 6)
  t.equal((await ask('one.service.consul', 'A', { edns: 4096 })).answers.length, 11)
  t.equal((await ask('one.service.consul', 'A')).answers.length, 3, 'and over plain UDP there is the limit of answers besides')
})

t.test('services that point to one another in great numbers cost a bounded number of steps', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  for (let level = 0; level < 4; level++) {
    for (let i = 0; i < 30; i++) await catalog.service('n1', `level-${level}`, { id: `${level}-${i}`, port: i, address: `${i}.level-${level + 1}.service.consul`, tags: Array.from({ length: 30 }, (_, i) => String(i)) })
  }
  const began = process.cpuUsage()
  shows(t, await ask('level-0.service.consul', 'SRV', { tcp: true }), { rcode: 'NOERROR' })
  const { user } = process.cpuUsage(began)
  t.ok(user < 5e6, 'far from the 30 ^ 4 names that there are')
})
