// A million packets that nobody means, at the port's own speed: each gets a right answer or silence, and memory does not grow with them.
import { alwaysFresh } from '../../src/freshness.js'
import assert from 'node:assert/strict'
import dnsPacket from 'dns-packet'
import t from 'tap'
import { defaults } from '../../src/config/defaults.js'
import { systemClock } from '../../src/clock.js'
import { silentLog } from '../../src/telemetry/log.js'
import { Recursors } from '../../src/dns/recursors.js'
import { Resolver } from '../../src/dns/resolver.js'
import { Responder } from '../../src/dns/responder.js'
import { packets, random } from '../dns/fuzz.js'
import { Catalog } from '../dns/support.js'

const PACKETS = 1_000_000

t.setTimeout(900_000)

t.test('a million packets', async t => {
  const catalog = await Catalog.open()
  for (let i = 1; i <= 10; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`, { meta: { k: 'v' } })
    for (const name of i === 1 ? ['ten', 'web', 'consul'] : ['ten']) await catalog.service(`n${i}`, name)
  }
  const roster = { config: defaults, clock: systemClock, random: random(1), log: silentLog, state: catalog.state, freshness: alwaysFresh(catalog.state) }
  const responder = new Responder(roster, new Resolver(roster, {}, new Recursors(roster)))
  const seed = Number(process.env['SEED'] ?? 1)
  const next = packets(seed)
  let answered = 0
  let used = 0
  for (let i = 0; i < PACKETS; i++) {
    const packet = next()
    const transport = i % 4 === 0 ? 'tcp' : 'udp'
    const bytes = responder.answer(packet, transport, '127.0.0.1')
    if (bytes instanceof Promise) throw new Error('nobody else is asked')
    if (i === PACKETS / 10) used = process.memoryUsage().rss
    if (i % 20_000 === 0) {
      await new Promise(resolve => setImmediate(resolve))
      await catalog.service('n2', 'ten', { port: i / 20_000 })
    }
    if (bytes === undefined) continue
    answered++
    const shown = `seed ${seed}, packet ${i}: ${packet.toString('hex')}`
    assert.equal(bytes.readUInt16BE(0), packet.readUInt16BE(0), shown)
    assert.ok((bytes[2]! & 0x80) !== 0, shown)
    assert.doesNotThrow(() => dnsPacket.decode(bytes), shown)
  }
  t.equal(responder.stats.failed, 0)
  t.ok(answered > PACKETS / 10)
  const grown = (process.memoryUsage().rss - used) / 2 ** 20
  t.ok(grown < 150, `${grown.toFixed(0)} MiB more than after the first tenth`)
})
