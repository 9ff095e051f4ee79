// Law of addresses: the bytes are those that a network would carry, however the address is written.
import t from 'tap'
import { addressBytes } from '../../../src/catalog/filter/address-bytes.js'

t.test('four bytes, sixteen, or none', async t => {
  const zeros = (count: number): number[] => new Array<number>(count).fill(0)
  const table: ReadonlyArray<[string, readonly number[]]> = [
    ['127.0.0.1', [127, 0, 0, 1]],
    ['::', zeros(16)],
    ['::1', [...zeros(15), 1]],
    ['fe80::', [0xfe, 0x80, ...zeros(14)]],
    ['2001:db8::10:ff', [0x20, 1, 0xd, 0xb8, ...zeros(9), 0x10, 0, 0xff]],
    ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['::ffff:10.0.0.9', [...zeros(10), 0xff, 0xff, 10, 0, 0, 9]],
    ['fe80::1%eth0', [0xfe, 0x80, ...zeros(13), 1]],
    ['', []],
    ['web.example.org', []],
    ['1.2.3', []]
  ]
  for (const [address, bytes] of table) t.strictSame(addressBytes(address), bytes, address)
})
