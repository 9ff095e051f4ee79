// The wire format: what is written is read as it was, whatever it holds; what is cut short or no message at all is refused and never misread.
import fc from 'fast-check'
import t from 'tap'
import { Reader, Writer, WireError } from '../../../src/engine/etcd/wire.js'
import { decodeRange, encodeTxn } from '../../../src/engine/etcd/messages.js'
import { decodeWatch } from '../../../src/engine/etcd/watch-decoder.js'

const bytes = fc.uint8Array({ maxLength: 3000 })
const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 35, 2 ** 53 - 1))

t.test('numbers and bytes come back as they were', async t => {
  fc.assert(fc.property(fc.array(fc.tuple(number, fc.bigInt(0n, 2n ** 64n - 1n), bytes), { maxLength: 8 }), parts => {
    const writer = new Writer()
    for (const [n, big, blob] of parts) writer.int(1, n).uint64(2, big.toString()).message(64, blob)
    const encoded = writer.finish()
    const reader = new Reader(encoded)
    for (const [n, big, blob] of parts) {
      if (n !== 0) {
        if (reader.tag() !== 8) return false
        if (reader.int() !== n) return false
      }
      if (big !== 0n) {
        if (reader.tag() !== 16) return false
        if (reader.uint64() !== big.toString()) return false
      }
      if (reader.tag() !== 64 * 8 + 2) return false
      if (!reader.lent().equals(blob)) return false
    }
    return reader.tag() === 0
  }), { numRuns: 300 })
  t.pass()
})

interface Change { readonly removed: boolean, readonly key: Uint8Array, readonly value: Uint8Array, readonly mod: number }

/** An answer of a watch as etcd writes it, with fields that are skipped in between. */
function watchAnswer (revision: number, events: readonly Change[]): Buffer {
  const writer = new Writer().message(1, new Writer().uint64(1, '14841639068965178418').uint64(2, '10276657743932975437').int(3, revision).int(4, 7).finish()).int(2, 3)
  for (const { removed, key, value, mod } of events) {
    const kv = new Writer().bytes(1, key).int(2, 5).int(3, mod).int(4, 2).bytes(5, value).int(6, 99).finish()
    writer.message(11, new Writer().int(1, removed ? 1 : 0).message(2, kv).finish())
  }
  return writer.finish()
}

const change = fc.record({ removed: fc.boolean(), key: bytes, value: bytes, mod: fc.integer({ min: 1, max: 2 ** 40 }) })

t.test('a watch is decoded as it was written', async t => {
  fc.assert(fc.property(fc.nat(), fc.array(change, { maxLength: 20 }), (revision, events) => {
    const answer = decodeWatch(watchAnswer(revision, events))
    return answer.revision === revision && answer.events.length === events.length && answer.events.every((event, i) => {
      const { removed, key, value, mod } = events[i]!
      return event.removed === removed && event.mod === mod && event.key.equals(key) && event.value.equals(value)
    })
  }), { numRuns: 200 })
  t.pass()
})

t.test('what is cut short is refused', async t => {
  const whole = watchAnswer(7, [{ removed: false, key: Buffer.from('key'), value: Buffer.alloc(300, 1), mod: 300 }])
  for (let length = 0; length < whole.length; length++) {
    try {
      const { events } = decodeWatch(whole.subarray(0, length))
      if (events.length > 0) t.fail(`law: no change is made of half a message (${length} bytes)`)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  }
  t.pass()
})

t.test('no bytes make it throw anything else, or go on for ever', async t => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), junk => {
    for (const decode of [decodeWatch, decodeRange]) {
      try {
        decode(Buffer.from(junk))
      } catch (error) {
        if (!(error instanceof WireError)) throw error
      }
    }
  }), { numRuns: 2000 })
  t.pass()
})

t.test('a Txn in bytes, field by field', async t => {
  const encoded = encodeTxn({ compares: [{ key: Buffer.from('k'), mod: 5, is: 'equal' }], then: [{ put: Buffer.from('k'), value: Buffer.from('v') }], otherwise: [{ range: { key: Buffer.from('h'), keysOnly: true } }] })
  // compare { target: MOD, key: "k", mod_revision: 5 }, success { put { key, value } }, failure { range { key, keys_only } }
  t.equal(encoded.toString('hex'), '0a0710021a016b3005' + '12081206' + '0a016b120176' + '1a070a050a01684001')
})
