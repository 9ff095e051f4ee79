// Laws of addresses: text, bytes, hex and reverse names say the same; what is no address is a name.
import t from 'tap'
import fc from 'fast-check'
import { isIPv6 } from 'node:net'
import { formatIp, fromHex, fromReverse, isIp, parseIp, toHex } from '../../src/dns/ip-address.js'

t.test('text as bytes', async t => {
  for (const [text, hex] of [
    ['192.168.0.1', 'c0a80001'], ['0.0.0.0', '00000000'], ['255.255.255.255', 'ffffffff'], ['::', '0'.repeat(32)], ['::1', '0'.repeat(31) + '1'],
    ['2001:db8::42', '20010db8000000000000000000000042'], ['2001:DB8:0:0:0:0:0:0042', '20010db8000000000000000000000042'], ['1::', `0001${'0'.repeat(28)}`],
    ['::ffff:198.51.100.99', 'c6336463'], ['64:ff9b::198.51.100.99', '0064ff9b0000000000000000c6336463'],
    ['fe80::1%eth0', undefined], ['db.example.com', undefined], ['', undefined], ['1.2.3', undefined], ['01.2.3.4', undefined], ['[::1]', undefined], ['1.2.3.4.', undefined],
  ] as const) {
    const ip = parseIp(text)
    t.equal(ip === undefined ? undefined : toHex(ip), hex, text)
    t.equal(isIp(text), hex !== undefined, text)
  }
})

const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 })
const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 })

t.test('there and back again: text, hex, reverse names', async () => {
  fc.assert(fc.property(fc.oneof(v4, v6), bytes => {
    const hex = toHex(bytes)
    const reverse = bytes.length === 4 ? [...bytes].reverse().map(String).concat('in-addr', 'arpa') : [...hex].reverse().concat('ip6', 'ARPA')
    const mapped = hex.startsWith(`${'0'.repeat(20)}ffff`) && bytes.length === 16
    return (mapped || toHex(parseIp(formatIp(bytes))!) === hex) && toHex(fromHex(hex.toUpperCase())!) === hex && toHex(fromReverse(reverse)!) === hex
  }), { seed: 51, numRuns: 500 })
})

t.test('every IPv6 address that Node knows is read, however it is shortened', async () => {
  fc.assert(fc.property(fc.ipV6(), text => isIPv6(text) === isIp(text) && (parseIp(text)?.length ?? 0) > 0), { seed: 52, numRuns: 500 })
})
