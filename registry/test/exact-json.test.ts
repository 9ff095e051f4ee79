// Law: integers of 64 bits come out of an answer digit by digit, and nothing that a caller stores can pass for one.
import t from 'tap'
import fc from 'fast-check'
import { stringify, uint64 } from '../src/exact-json.js'

t.test('every uint64 keeps its digits', async () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), n => stringify({ a: [uint64(String(n))] }) === `{"a":[${n}]}`), { seed: 4, numRuns: 300 })
})

t.test('other values are as JSON has them', async () => {
  fc.assert(fc.property(fc.json(), text => stringify(JSON.parse(text)) === JSON.stringify(JSON.parse(text))), { seed: 5, numRuns: 200 })
})

t.test('text that looks like a marked integer stays text', async t => {
  t.equal(stringify(['uint64:00000000-0000-4000-8000-000000000000:7', uint64('18446744073709551615')]), '["uint64:00000000-0000-4000-8000-000000000000:7",18446744073709551615]')
})
