// Laws of size: no message is larger than its client takes; as much as fits is in it; TC says that something was left out only where that is wanted, or nothing is left.
import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { composeMessage, sizeLimit, SPARE_BYTES } from '../../src/dns/answer.js'
import { FLAG, RCODE, TYPE } from '../../src/dns/codes.js'
import { Encoder } from '../../src/dns/encode.js'
import { ASKED } from '../../src/dns/record.js'
import { decodeRequest } from '../../src/dns/request.js'
import { defaults } from '../../src/config/defaults.js'
import { question, testDoor } from './support.js'
import { serviceRecord } from '../support/records.js'
import type { DnsConfig } from '../../src/config/runtime-config.js'
import type { Message } from '../../src/dns/encode.js'
import type { ResourceRecord } from '../../src/dns/record.js'
import type { Request } from '../../src/dns/request.js'
import type { TestDoor } from './support.js'

async function many (door: TestDoor, service: string, count: number, name: (i: number) => string): Promise<void> {
  for (let i = 0; i < count; i++) {
    await door.catalog.node(name(i), `198.51.${100 + (i >> 8)}.${i & 255}`)
    await door.catalog.service(name(i), service)
  }
}

t.test('512 bytes hold as many answers as the limit says, eight at most; above, size alone counts', async t => {
  const door = await testDoor(t)
  await many(door, 'web', 12, i => `node-${i}`)
  const count = async (edns?: number, type = 'A', tcp = false): Promise<string> => {
    const { answers, additional, opt, tc } = await door.ask('web.service.consul', type, { edns, tcp })
    return `${answers.length}+${additional.length}${opt === undefined ? '' : ' opt'}${tc ? ' tc' : ''}`
  }
  t.equal(await count(), '3+0')
  t.equal(await count(100), '3+0', 'trimmed: no OPT')
  t.equal(await count(512), '3+0')
  t.equal(await count(513), '12+0 opt')
  t.equal(await count(65535), '12+0 opt')
  t.equal(await count(undefined, 'SRV'), '3+3')
  t.equal(await count(800, 'SRV'), '12+12 opt')
  t.equal(await count(undefined, 'SRV', true), '12+12')
  t.equal(await count(512, 'SRV', true), '12+12 opt', 'over TCP what is said of UDP does not count')
  door.reload({ udpAnswerLimit: 20, enableTruncate: true })
  t.equal(await count(), '8+0 tc')
  door.reload({ udpAnswerLimit: 0 })
  t.equal(await count(), '0+0')
})

t.test('with and without compression: what is cut for 512 bytes fits even when someone writes its names out', async t => {
  const door = await testDoor(t, { dns: { udpAnswerLimit: 8, enableTruncate: true } })
  for (const [length, answers] of [[24, 8], [25, 7]] as const) {
    await many(door, 'x'.repeat(length), 10, i => `a${i}`)
    t.equal((await door.ask(`${'x'.repeat(length)}.service.consul`)).answers.length, answers)
  }
  for (const [length, answers, tc] of [[41, 5, false], [42, 4, true]] as const) {
    await many(door, `f${length}v`, 5, i => `${'a'.repeat(length - 1)}${i}`)
    const answer = await door.ask(`f${length}v.service.consul`, 'SRV')
    t.strictSame([answer.answers.length, answer.additional.length, answer.tc], [answers, answers, tc], 'five are within the limit, so that compression counts')
  }
  door.reload({ disableCompression: true })
  const { bytes } = await door.ask('f41v.service.consul', 'SRV', { tcp: true })
  t.equal(bytes.length, 12 + 21 + 4 + 5 * ((21 + 10 + 6 + 59) + (59 + 10 + 4)), 'all names written out')
})

t.test('extras go before answers: metadata first, then all but one address for each target', async t => {
  const door = await testDoor(t, { dns: { enableTruncate: true } })
  await many(door, 'meta', 3, i => `s${i}`)
  for (let i = 0; i < 3; i++) await door.catalog.node(`s${i}`, `198.51.100.${i}`, { meta: { k: 'v'.repeat(120), l: 'w'.repeat(120) } })
  const answer = await door.ask('meta.service.consul', 'SRV')
  t.strictSame([answer.answers.length, answer.additional.length, answer.tc], [3, 3, false])
  await door.catalog.node('lone', '198.51.100.9', { meta: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`k${i}`, 'v'.repeat(100)])) })
  await door.catalog.service('lone', 'lone')
  const lone = await door.ask('lone.service.consul', 'SRV')
  t.ok(lone.bytes.length <= 512)
  t.strictSame(lone.additional, ['lone.node.dc1.consul 0 A 198.51.100.9'])
  t.ok((await door.ask('lone.node.consul')).bytes.length <= 512)
  const texts = await door.ask('lone.node.consul', 'TXT')
  t.ok(texts.bytes.length <= 512 && texts.answers.length === 3 && texts.tc)
})

