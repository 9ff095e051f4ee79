// Laws of kept answers: they are found by the question's bytes, tell what is true now, are shuffled, and are as many as there are names, whatever strangers ask.
import t from 'tap'
import { AnswerCache } from '../../src/dns/answer-cache.js'
import { decodeRequest } from '../../src/dns/request.js'
import { udpLimit } from '../../src/dns/answer.js'
import { systemClock } from '../../src/clock.js'
import { fakeClock } from '../support/fake-clock.js'
import { Catalog, exchangeUdp, question, readAnswer, shows, testDoor } from './support.js'
import type { Keepable } from '../../src/dns/resolver.js'
import type { Request } from '../../src/dns/request.js'

t.test('a second question like the first is answered from bytes, under its own id, RD and CD', async t => {
  const { catalog, door, port } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  const first = await exchangeUdp(port, question('web.service.consul', 'A', { id: 1 }))
  t.equal(door.stats.kept, 0)
  const packet = question('web.service.consul', 'A', { id: 2, rd: false })
  packet[3]! |= 0x10
  const second = await exchangeUdp(port, packet)
  t.equal(door.stats.kept, 1)
  t.equal(second.readUInt16BE(0), 2)
  t.equal(second.readUInt16BE(2), 0x8410)
  t.equal(second.subarray(4).toString('hex'), first.subarray(4).toString('hex'))
})

t.test('it echoes each client\'s own EDNS size, and gives each what it takes', async t => {
  const { catalog, door, ask } = await testDoor(t)
  for (let i = 0; i < 12; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
  }
  for (const edns of [1232, 4096, 1232, 1400, 600, 600, 513, 512, 100, 65535]) {
    const fresh = readAnswer(await exchangeUdp((await testDoor(t)).port, question('other.example', 'A', { edns })))
    t.equal(fresh.rcode, 'REFUSED')
    const { opt, answers, bytes } = await ask('web.service.consul', 'A', { edns })
    t.equal(opt?.udpPayloadSize, edns > 512 ? edns : undefined)
    t.equal(answers.length, edns > 512 ? 12 : 3)
    t.ok(bytes.length <= Math.max(edns, 512))
  }
  t.ok(door.stats.kept > 0)
})

t.test('every change shows at once: instances, health, addresses, settings', async t => {
  const { catalog, door, ask, reload } = await testDoor(t)
  const last = async (): Promise<string> => (await ask('web.service.consul', 'A', { edns: 1232 })).answers.map(line => line.split(' ').slice(1).join(' ')).sort().join()
  const twice = async (expected: string, note: string): Promise<void> => {
    t.equal(await last(), expected, note)
    t.equal(await last(), expected, `${note}, from bytes`)
  }
  await twice('', 'nothing')
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  await twice('0 A 198.51.100.1', 'registered')
  await catalog.node('n2', '198.51.100.2')
  await catalog.service('n2', 'web')
  await twice('0 A 198.51.100.1,0 A 198.51.100.2', 'another')
  await catalog.check('n2', 'up', 'critical')
  await twice('0 A 198.51.100.1', 'its node is critical')
  await catalog.deleteCheck('n2', 'up')
  await twice('0 A 198.51.100.1,0 A 198.51.100.2', 'and not any more')
  await catalog.check('n1', 'web', 'critical', 'web')
  await twice('0 A 198.51.100.2', 'an instance is critical')
  await catalog.node('n2', '198.51.100.22')
  await twice('0 A 198.51.100.22', 'the node moved')
  await catalog.service('n2', 'web', { address: '203.0.113.2' })
  await twice('0 A 203.0.113.2', 'the instance has its own address')
  reload({ serviceTtlMs: { web: 9000 } })
  await twice('9 A 203.0.113.2', 'settings')
  await catalog.deleteNode('n2')
  await twice('', 'gone')
  t.ok(door.stats.kept >= 8)
})

t.test('that there is nothing of a type is kept for a second: its SOA counts seconds', async t => {
  const clock = fakeClock()
  const { catalog, door, ask } = await testDoor(t, { clock })
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  const serial = async (): Promise<number> => {
    const { bytes, rcode, authority } = await ask('web.service.consul', 'AAAA')
    t.strictSame([rcode, authority.length], ['NOERROR', 1])
    return bytes.readUInt32BE(bytes.length - 20)
  }
  const first = await serial()
  await clock.advance(999)
  t.equal(await serial(), first)
  t.equal(door.stats.kept, 1)
  await clock.advance(1)
  t.equal(await serial(), first + 1)
  await catalog.node('n1', '2001:db8::1')
  t.equal((await ask('web.service.consul', 'AAAA')).answers.length, 1, 'and not a moment longer when something changes')
})

t.test('a very large service is dealt anew only as often as there is time for it', async t => {
  const { state } = await Catalog.open()
  let now = 0
  let dealt = 0
  const cache = new AnswerCache({ state, clock: { monotonic: () => now }, random: () => 0, maxBytes: 100_000, plainLimit: 512, limitFor: udpLimit })
  const variant = (): { bytes: Buffer, whole: boolean, cut: boolean } => {
    dealt++
    now += 30
    return { bytes: Buffer.alloc(400), whole: true, cut: false }
  }
  const request = decodeRequest(question('web.service.consul', 'A'), 'udp') as Request
  cache.keep(request, 512, { variant, rows: 4000, topics: ['health:web'], whole: true, bytes: 400, maxAgeMs: Infinity }, Buffer.alloc(400))
  for (; now < 60_000; now += 1) cache.find(request.packet)
  t.ok(dealt * 30 < 60_000 * 0.1 && dealt > 2, `${dealt} times 30 ms in a minute`)
})

