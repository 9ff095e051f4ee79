// Law: keys are listed by the bytes of their UTF-8 form, and a prefix stays a prefix.
import t from 'tap'
import fc from 'fast-check'
import { byBytes, byteOrdered } from '../../src/state/byte-order.js'

const text = fc.string({ unit: fc.oneof(fc.constantFrom('a', '/', 'é', '\ud7ff', '\ue000', '\uff5e', '\uffff', '🍕', '\u{10ffff}'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 6 })

t.test('the order is that of the bytes', async t => {
  fc.assert(fc.property(text, text, (a, b) => Math.sign(byBytes(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))), { seed: 1, numRuns: 400 })
  t.same(['\u{1f355}', '\uff5e', 'z', 'é', 'Z', ''].sort(byBytes), ['', 'Z', 'z', 'é', '\uff5e', '\u{1f355}'])
})

t.test('one text begins with another exactly if its transformed form does', async () => {
  fc.assert(fc.property(text, text, (a, b) => a.startsWith(b) === byteOrdered(a).startsWith(byteOrdered(b)) && (a + b).startsWith(a) && byteOrdered(a + b).startsWith(byteOrdered(a))), { seed: 2, numRuns: 300 })
})
