// Laws of the limit for each source: a burst, then the rate; loopback is free; a network of IPv6 addresses is one source; how many are counted is bounded.
import t from 'tap'
import { SourceLimit } from '../../src/dns/source-limit.js'
import { fakeClock } from '../support/fake-clock.js'
import { DnsStats } from '../../src/dns/stats.js'
import { UdpListener } from '../../src/dns/udp.js'
import { exchangeUdp, question, testDoor } from './support.js'

const config = { dnsRatePerSource: 10, dnsBurstPerSource: 20 }

/** How many of `n` questions are let in. */
const taken = (limit: SourceLimit, address: string, n: number, c = config): number => Array.from({ length: n }, () => limit.take(address, c)).filter(Boolean).length

t.test('the burst at once, then as many as the rate gives', async t => {
  const clock = fakeClock()
  const limit = new SourceLimit(clock)
  t.equal(taken(limit, '192.0.2.1', 100), 20)
  await clock.advance(1000)
  t.equal(taken(limit, '192.0.2.1', 100), 10)
  await clock.advance(100)
  t.equal(taken(limit, '192.0.2.1', 100), 1)
  await clock.advance(60_000)
  t.equal(taken(limit, '192.0.2.1', 100), 20, 'never more than the burst')
  t.equal(taken(limit, '192.0.2.2', 100), 20, 'another source has its own')
})

t.test('large answers cost as many tokens as they have pieces; a source may owe', async t => {
  const clock = fakeClock()
  const limit = new SourceLimit(clock)
  t.equal(taken(limit, '192.0.2.1', 1), 1)
  limit.charge('192.0.2.1', 1232)
  limit.charge('192.0.2.1', 4000)
  t.equal(taken(limit, '192.0.2.1', 100), 20 - 1 - 3)
  limit.charge('192.0.2.1', 65_000)
  await clock.advance(5000)
  t.equal(taken(limit, '192.0.2.1', 100), 0)
  await clock.advance(400)
  t.equal(taken(limit, '192.0.2.1', 100), 2)
  limit.charge('192.0.2.9', 65_000)
  t.equal(taken(limit, '192.0.2.9', 100), 20, 'nobody owes who never asked')
  limit.charge('127.0.0.1', 65_000)
})

t.test('loopback is free, and so is everyone when the rate is 0', async t => {
  const limit = new SourceLimit(fakeClock())
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) t.equal(taken(limit, address, 100), 100, address)
  t.equal(taken(limit, '192.0.2.1', 100, { dnsRatePerSource: 0, dnsBurstPerSource: 0 }), 100)
})

t.test('whoever has one address of an IPv6 network has them all', async t => {
  const limit = new SourceLimit(fakeClock())
  t.equal(taken(limit, '2001:db8::1', 15) + taken(limit, '2001:db8::ffff:2', 15), 20)
  t.equal(taken(limit, '2001:db8:0:1::1', 15), 15)
  t.equal(taken(limit, 'fe80::1%eth0', 15) + taken(limit, 'fe80::2%eth1', 15), 20)
})

t.test('a clock that does not move, and a rate of a fraction', async t => {
  const clock = fakeClock()
  const limit = new SourceLimit(clock)
  const slow = { dnsRatePerSource: 0.5, dnsBurstPerSource: 1 }
  t.equal(taken(limit, '192.0.2.1', 10, slow), 1)
  await clock.advance(1999)
  t.equal(taken(limit, '192.0.2.1', 10, slow), 0)
  await clock.advance(2)
  t.equal(taken(limit, '192.0.2.1', 10, slow), 1)
})

t.test('over the limit is silence, and others are answered', async t => {
  let admit = false
  const charged: string[] = []
  const stats = new DnsStats()
  const udp = new UdpListener({ stats, admits: () => admit, answer: packet => packet, charge: (address, bytes) => charged.push(`${address} ${bytes}`) }, '127.0.0.1')
  t.teardown(() => udp.close())
  const { port } = await udp.bind('127.0.0.1', 0)
  await t.rejects(exchangeUdp(port, question('web.service.consul', 'A'), 100), { message: 'no answer' })
  t.equal(stats.limited, 1)
  admit = true
  await exchangeUdp(port, question('web.service.consul', 'A'))
  t.equal(stats.received.udp, 2)
  t.strictSame(charged, [`127.0.0.1 ${question('web.service.consul', 'A').length}`])
})

t.test('loopback has no limit', async t => {
  const { door, ask } = await testDoor(t, { limits: { dnsRatePerSource: 1, dnsBurstPerSource: 1 } })
  for (let i = 0; i < 10; i++) await ask('absent.service.consul')
  t.equal(door.stats.limited, 0)
  t.equal(door.stats.received.udp, 10)
})
