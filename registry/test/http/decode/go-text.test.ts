// Laws of go-text: quoting as `%q`, folding of keys as encoding/json folds them.
import t from 'tap'
import fc from 'fast-check'
import { foldKey, goQuote, lossyUtf8 } from '../../../src/http/decode/go-text.js'

t.test('quotes as Go does', async t => {
  const cases: ReadonlyArray<readonly [text: string, quoted: string]> = [
    ['a', '"a"'], ['a"b\\', '"a\\"b\\\\"'], ['\0\x07\b\f\n\r\t\v\x1b\x7f', '"\\x00\\a\\b\\f\\n\\r\\t\\v\\x1b\\x7f"'], ['é世\u{1f600}', '"é世\u{1f600}"'], ['\u200b\u00a0\u2028\ufeff', '"\\u200b\\u00a0\\u2028\\ufeff"'], ['\u{e0001}', '"\\U000e0001"'],
    ['\u0300', '"\u0300"'], [' ', '" "'], ['\ufffd', '"\ufffd"'], ["a'b`", '"a\'b`"'],
  ]
  for (const [text, quoted] of cases) t.equal(goQuote(text), quoted, quoted)
})

t.test('keys fold without letter case, and two letters outside ASCII fold into it', async t => {
  t.equal(foldKey('Service_id'), 'SERVICE_ID')
  t.equal(foldKey('tagſ'), 'TAGS')
  t.equal(foldKey('\u212aind'), 'KIND')
  t.not(foldKey('É'), foldKey('é'), 'other letters outside ASCII have no ASCII key to match')
})

t.test('valid UTF-8 is read as it is', async () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => lossyUtf8(Buffer.from(text)) === text), { seed: 1, numRuns: 200 })
})

t.test('every byte that is no part of a character gives one U+FFFD', async () => {
  const invalid = fc.constantFrom(0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff)
  fc.assert(fc.property(fc.array(invalid, { maxLength: 8 }), fc.string({ unit: 'grapheme' }), (bytes, text) =>
    lossyUtf8(Buffer.concat([Buffer.from(text), Buffer.from(bytes)])) === text + '\ufffd'.repeat(bytes.length)), { seed: 1, numRuns: 200 })
})
