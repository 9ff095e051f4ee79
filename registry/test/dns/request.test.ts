// Laws of reading: any bytes are a question, a refusal or silence; the plain form and all others are read alike.
import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { RCODE } from '../../src/dns/codes.js'
import { decodeRequest } from '../../src/dns/request.js'
import { question } from './support.js'
import type { Request } from '../../src/dns/request.js'

const u16 = (n: number): string => n.toString(16).padStart(4, '0')
const label = (text: string): string => Buffer.from([text.length]).toString('hex') + Buffer.from(text).toString('hex')
const name = (text: string): string => `${text.split('.').map(label).join('')}00`
const head = (flags: number, questions: number, answers = 0, authority = 0, additional = 0): string => `beef${[flags, questions, answers, authority, additional].map(u16).join('')}`
const web = `${name('web.service.consul')}00010001`
const opt = (data = '', udpBytes = 1232): string => `000029${u16(udpBytes)}00000000${u16(data.length / 2)}${data}`
const option = (code: number, data: string): string => u16(code) + u16(data.length / 2) + data
const subnet = (family: number, bits: number, scope: number, address: string): string => option(8, `${u16(family)}${bits.toString(16).padStart(2, '0')}${scope.toString(16).padStart(2, '0')}${address}`)

const decode = (hex: string): ReturnType<typeof decodeRequest> => decodeRequest(Buffer.from(hex, 'hex'), 'udp')
const verdict = (hex: string): unknown => {
  const read = decode(hex)
  return read === undefined ? 'silence' : 'reject' in read ? read.reject : 'question'
}

t.test('what becomes of a message', async t => {
  const table: ReadonlyArray<readonly [what: string, hex: string, verdict: unknown]> = [
    ['an ordinary question', head(0x0100, 1) + web, 'question'],
    ['nothing', '', 'silence'],
    ['less than a header', 'beef010000010000000000', 'silence'],
    ['an answer', head(0x8100, 1) + web, 'silence'],
    ['opcode 1', head(0x0900, 1) + web, RCODE.NOTIMP],
    ['opcode 2', head(0x1100, 1) + web, RCODE.NOTIMP],
    ['a NOTIFY', head(0x2000, 1) + web, 'question'],
    ['an UPDATE', head(0x2800, 1) + web, RCODE.NOTIMP],
    ['no question', head(0x0100, 0), RCODE.FORMERR],
    ['two questions', head(0x0100, 2) + web + web, RCODE.FORMERR],
    ['a question promised, none there', head(0x0100, 1), RCODE.FORMERR],
    ['cut in the name', head(0x0100, 1) + web.slice(0, 12), RCODE.FORMERR],
    ['no class', head(0x0100, 1) + web.slice(0, -4), RCODE.FORMERR],
    ['bytes after the end', `${head(0x0100, 1)}${web}deadbeef`, 'question'],
    ['a name that points at itself', `${head(0x0100, 1)}c00c00010001`, RCODE.FORMERR],
    ['a name that points at the header', `${head(0x0100, 1)}03776562c00000010001`, RCODE.FORMERR],
    ['a label of 64', `${head(0x0100, 1)}40${'61'.repeat(64)}0000010001`, RCODE.FORMERR],
    ['a name of 255 bytes', `${head(0x0100, 1)}${label('a'.repeat(63)).repeat(3)}${label('a'.repeat(61))}0000010001`, 'question'],
    ['a name of 256 bytes', `${head(0x0100, 1)}${label('a'.repeat(63)).repeat(3)}${label('a'.repeat(62))}0000010001`, RCODE.FORMERR],
    ['an OPT record', head(0x0100, 1, 0, 0, 1) + web + opt(), 'question'],
    ['an OPT record cut', (head(0x0100, 1, 0, 0, 1) + web + opt()).slice(0, -2), RCODE.FORMERR],
    ['an OPT record with a root that is none', `${head(0x0100, 1, 0, 0, 1)}${web}0161${opt()}`, 'question'],
    ['an option cut', head(0x0100, 1, 0, 0, 1) + web + opt('0008'), RCODE.FORMERR],
    ['an option longer than its record', head(0x0100, 1, 0, 0, 1) + web + opt('000a0009aa'), RCODE.FORMERR],
    ['a subnet of a family that is none', head(0x0100, 1, 0, 0, 1) + web + opt(subnet(3, 24, 0, 'cb0071')), RCODE.FORMERR],
    ['a subnet with more bits than there are', head(0x0100, 1, 0, 0, 1) + web + opt(subnet(1, 33, 0, 'cb00710000')), RCODE.FORMERR],
    ['a subnet without data', head(0x0100, 1, 0, 0, 1) + web + opt(option(8, '')), RCODE.FORMERR],
    ['extra records promised, none there', head(0x0100, 1, 0, 0, 2) + web, RCODE.FORMERR],
    ['more extra records than a question has', head(0x0100, 1, 0, 0, 3) + web + opt().repeat(3), RCODE.FORMERR],
    ['an answer in the question', `${head(0x0100, 1, 1)}${web}c00c00010001000000000004c0a80001`, 'question'],
    ['two answers', `${head(0x0100, 1, 2)}${web}${'c00c00010001000000000004c0a80001'.repeat(2)}`, RCODE.FORMERR],
    ['nothing but ones', 'ff'.repeat(40), 'silence'],
    ['nothing but zeros', '00'.repeat(40), RCODE.FORMERR],
  ]
  for (const [what, hex, expected] of table) t.equal(verdict(hex), expected, what)
})

