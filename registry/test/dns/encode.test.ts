// Laws of the encoder: what another codec reads back is what was meant; compression changes the length and nothing else; a pointer never changes letter case.
import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import dnsPacket from 'dns-packet'
import { FLAG, RCODE, TYPE } from '../../src/dns/codes.js'
import { Encoder, headerOnly, TOO_LARGE } from '../../src/dns/encode.js'
import { ASKED } from '../../src/dns/record.js'
import { decodeRequest } from '../../src/dns/request.js'
import { formatIp } from '../../src/dns/ip-address.js'
import { question } from './support.js'
import type { Message } from '../../src/dns/encode.js'
import type { ResourceRecord } from '../../src/dns/record.js'
import type { Request } from '../../src/dns/request.js'

const request = (name: string): Request => decodeRequest(question(name, 'A', { id: 4711 }), 'udp') as Request
const empty: Message = { rcode: RCODE.NOERROR, flags: FLAG.AA, answers: [], authority: [], additional: [], opt: undefined }
const encoder = new Encoder()

// Few labels in both letter cases, so that names end alike again and again.
const label = fc.oneof(fc.constantFrom('a', 'A', 'node', 'dc1', 'consul', 'Consul', 'web', 'über', 'x'.repeat(63)), fc.stringMatching(/^[a-z0-9_-]{1,12}$/))
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map(labels => `${labels.join('.')}.`)
const owner = fc.oneof(fc.constant(ASKED), name)
const ttl = fc.nat({ max: 2 ** 31 - 1 })
const u16 = fc.nat({ max: 65535 })
const record: fc.Arbitrary<ResourceRecord> = fc.oneof(
  fc.record({ name: owner, type: fc.constant(TYPE.A), ttl, address: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.record({ name: owner, type: fc.constant(TYPE.AAAA), ttl, address: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
  fc.record({ name: owner, type: fc.constantFrom(TYPE.CNAME, TYPE.NS, TYPE.PTR), ttl, target: name }),
  fc.record({ name: owner, type: fc.constant(TYPE.TXT), ttl, text: fc.uint8Array({ maxLength: 700 }) }),
  fc.record({ name: owner, type: fc.constant(TYPE.SRV), ttl, priority: u16, weight: u16, port: u16, target: name }),
  fc.record({
    name: owner,
    type: fc.constant(TYPE.SOA),
    ttl,
    primary: name,
    mailbox: name,
    serial: fc.nat({ max: 2 ** 32 - 1 }),
    refresh: ttl,
    retry: ttl,
    expire: ttl,
    minTtl: ttl,
  })
)
const section = fc.array(record, { maxLength: 6 })
const message: fc.Arbitrary<Message> = fc.record({
  rcode: fc.nat({ max: 15 }),
  flags: fc.constantFrom(0, FLAG.AA, FLAG.AA | FLAG.TC, FLAG.RA),
  answers: section,
  authority: section,
  additional: section,
  opt: fc.option(fc.record({ udpBytes: u16, subnet: fc.constantFrom(undefined, Uint8Array.of(0, 1, 24, 0, 203, 0, 113)) }), { nil: undefined }),
})

const bare = (name: string): string => name.slice(0, -1)

/** A record as dns-packet shows it. */
function expected (record: ResourceRecord, asked: string): unknown {
  const head = { name: bare(record.name === ASKED ? `${asked}.` : record.name), ttl: record.ttl, class: 'IN' }
  switch (record.type) {
    case TYPE.A: return { ...head, type: 'A', data: formatIp(record.address) }
    case TYPE.AAAA: return { ...head, type: 'AAAA', data: Buffer.from(record.address).toString('hex') }
    case TYPE.TXT: return { ...head, type: 'TXT', data: Buffer.from(record.text).toString('hex') }
    case TYPE.SRV: return { ...head, type: 'SRV', data: { priority: record.priority, weight: record.weight, port: record.port, target: bare(record.target) } }
    case TYPE.SOA: {
      const { serial, refresh, retry, expire, minTtl: minimum } = record
      return { ...head, type: 'SOA', data: { mname: bare(record.primary), rname: bare(record.mailbox), serial, refresh, retry, expire, minimum } }
    }
    default: return { ...head, type: { [TYPE.CNAME]: 'CNAME', [TYPE.NS]: 'NS', [TYPE.PTR]: 'PTR' }[record.type], data: bare(record.target) }
  }
}

/** What dns-packet read, in the same shape. */
function seen (record: dnsPacket.Answer): unknown {
  const { name, ttl, class: klass, type, data } = record as unknown as { name: string, ttl: number, class: string, type: string, data: unknown }
  const head = { name, ttl, class: klass, type }
  if (type === 'AAAA') return { ...head, data: expandIpv6(data as string) }
  if (type === 'TXT') return { ...head, data: Buffer.concat(data as Buffer[]).toString('hex') }
  return { ...head, data }
}

function expandIpv6 (text: string): string {
  const [head = '', tail] = text.split('::').map(part => part.split(':').filter(group => group !== '').map(group => group.padStart(4, '0')).join(''))
  return tail === undefined ? head : head + tail.padStart(32 - head.length, '0')
}

t.test('another codec reads what was meant, with and without compression', async () => {
  fc.assert(fc.property(message, fc.boolean(), (message, compress) => {
    const bytes = encoder.encode(message, request('Web.service.Consul'), compress)
    const read = dnsPacket.decode(bytes) as dnsPacket.DecodedPacket & { rcode: string }
    const of = (records: readonly ResourceRecord[]): unknown[] => records.map(r => expected(r, 'Web.service.Consul'))
    assert.deepEqual(read.answers!.map(seen), of(message.answers))
    assert.deepEqual(read.authorities!.map(seen), of(message.authority))
    assert.deepEqual(read.additionals!.filter(r => r.type !== 'OPT').map(seen), of(message.additional))
    const opt = read.additionals!.find(r => r.type === 'OPT')
    assert.equal(opt?.udpPayloadSize, message.opt?.udpBytes)
    assert.equal(opt?.options[0]?.data?.toString('hex'), message.opt?.subnet === undefined ? undefined : Buffer.from(message.opt.subnet).toString('hex'))
    assert.equal(bytes[3]! & 15, message.rcode)
    assert.equal(bytes.readUInt16BE(2) & (FLAG.AA | FLAG.TC | FLAG.RA), message.flags)
    assert.equal(bytes.length, encoder.measure(message, request('Web.service.Consul'), compress), 'a measured message is as long as it was said to be')
  }), { seed: 21, numRuns: 300 })
})

t.test('compression only shortens', async () => {
  fc.assert(fc.property(message, message =>
    encoder.measure(message, request('web.service.consul'), true) <= encoder.measure(message, request('web.service.consul'), false)), { seed: 22, numRuns: 200 })
})

t.test('SRV targets are written out, and what follows points to them', async t => {
  const target = 'n1.node.dc1.consul.'
  const srv: ResourceRecord = { name: ASKED, type: TYPE.SRV, ttl: 0, priority: 1, weight: 1, port: 80, target }
  const bytes = encoder.encode({ ...empty, answers: [srv], additional: [{ name: target, type: TYPE.A, ttl: 0, address: Uint8Array.of(1, 2, 3, 4) }] }, request('web.service.consul'), true)
  t.equal(bytes.length, 12 + 24 + (2 + 10 + 6 + 20) + (2 + 10 + 4))
})

t.test('a name is shortened only by one in the same letter case', async t => {
  const cname = (target: string): Message => ({ ...empty, answers: [{ name: ASKED, type: TYPE.CNAME, ttl: 0, target }] })
  const length = (target: string): number => encoder.measure(cname(target), request('web.service.consul'), true)
  t.equal(length('db.service.Consul.') - length('db.service.consul.'), 'service'.length + 1 + 'Consul'.length + 1 + 1 - 2, 'a pointer for two labels and the end')
})

t.test('question, id, RD and CD are the client\'s own', async t => {
  const packet = question('wEb.service.consul', 'A', { id: 77 })
  packet[3]! |= FLAG.CD
  const bytes = encoder.encode(empty, decodeRequest(packet, 'udp') as Request, true)
  t.equal(bytes.readUInt16BE(0), 77)
  t.equal(bytes.readUInt16BE(2), FLAG.QR | FLAG.AA | FLAG.RD | FLAG.CD)
  t.equal(bytes.subarray(12).toString('latin1'), packet.subarray(12).toString('latin1'))
})

t.test('a message over 64 KB is said to be too large, and is not made', async t => {
  const answers = Array.from({ length: 300 }, (): ResourceRecord => ({ name: ASKED, type: TYPE.TXT, ttl: 0, text: Buffer.alloc(255, 'x') }))
  t.equal(encoder.measure({ ...empty, answers }, request('web.service.consul'), true), TOO_LARGE)
  t.throws(() => encoder.encode({ ...empty, answers }, request('web.service.consul'), true), RangeError)
})

t.test('beyond the reach of pointers names are written out', async t => {
  const texts = Array.from({ length: 70 }, (): ResourceRecord => ({ name: ASKED, type: TYPE.TXT, ttl: 0, text: Buffer.alloc(250, 'x') }))
  const late: ResourceRecord[] = [1, 2].map(i => ({ name: 'late.example.', type: TYPE.A, ttl: 0, address: Uint8Array.of(192, 0, 2, i) }))
  const { answers } = dnsPacket.decode(encoder.encode({ ...empty, answers: [...texts, ...late] }, request('web.service.consul'), true))
  t.match(answers!.slice(-2), [{ name: 'late.example', data: '192.0.2.1' }, { name: 'late.example', data: '192.0.2.2' }])
})

t.test('an answer to what is no question is a header', async t => {
  const bytes = headerOnly(Buffer.from('beef0900000200000000000000', 'hex'), RCODE.NOTIMP)
  t.equal(bytes.toString('hex'), 'beef89040000000000000000')
})
