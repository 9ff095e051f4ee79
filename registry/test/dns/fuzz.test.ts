// The law of the port: any bytes get an answer or silence. An answer is one: it can be read, has the id of what it answers, fits its client. Nothing inside fails.
import { alwaysFresh } from '../../src/freshness.js'
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import dnsPacket from 'dns-packet'
import t from 'tap'
import { defaults } from '../../src/config/defaults.js'
import { systemClock } from '../../src/clock.js'
import { silentLog } from '../../src/telemetry/log.js'
import { Recursors } from '../../src/dns/recursors.js'
import { Resolver } from '../../src/dns/resolver.js'
import { Responder } from '../../src/dns/responder.js'
import { packets, random } from './fuzz.js'
import { Catalog, framed, shows, testDoor } from './support.js'

async function filled (catalog: Catalog): Promise<void> {
  for (let i = 1; i <= 10; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`, { meta: { k: 'v' } })
    await catalog.service(`n${i}`, 'ten')
  }
  await catalog.service('n1', 'web', { tags: ['primary'] })
  await catalog.service('n1', 'alias', { address: 'web.service.consul' })
  await catalog.service('n1', 'consul')
}

t.test('any bytes get a right answer or silence', async t => {
  const catalog = await Catalog.open()
  await filled(catalog)
  const roster = { config: defaults, clock: systemClock, random: random(1), log: silentLog, state: catalog.state, freshness: alwaysFresh(catalog.state) }
  const responder = new Responder(roster, new Resolver(roster, {}, new Recursors(roster)))
  const next = packets(4711)
  let answered = 0
  for (let i = 0; i < 6000; i++) {
    const packet = next()
    const transport = i % 4 === 0 ? 'tcp' : 'udp'
    const shown = `${transport} ${packet.toString('hex')}`
    const bytes = responder.answer(packet, transport, '127.0.0.1')
    assert.ok(!(bytes instanceof Promise), shown)
    if (bytes === undefined) continue
    answered++
    assert.equal(bytes.readUInt16BE(0), packet.readUInt16BE(0), shown)
    assert.ok((bytes[2]! & 0x80) !== 0, shown)
    assert.doesNotThrow(() => dnsPacket.decode(bytes), shown)
    assert.ok(bytes.length <= (transport === 'tcp' ? 65535 : Math.max(512, udpBytes(packet))), shown)
  }
  t.equal(responder.stats.failed, 0, 'no question failed inside')
  t.ok(answered > 1000 && responder.stats.ignored > 100 && responder.stats.kept > 10, `answered ${answered}, ignored ${responder.stats.ignored}, kept ${responder.stats.kept}`)
})

/** The most that an OPT record anywhere in a packet could allow. */
function udpBytes (packet: Buffer): number {
  let most = 0
  for (let at = packet.indexOf('000029', 12, 'hex'); at !== -1 && at + 5 <= packet.length; at = packet.indexOf('000029', at + 1, 'hex')) most = Math.max(most, packet.readUInt16BE(at + 3))
  // A root written as a pointer or a name is an OPT record's name as well.
  return most === 0 && packet.includes(Buffer.from([0, 41])) ? 65535 : most
}

t.test('after all of it the port still answers, over both transports', async t => {
  const { catalog, ask, port, door } = await testDoor(t)
  await filled(catalog)
  const next = packets(815)
  const udp = createSocket('udp4')
  const tcp = connect(port, '127.0.0.1').on('error', () => {})
  for (let i = 0; i < 1500; i++) {
    const packet = next()
    if (i % 3 === 0) tcp.write(i % 30 === 0 ? framed([packet]).subarray(0, -1) : framed([packet]))
    else await new Promise<void>(resolve => udp.send(packet, port, '127.0.0.1', () => resolve()))
  }
  for (const tcp of [false, true]) shows(t, await ask('web.service.consul', 'A', { tcp }), { answers: ['web.service.consul 0 A 198.51.100.1'] })
  t.equal(door.stats.failed, 0)
  t.ok(door.stats.received.udp > 900)
  udp.close()
  tcp.destroy()
})

t.test('a fault inside is SERVFAIL for the one who asked, and counted', async t => {
  const { catalog, ask, door } = await testDoor(t, { sources: { executeQuery () { throw new Error('a fault') } } })
  await filled(catalog)
  shows(t, await ask('q.query.consul'), { rcode: 'SERVFAIL', answers: [] })
  t.equal(door.stats.failed, 1)
  shows(t, await ask('web.service.consul'), { rcode: 'NOERROR' })
})