t.test('size, subnet and end are read alike from the plain form and from any other', async t => {
  const plain = decode(head(0x0100, 1, 0, 0, 1) + web + opt(option(10, 'aabbccdd') + subnet(1, 20, 7, 'cb00ff'))) as Request
  const other = decode(`${head(0x0100, 1, 1, 0, 1)}${web}c00c00010001000000000004c0a80001${opt(option(10, 'aabbccdd') + subnet(1, 20, 7, 'cb00ff'))}deadbeef`) as Request
  for (const read of [plain, other]) {
    t.strictSame(read.edns, { udpBytes: 1232, subnet: { family: 1, sourceBits: 20, address: Uint8Array.of(0xcb, 0, 0xf0) } }, 'bits past the prefix are cleared')
    t.strictSame(read.labels, ['web', 'service', 'consul'])
  }
  t.equal(plain.end, plain.packet.length)
  t.equal(other.end, other.packet.length - 4)
})

t.test('of several OPT records the last counts, of several subnets the first', async t => {
  t.equal((decode(head(0x0100, 1, 0, 0, 2) + web + opt('', 1400) + opt('', 1232)) as Request).edns?.udpBytes, 1232)
  t.equal((decode(head(0x0100, 1, 0, 0, 1) + web + opt(subnet(1, 24, 0, 'cb0071') + subnet(1, 16, 0, 'cb00'))) as Request).edns?.subnet?.sourceBits, 24)
})

t.test('a label with a dot in it is not two labels', async t => {
  const read = decode(`${head(0x0100, 1)}03612e62${name('service.consul')}00010001`) as Request
  t.strictSame(read.labels, ['a\\.b', 'service', 'consul'])
  t.strictSame((decode(`${head(0x0100, 1)}0277e9${name('consul')}00010001`) as Request).labels[0], 'w\u00e9', 'bytes that are not UTF-8 are read as Latin-1')
  t.strictSame((decode(`${head(0x0100, 1)}0377c3a9${name('consul')}00010001`) as Request).labels[0], 'w\u00e9')
  t.strictSame((decode(`${head(0x0100, 1)}0261005c${name('consul')}00010001`.replace('0261005c', '03610a5c')) as Request).labels[0], 'a\\010\\\\')
})

t.test('a question that another codec wrote is read as it was meant', async () => {
  const names = fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), { minLength: 1, maxLength: 6 })
  fc.assert(fc.property(names, fc.constantFrom('A', 'AAAA', 'SRV', 'TXT'), fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }), (labels, type, edns) => {
    const read = decodeRequest(question(labels.join('.'), type, { edns }), 'udp') as Request
    assert.deepEqual(read.labels, labels)
    assert.equal(read.edns?.udpBytes, edns)
    assert.equal(read.plain, true)
  }), { seed: 31, numRuns: 200 })
})

t.test('no bytes make it throw', async () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), bytes => {
    decodeRequest(Buffer.from(bytes), 'udp')
    return true
  }), { seed: 32, numRuns: 2000 })
})