t.test('what happens elsewhere leaves kept answers alone', async t => {
  const { catalog, door, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  await catalog.node('n2', '198.51.100.2')
  await ask('web.service.consul')
  for (let i = 0; i < 5; i++) {
    await catalog.service('n2', 'db', { port: i })
    await ask('web.service.consul')
  }
  t.equal(door.stats.kept, 5)
})

t.test('each instance comes first about as often as any other, and each order comes up', async t => {
  const clock = fakeClock()
  const { catalog, ask } = await testDoor(t, { random: fixedRandom(7), clock })
  const firsts = new Map<string, number>()
  const orders = new Set<string>()
  for (let i = 0; i < 4; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
  }
  for (let i = 0; i < 2000; i++) {
    const { answers } = await ask('web.service.consul', 'A', { edns: 1232 })
    await clock.advance(i < 1000 ? 0 : 100) // many who ask at once, then one now and then
    firsts.set(answers[0]!, (firsts.get(answers[0]!) ?? 0) + 1)
    orders.add(answers.join())
  }
  t.equal(firsts.size, 4)
  for (const [first, times] of firsts) t.ok(times > 400 && times < 600, `${first} came first ${times} of 2000 times`)
  t.equal(orders.size, 24)
})

t.test('with more instances than kept orders each still comes first now and then, and gets into the three that fit', async t => {
  const clock = fakeClock()
  const { catalog, ask } = await testDoor(t, { random: fixedRandom(8), clock })
  for (let i = 0; i < 40; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
  }
  const firsts = new Set<string>()
  const seen = new Set<string>()
  for (let i = 0; i < 500; i++) {
    const { answers } = await ask('web.service.consul')
    await clock.advance(20)
    firsts.add(answers[0]!)
    for (const line of answers) seen.add(line)
  }
  t.equal(firsts.size, 40)
  t.equal(seen.size, 40)
})

t.test('what a stranger can vary at will is answered, and not kept', async t => {
  const { catalog, door, ask, port } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  await catalog.service('n1', 'proxy', { kind: 'connect-proxy', proxy: { DestinationServiceName: 'web' } })
  for (const [name, type] of [
    ['Web.service.consul', 'A'], ['web.service.any.port.consul', 'A'], ['any.web.connect.consul', 'A'], ['c0a80001.addr.any.consul', 'A'], ['absent.service.consul', 'A'],
    ['web.service.consul', 'MX'], ['consul', 'SOA'], ['any.consul', 'NS'], ['1.100.51.198.in-addr.arpa', 'PTR'], ['www.example.com', 'A'],
  ]) for (let i = 0; i < 3; i++) await ask(name!, type)
  const odd = [
    (packet: Buffer) => Buffer.concat([packet, Buffer.from('trailing')]),
    (packet: Buffer) => { packet.writeUInt16BE(3, packet.length - 2); return packet }, // class CHAOS
  ]
  for (const change of odd) for (let i = 0; i < 3; i++) await exchangeUdp(port, change(question('web.service.consul', 'A')))
  await ask('web.service.consul', 'A', { subnet: '203.0.113.0/24' })
  await ask('web.service.consul', 'A', { subnet: '203.0.113.0/24' })
  t.equal(door.stats.kept, 0)
  await ask('web.service.consul')
  await ask('web.service.consul')
  t.equal(door.stats.kept, 1, 'while the plain question is')
})

t.test('kept bytes are bounded, and so are the sizes kept for one question', async t => {
  const { state } = await Catalog.open()
  const cache = new AnswerCache({ state, clock: systemClock, random: Math.random, maxBytes: 100_000, plainLimit: 512, limitFor: udpLimit })
  const keepable = (bytes: number, whole: boolean): Keepable => ({ variant: () => ({ bytes: Buffer.alloc(bytes), whole, cut: !whole }), rows: 3, topics: ['health:web'], whole, bytes, maxAgeMs: Infinity })
  const ask = (name: string, edns?: number): Request => decodeRequest(question(name, 'A', { edns }), 'udp') as Request
  for (let i = 0; i < 500; i++) {
    cache.keep(ask(`web-${i}.service.consul`), 512, keepable(400, true), Buffer.alloc(400))
    t.ok(cache.bytes <= 100_000)
  }
  t.ok(cache.size > 10)
  cache.clear()
  for (let size = 600; size < 700; size++) cache.keep(ask('web.service.consul', size), size, keepable(590, false), Buffer.alloc(590))
  t.equal(cache.size, 1)
  t.ok(cache.bytes < 20_000)
  const found = (size: number): boolean => cache.find(question('web.service.consul', 'A', { edns: size })) !== undefined
  t.strictSame([600, 695, 696, 699].map(found), [false, false, true, true], 'the newest')
})

t.test('TCP has kept answers of its own, with all that UDP left out', async t => {
  const { catalog, door, ask } = await testDoor(t)
  for (let i = 0; i < 5; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
  }
  for (let i = 0; i < 3; i++) {
    t.equal((await ask('web.service.consul', 'SRV')).answers.length, 3)
    t.equal((await ask('web.service.consul', 'SRV', { tcp: true })).answers.length, 5)
  }
  t.equal(door.stats.kept, 4)
})

t.test('recursion is said to be available as soon as it is', async t => {
  const { catalog, ask, reload } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  await ask('web.service.consul')
  reload({ recursors: ['127.0.0.1:9'] })
  shows(t, await ask('web.service.consul'), { ra: true, aa: true })
  reload({})
  shows(t, await ask('web.service.consul'), { ra: false })
})

/** A linear congruential generator: the same numbers in each run. */
function fixedRandom (seed: number): () => number {
  let state = seed
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32
}
