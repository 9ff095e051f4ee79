// Laws of base64: what Go's StdEncoding takes and where it says that the first wrong byte is.
import t from 'tap'
import fc from 'fast-check'
import { Base64Error, parseBase64 } from '../../../src/http/decode/base64.js'

t.test('reads padded text, and line breaks anywhere', async t => {
  for (const [text, value] of [['', ''], ['QQ==', 'A'], ['QUI=', 'AB'], ['QUJD', 'ABC'], ['QU\nI=', 'AB'], ['QQ\r\n==\n', 'A'], ['QR==', 'A']] as const) t.equal(parseBase64(text).toString(), value, JSON.stringify(text))
})

t.test('names the byte that is wrong', async t => {
  const cases: ReadonlyArray<readonly [text: string, at: number]> = [
    ['QQ', 0], ['QQ=', 3], ['Q', 0], ['Q===', 1], ['====', 0], ['=', 0], ['QQ==x', 4], ['QUI=x', 4], ['QQ=x', 2], ['QQ==\nx', 5], ['Q Q=', 1], ['QQ-_', 2], ['!', 0], ['é', 0], ['QUJDé', 4], ['QUJDQ', 4], ['QUJDQUI', 4], ['Q\nQ', 1], ['QUJ\nDQ', 5],
  ]
  for (const [text, at] of cases) t.throws(() => parseBase64(text), new Base64Error(`illegal base64 data at input byte ${at}`), JSON.stringify(text))
})

t.test('any bytes come back', async () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => parseBase64(Buffer.from(bytes).toString('base64')).equals(bytes)), { seed: 1, numRuns: 200 })
})
