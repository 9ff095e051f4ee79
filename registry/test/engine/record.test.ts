// Laws of a record: what went in comes out, byte for byte the same; any change to its bytes is seen; what a later version wrote is called that.
import t from 'tap'
import fc from 'fast-check'
import { EngineError } from '../../src/engine/engine.js'
import { HEAD_BYTES, decodeEntries, decodeHead, decodeRow, encodePurge, encodeRecord, encodeRow } from '../../src/engine/record.js'
import { crc32 } from 'node:zlib'
import { jsonCodec } from './recorder.js'
import type { HeldRow } from '../../src/engine/store.js'

const revision = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const row: fc.Arbitrary<HeldRow> = fc.record({
  key: fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(c => String.fromCharCode(c)), maxLength: 5 })),
  value: fc.oneof(fc.constant(undefined), fc.jsonValue()),
  created: revision,
  revision,
  gone: fc.oneof(fc.constant(undefined), fc.record({ was: fc.string() })),
}).map(r => ({ ...r, gone: r.value === undefined ? r.gone : undefined, record: 7, bytes: encodeRow({ ...r, gone: r.value === undefined ? r.gone : undefined, record: 0, bytes: 0 }, jsonCodec).length }))
const head = { number: 7, first: 3, revision: 2 ** 40, schema: 5 }
const code = (act: () => unknown): string => {
  try {
    act()
    return 'no error'
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error)
  }
}

t.test('rows and purges come back as they were', async () => {
  fc.assert(fc.property(fc.array(fc.oneof(row, fc.string()), { maxLength: 20 }), things => {
    const bytes = encodeRecord(head, things.map(thing => typeof thing === 'string' ? encodePurge(thing, 9) : encodeRow(thing, jsonCodec)))
    const entries = decodeEntries(7, bytes)
    const back = entries.map(entry => entry.kind === 'purge' ? entry.key : decodeRow(entry, bytes, 7, jsonCodec))
    if (JSON.stringify(decodeHead(7, bytes)) !== JSON.stringify(head)) return false
    return JSON.stringify(back) === JSON.stringify(things)
  }), { seed: 1, numRuns: 200 })
})

t.test('an entry can be carried over to another record as it lies', async t => {
  const first = encodeRecord(head, [encodePurge('x', 1), encodeRow({ key: 'k', value: { a: 1 }, created: 1, revision: 2, record: 0, bytes: 0 }, jsonCodec)])
  const [, entry] = decodeEntries(7, first)
  const second = encodeRecord({ ...head, number: 8 }, [first.subarray(entry!.at, entry!.end)])
  decodeHead(8, second)
  t.strictSame({ ...decodeRow(decodeEntries(8, second)[0]!, second, 8, jsonCodec) }, { key: 'k', value: { a: 1 }, created: 1, revision: 2, gone: undefined, record: 8, bytes: entry!.end - entry!.at })
})

t.test('any flipped bit, any lost tail and any foreign place is seen', async () => {
  const bytes = encodeRecord(head, [encodeRow({ key: 'key', value: { text: 'some text' }, created: 1, revision: 2, record: 0, bytes: 0 }, jsonCodec), encodePurge('gone', 3)])
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    if (code(() => decodeHead(7, flipped)) !== 'DAMAGED') throw new Error(`law: a flipped bit is seen (bit ${bit})`)
  }
  for (let length = 0; length < bytes.length; length++) {
    if (code(() => decodeHead(7, bytes.subarray(0, length))) !== 'DAMAGED') throw new Error(`law: a lost tail is seen (${length} bytes left)`)
  }
  if (code(() => decodeHead(8, bytes)) !== 'DAMAGED') throw new Error('law: a record lies under its own number')
})

t.test('a later form is called newer, not damaged', async t => {
  const bytes = encodeRecord(head, [])
  bytes[2] = 2
  bytes.writeUInt32LE(crc32(bytes.subarray(8), crc32(bytes.subarray(0, 4))), 4)
  t.equal(code(() => decodeHead(7, bytes)), 'NEWER')
})

t.test('entries that do not add up are no entries, checksum or not', async t => {
  const bytes = encodeRecord(head, [encodeRow({ key: 'key', value: 1, created: 1, revision: 2, record: 0, bytes: 0 }, jsonCodec)])
  const bent = (at: number, value: number): Buffer => {
    const copy = Buffer.from(bytes)
    copy.writeUInt32LE(value, at)
    return copy
  }
  t.equal(code(() => decodeEntries(7, bytes)), 'no error')
  for (const [what, broken] of [
    ['more entries than there are', bent(12, 2)], ['fewer', bent(12, 0)], ['a key beyond the end', bent(HEAD_BYTES + 1, 1000)],
    ['a value beyond the end', bent(HEAD_BYTES + 5, 0xffffffff)], ['a kind that is none', bent(HEAD_BYTES, 0x3f)],
  ] as const) t.equal(code(() => decodeEntries(7, broken)), 'DAMAGED', what)
})
