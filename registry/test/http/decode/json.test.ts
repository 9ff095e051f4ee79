// Laws of json: Go's text for every way to be wrong, the first value only, nothing lost (key order, doubles, digits), no key with a meaning of its own.
import t from 'tap'
import fc from 'fast-check'
import { JsonNumber, JsonObject, JsonSyntaxError, parseJson, type JsonValue } from '../../../src/http/decode/json.js'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

/** The text of a refusal, or what was read, as JSON. */
const outcome = (bytes: Buffer, whole = false): string => {
  try {
    return 'ok ' + JSON.stringify(plain(parseJson(bytes, { whole })))
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message
    throw error
  }
}

const plain = (node: JsonValue): unknown =>
  node instanceof JsonNumber ? Number(node.raw) : node instanceof JsonObject ? Object.fromEntries(node.keys.map((key, i) => [key, plain(node.values[i]!)])) : Array.isArray(node) ? node.map(plain) : node

const VALUE = 'looking for beginning of value'
const KEY = 'looking for beginning of object key string'

// [bytes as Latin-1, refusal when the first value counts, refusal when the whole text does (when it is another)]
const refused: ReadonlyArray<readonly [text: string, first: string, whole?: string]> = [
  ['', 'EOF', 'unexpected end of JSON input'],
  [' \n', 'EOF', 'unexpected end of JSON input'],
  ['nope', "invalid character 'o' in literal null (expecting 'u')"],
  ['nul', 'unexpected EOF', "invalid character ' ' in literal null (expecting 'l')"],
  ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
  ['truth', "invalid character 't' in literal true (expecting 'e')"],
  ['fal', 'unexpected EOF', "invalid character ' ' in literal false (expecting 's')"],
  ['falsy', "invalid character 'y' in literal false (expecting 'e')"],
  ['[tru]', "invalid character ']' in literal true (expecting 'e')"],
  ['{', 'unexpected EOF', 'unexpected end of JSON input'],
  ['[', 'unexpected EOF', 'unexpected end of JSON input'],
  ['{"a"', 'unexpected EOF', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected EOF', 'unexpected end of JSON input'],
  ['{"a":1', 'unexpected EOF', 'unexpected end of JSON input'],
  ['{"a":1,', 'unexpected EOF', 'unexpected end of JSON input'],
  ['"abc', 'unexpected EOF', 'unexpected end of JSON input'],
  ['{"a":1,}', `invalid character '}' ${KEY}`],
  ['{a:1}', `invalid character 'a' ${KEY}`],
  ["{'a':1}", `invalid character '\\'' ${KEY}`],
  ['{,}', `invalid character ',' ${KEY}`],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[01]', "invalid character '1' after array element"],
  ['[1,]', `invalid character ']' ${VALUE}`],
  ['[,1]', `invalid character ',' ${VALUE}`],
  ['}', `invalid character '}' ${VALUE}`],
  ['[+1]', `invalid character '+' ${VALUE}`],
  ['[.5]', `invalid character '.' ${VALUE}`],
  ['-', 'unexpected EOF', "invalid character ' ' in numeric literal"],
  ['-a', "invalid character 'a' in numeric literal"],
  ['1.', 'unexpected EOF', "invalid character ' ' after decimal point in numeric literal"],
  ['[1.]', "invalid character ']' after decimal point in numeric literal"],
  ['1e', 'unexpected EOF', "invalid character ' ' in exponent of numeric literal"],
  ['[1e+]', "invalid character ']' in exponent of numeric literal"],
  ['"a\tb"', "invalid character '\\t' in string literal"],
  ['"a\0"', "invalid character '\\x00' in string literal"],
  ['"\\n\x01"', "invalid character '\\x01' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"\\u12', 'unexpected EOF', "invalid character ' ' in \\u hexadecimal character escape"],
  ['"\\', 'unexpected EOF', "invalid character ' ' in string escape code"],
  ['\xef\xbb\xbf{}', `invalid character 'ï' ${VALUE}`],
  ['\x80', `invalid character '\\u0080' ${VALUE}`],
  ['\xa0', `invalid character '\\u00a0' ${VALUE}`],
  ['\xff', `invalid character 'ÿ' ${VALUE}`],
  ['['.repeat(10001), "invalid character '[' exceeded max depth"],
  ['['.repeat(10000), 'unexpected EOF', 'unexpected end of JSON input'],
]

t.test('what is wrong is named as Go names it', async t => {
  for (const [text, first, whole] of refused) {
    const name = text.length > 20 ? `${text.length} brackets` : JSON.stringify(text)
    t.equal(outcome(latin1(text)), first, name)
    t.equal(outcome(latin1(text), true), whole ?? first, `${name}, the whole text`)
  }
})

t.test('what follows the first value is ignored, unless the whole text counts', async t => {
  for (const [text, read, next] of [['01', '0', '1'], ['1x', '1', 'x'], ['{}x', '{}', 'x'], ['null null', 'null', 'n'], ['"a"b', '"a"', 'b'], ['[]]', '[]', ']'], [' {"a":1}\n{"a":2}', '{"a":1}', '{']] as const) {
    t.equal(outcome(latin1(text)), `ok ${read}`, text)
    t.equal(outcome(latin1(text), true), `invalid character '${next}' after top-level value`, `${text}, the whole text`)
  }
  t.equal(outcome(latin1(' [1] \n'), true), 'ok [1]')
})

t.test('bytes that are no UTF-8, and surrogates alone, become U+FFFD, one each', async t => {
  const cases: ReadonlyArray<readonly [bytes: string, text: string]> = [
    ['\\ud800x', '\ufffdx'], ['\\ud83d\\ude00', '\u{1f600}'], ['\\ude00\\ud83d', '\ufffd\ufffd'], ['\\ud800\\ud83d\\ude00', '\ufffd\u{1f600}'], ['\\ud83d\\u0041', '\ufffdA'], ['\\ud83d', '\ufffd'],
    ['a\xffb', 'a\ufffdb'], ['\xe2\x82', '\ufffd\ufffd'], ['\xe2\x82\xac', '€'], ['\xed\xa0\x80', '\ufffd\ufffd\ufffd'], ['\xc0\x80', '\ufffd\ufffd'], ['\xf5\x80\x80\x80', '\ufffd\ufffd\ufffd\ufffd'], ['\xf0\x9f\x98', '\ufffd\ufffd\ufffd'],
    ['\xf0\x9f\x98\x80', '\u{1f600}'], ['\xf4\x90\x80\x80', '\ufffd\ufffd\ufffd\ufffd'], ['\xe0\x80\x80', '\ufffd\ufffd\ufffd'], ['\\u00e9\\n\\/\\"', 'é\n/"'], ['\xff\\u0041\xfe', '\ufffdA\ufffd'],
  ]
  for (const [bytes, text] of cases) t.equal(parseJson(latin1(`"${bytes}"`)), text, JSON.stringify(bytes))
})

t.test('any JSON is read as JavaScript reads it', async () => {
  fc.assert(fc.property(fc.json({ stringUnit: 'binary', maxDepth: 3 }), fc.constantFrom('', ' ', '\n\t'), (text, blank) => {
    const expected = JSON.stringify(JSON.parse(text.replace(/-0(?![.\d])/g, '0')))
    const read = outcome(Buffer.from(blank + text + blank), true).replace(/-0(?![.\d])/g, '0')
    return read === `ok ${expected.replaceAll(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd')}` || read === `ok ${expected}`
  }), { seed: 1, numRuns: 150 })
})

t.test('any text, whole or cut, is read or refused, never worse', async t => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => typeof outcome(Buffer.from(bytes)) === 'string'), { seed: 1, numRuns: 150 })
  fc.assert(fc.property(fc.object({ maxDepth: 2 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (value, share) => {
    const text = Buffer.from(JSON.stringify(value))
    return /EOF$/.test(outcome(text.subarray(0, Math.floor(text.length * share))))
  }), { seed: 1, numRuns: 100 })
  t.pass('neither threw')
})

t.test('keys keep order and doubles and mean nothing; numbers keep their digits', async t => {
  const object = parseJson(Buffer.from('{"b":18446744073709551615,"a":80.0,"b":1e2,"__proto__":{"x":1},"constructor":null}')) as JsonObject
  t.same(object.keys, ['b', 'a', 'b', '__proto__', 'constructor'])
  t.same(object.values.slice(0, 3).map(value => (value as JsonNumber).raw), ['18446744073709551615', '80.0', '1e2'])
  t.equal(({} as Record<string, unknown>)['x'], undefined)
})