t.test('an answer that cannot be said in the size there is says so, whatever the settings', async t => {
  const door = await testDoor(t)
  await door.catalog.node('n1', '198.51.100.1', { meta: { k: 'v'.repeat(600) } })
  const small = await door.ask('n1.node.consul', 'TXT')
  t.strictSame([small.answers.length, small.tc, small.rcode], [0, true, 'NOERROR'])
  t.equal((await door.ask('n1.node.consul', 'TXT', { tcp: true })).answers.length, 1)
})

t.test('64 KB over TCP', async t => {
  const door = await testDoor(t)
  await door.catalog.node('m', '198.51.100.1')
  await door.catalog.change(draft => {
    for (let i = 0; i < 4200; i++) draft.put(`node/m/service/lots-${i}`, lots(i))
  })
  const a = await door.ask('lots.service.consul', 'A', { tcp: true })
  t.strictSame([a.answers.length, a.bytes.length], [4092, 65509])
  const srv = await door.ask('lots.service.consul', 'SRV', { tcp: true })
  t.ok(srv.answers.length > 950 && srv.answers.length === srv.additional.length && srv.bytes.length <= 65523)
  const udp = await door.ask('lots.service.consul', 'A', { edns: 65535 })
  t.strictSame([udp.answers.length, udp.bytes.length], [4088, 65445])
})

const lots = (i: number): object => serviceRecord({ node: 'm', id: `lots-${i}`, name: 'lots', address: `10.1.${i >> 8}.${i & 255}`, port: 9000 })

// === for any records ===

const encoder = new Encoder()
const target = fc.stringMatching(/^[a-z]{1,40}$/).map(label => `${label}.node.dc1.consul.`)
const answer: fc.Arbitrary<ResourceRecord> = fc.oneof(
  fc.record({ name: fc.constant(ASKED), type: fc.constant(TYPE.A), ttl: fc.constant(0), address: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.record({ name: fc.constant(ASKED), type: fc.constant(TYPE.SRV), ttl: fc.constant(0), priority: fc.constant(1), weight: fc.constant(1), port: fc.nat({ max: 65535 }), target }),
  fc.record({ name: fc.constant(ASKED), type: fc.constant(TYPE.TXT), ttl: fc.constant(0), text: fc.uint8Array({ maxLength: 600 }) })
)
const extra: fc.Arbitrary<ResourceRecord> = fc.oneof(
  fc.record({ name: target, type: fc.constant(TYPE.A), ttl: fc.constant(0), address: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.record({ name: target, type: fc.constant(TYPE.TXT), ttl: fc.constant(0), text: fc.uint8Array({ maxLength: 300 }) })
)

t.test('for any records and any client: within the size, answers from the front, and one more would not fit', async () => {
  fc.assert(fc.property(
    fc.array(answer, { maxLength: 40 }), fc.array(extra, { maxLength: 20 }), fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined }), fc.boolean(), fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 12 }),
    (answers, additional, edns, tcp, disableCompression, enableTruncate, udpAnswerLimit) => {
      const request = decodeRequest(question('web.service.consul', 'SRV', { edns }), tcp ? 'tcp' : 'udp') as Request
      const config: DnsConfig = { ...defaults.dns, disableCompression, enableTruncate, udpAnswerLimit }
      const limit = sizeLimit(request)
      const message = composeMessage({ rcode: RCODE.NOERROR, answers, authority: [], additional }, request, encoder, { config, recurses: false, local: false })
      const size = encoder.encode(message, request, !disableCompression).length
      assert.ok(size <= limit, `${size} bytes for a client that takes ${limit}`)
      assert.deepEqual(message.answers, answers.slice(0, message.answers.length))
      assert.ok(message.additional.every(record => additional.includes(record)), 'no extra that was not there')
      const lost = message.answers.length < answers.length
      assert.equal((message.flags & FLAG.TC) !== 0, lost && (enableTruncate || message.answers.length === 0) && !(udpAnswerLimit === 0 && !enableTruncate && fitsEmpty(message, limit)))
      if (lost && limit > 512 && message.answers.length > 0) {
        const oneMore: Message = { ...message, answers: answers.slice(0, message.answers.length + 1) }
        // An answer that is nearly small enough loses one, and its extras; then there may be room left.
        if (message.answers.length < answers.length - 1) assert.ok(encoder.measure(oneMore, request, !disableCompression) + extrasOf(oneMore, additional) + SPARE_BYTES > limit, 'as many as fit')
      }
    }), { seed: 61, numRuns: 400 })
})

/** With a limit of no answers at all, none is what was asked for. */
const fitsEmpty = (message: Message, limit: number): boolean => limit === 512 && message.answers.length === 0

/** Upper bound of what the new answer's extra would take. */
const extrasOf = (message: Message, additional: readonly ResourceRecord[]): number => {
  const last = message.answers.at(-1)!
  return last.type === TYPE.SRV && additional.some(record => record.name === last.target) ? 400 : 0
}
