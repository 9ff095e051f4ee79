// Laws of string literals: unquote reads what Go reads and refuses what Go refuses; goQuote shows a string as Go does; one undoes the other.
import t from 'tap'
import fc from 'fast-check'
import { goQuote } from '../../../src/catalog/filter/go-quote.js'
import { anyText } from './any-text.js'
import { unquote } from '../../../src/catalog/filter/unquote.js'

t.test('literals and what they stand for', async t => {
  const table: ReadonlyArray<[string, string | undefined]> = [
    ['""', ''],
    ['``', ''],
    ['"a b"', 'a b'],
    ['"\\a\\b\\f\\n\\r\\t\\v\\\\"', '\x07\b\f\n\r\t\v\\'],
    ['`\\n`', '\\n'],
    ['`a\r\nb`', 'a\nb'],
    ['"\\x41\\x7a"', 'Az'],
    ['"\\101\\172"', 'Az'],
    ['"\\u00e9\\U0001F600"', 'é😀'],
    ['"\\xc3\\xa9\\303\\251x"', 'ééx'],
    ['"\\q"', undefined],
    ["\"\\'\"", undefined],
    ['"\\x4"', undefined],
    ['"\\x4g"', undefined],
    ['"\\18"', undefined],
    ['"\\400"', undefined],
    ['"\\u12"', undefined],
    ['"\\ud800"', undefined],
    ['"\\U00110000"', undefined],
    ['"a\nb"', undefined],
    ['"a\\"', undefined]
  ]
  for (const [literal, value] of table) t.equal(unquote(literal), value, literal)
})

t.test('strings as error texts show them', async t => {
  const table: ReadonlyArray<[string, string]> = [
    ['', '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'],
    ['é ü 日本 😀', '"é ü 日本 😀"'],
    ['\u00a0\u200b\ufeff', '"\\u00a0\\u200b\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"']
  ]
  for (const [text, quoted] of table) t.equal(goQuote(text), quoted)
})

t.test('a quoted string is read back as it was, but for the quotes inside, which no literal of the language can hold', async () => {
  const text = anyText(12).map(text => text.replaceAll('"', ''))
  fc.assert(fc.property(text, text => unquote(goQuote(text)) === text), { seed: 1, numRuns: 500 })
})

t.test('anything between quotes is read or refused, never thrown at', async () => {
  const body = fc.array(fc.constantFrom('\\', 'x', 'u', 'U', '0', '1', '4', 'f', 'é', '😀', '\n', 'n', ' '), { maxLength: 12 }).map(parts => parts.join(''))
  fc.assert(fc.property(body, fc.constantFrom('"', '`'), (body, quote) => ['string', 'undefined'].includes(typeof unquote(quote + body + quote))), { seed: 2, numRuns: 1000 })
})
