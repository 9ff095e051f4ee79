// Laws of the door: both transports at one address or neither, several addresses, what it counts, and an end that leaves nothing.
import { alwaysFresh } from '../../src/freshness.js'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { dnsDoor } from '../../src/dns/door.js'
import { defaults } from '../../src/config/defaults.js'
import { systemClock } from '../../src/clock.js'
import { silentLog } from '../../src/telemetry/log.js'
import { DNS_LATENCY_BUCKETS } from '../../src/dns/stats.js'
import { ask, Catalog, exchangeUdp, question, testDoor } from './support.js'
import type { AddressInfo } from 'node:net'

const open = async (): Promise<ReturnType<typeof dnsDoor>> => {
  const { state } = await Catalog.open()
  return dnsDoor({ config: defaults, clock: systemClock, random: Math.random, log: silentLog, state, freshness: alwaysFresh(state) })
}

t.test('a port that is taken for either transport is refused, and the other one is free again', async t => {
  const door = await open()
  t.teardown(() => door.close())
  const tcp = createServer().listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  await t.rejects(door.listen('127.0.0.1', (tcp.address() as AddressInfo).port), { code: 'EADDRINUSE' })
  const { port } = tcp.address() as AddressInfo
  tcp.close()
  await once(tcp, 'close')
  const udp = createSocket('udp4')
  await new Promise<void>(resolve => udp.bind(port, '127.0.0.1', resolve))
  await t.rejects(door.listen('127.0.0.1', port), { code: 'EADDRINUSE' })
  await new Promise<void>(resolve => udp.close(resolve))
  t.strictSame(await door.listen('127.0.0.1', port), { host: '127.0.0.1', port })
})

t.test('several addresses, IPv6 too where there is any', async t => {
  const door = await open()
  t.teardown(() => door.close())
  const first = await door.listen('127.0.0.1', 0)
  const second = await door.listen('127.0.0.1', 0)
  t.not(first.port, second.port)
  for (const { port } of [first, second]) t.equal((await ask(port, 'absent.service.consul')).rcode, 'NXDOMAIN')
  const six = await door.listen('::1', 0).catch(() => undefined)
  if (six === undefined) return
  const socket = createSocket('udp6')
  socket.send(question('absent.service.consul', 'A'), six.port, '::1')
  const [answer] = await once(socket, 'message') as [Buffer]
  t.equal(answer[3]! & 15, 3)
  socket.close()
})

t.test('what is counted', async t => {
  const { door, ask, port } = await testDoor(t)
  await ask('absent.service.consul')
  await ask('absent.service.consul', 'A', { tcp: true })
  await ask('www.example.com')
  await t.rejects(exchangeUdp(port, Buffer.from('abc'), 50), { message: 'no answer' })
  const { stats } = door
  t.match(stats, { received: { udp: 3, tcp: 1 }, ignored: 1, failed: 0, limited: 0 })
  t.equal(stats.answers[3], 2)
  t.equal(stats.answers[5], 1)
  t.equal(stats.latency.count, 3)
  t.equal(stats.latency.counts.reduce((a, b) => a + b), 3)
  t.equal(stats.latency.counts.length, DNS_LATENCY_BUCKETS.length + 1)
  t.ok(stats.latency.sum > 0 && stats.latency.sum < 5)
})

t.test('closed, it is silent, and can be closed again', async t => {
  const { door, port } = await testDoor(t)
  await door.close()
  await t.rejects(exchangeUdp(port, question('absent.service.consul', 'A'), 50), { message: 'no answer' })
  await door.close()
})
