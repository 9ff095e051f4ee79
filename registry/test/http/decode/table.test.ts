// Laws of table: keys in any letter case, aliases only for what is zero, null says nothing, the last of several wins, the first refusal counts unless a
// part with a decoder of its own ends the reading, and nothing that a body holds reaches the next one.
import t from 'tap'
import fc from 'fast-check'
import { bodyDecoder, decodeBody } from '../../../src/http/decode/body.js'
import { durationMs, maybeDurationMs } from '../../../src/http/decode/duration-kind.js'
import type { Kind } from '../../../src/http/decode/kind.js'
import { any, bytes, flag, float, int, maybeFlag, text, uint64 } from '../../../src/http/decode/scalar-kinds.js'
import { anyMap, list, listOrEmpty, mapOf, optional, sent, textMap, texts } from '../../../src/http/decode/collection-kinds.js'
import { computed, field, table } from '../../../src/http/decode/table.js'
import { bytesOf, refusal } from './refusal.js'

const inner = table({ name: 'Inner', type: 'x.Inner' }, { a: field('A', int, 'a_snake'), b: field('B', text) })
const strict = table({ name: '', type: 'x.Strict', own: 'strict', embed: 'Alias' }, { a: field('A', int), wait: field('Wait', durationMs), hold: field('Hold', durationMs, 'hold_snake') })
const tolerant = table({ name: '', type: 'x.Tolerant', own: 'tolerant', embed: 'Alias' }, { a: field('A', int), inner: field('Inner', inner), strict: field('Strict', optional(strict)) })

const body = table({ name: 'Body', type: 'x.Body' }, {
  text: field('Text', text, 'text_snake', 'old_text'),
  flag: field('Flag', flag, 'flag_snake'),
  maybe: field('Maybe', maybeFlag),
  int: field('Int', int),
  big: field('Big', uint64),
  float: field('Float', float),
  texts: field('Texts', texts, 'texts_snake'),
  map: field('Map', textMap),
  data: field('Data', bytes),
  any: field('Any', any),
  anyMap: field('AnyMap', anyMap),
  inner: field('Inner', inner, 'inner_snake'),
  pointer: field('Pointer', optional(inner)),
  list: field('List', list(inner)),
  addresses: field('Addresses', mapOf(inner)),
  sent: field('Sent', sent(text)),
  sentList: field('SentList', sent(texts)),
  maybeWait: field('MaybeWait', maybeDurationMs),
  strict: field('Strict', strict),
  stricts: field('Stricts', listOrEmpty(strict)),
  tolerant: field('Tolerant', tolerant),
})

const decode = <T> (kind: Kind<T>) => (of: unknown): T => decodeBody(kind, bytesOf(of))
const row = decode(body)
const why = (of: unknown): string => refusal(bytes => decodeBody(body, bytes), of).replace('Request decode failed: ', '')

t.test('keys match in any letter case, and by two letters outside ASCII', async t => {
  for (const key of ['Text', 'text', 'TEXT', 'tEXT']) t.equal(row(`{"${key}":"x"}`).text, 'x', key)
  t.same(row('{"textſ":["a"]}').texts, ['a'])
  t.equal(why('{"tex\u00fft":1}'), 'json: unknown field "texÿt"')
})

t.test('snake_case only where there is an alias, and only for what is zero', async t => {
  t.equal(row({ text_snake: 'b' }).text, 'b')
  t.equal(row({ text_snake: 'b', Text: 'a' }).text, 'a')
  t.equal(row({ Text: '', old_text: 'c' }).text, 'c')
  t.equal(row({ old_text: 'c', TEXT_SNAKE: 'b' }).text, 'b', 'the first alias that says something')
  t.equal(row({ Flag: false, flag_snake: true }).flag, true)
  t.same(row({ Texts: [], texts_snake: ['a'] }).texts, ['a'])
  t.same(row({ Inner: { A: 1 }, inner_snake: { A: 2, B: 'b' } }).inner, { a: 1, b: 'b' }, 'tables are filled field by field')
  t.equal(why({ any_map: {} }), 'json: unknown field "any_map"')
})

t.test('null and absence are zero values', async t => {
  const zero = row('{}')
  t.same(zero, row('null'))
  t.same(zero, row(`{${Object.keys({ Text: 0, Flag: 0, Maybe: 0, Int: 0, Big: 0, Float: 0, Texts: 0, Map: 0, Data: 0, Inner: 0, Pointer: 0, List: 0, Addresses: 0, Sent: 0, MaybeWait: 0, Strict: 0, Tolerant: 0 }).map(key => `"${key}":null`).join()}}`))
  t.match(zero, { text: '', flag: false, maybe: null, int: 0, big: 0n, float: 0, texts: null, map: null, data: null, any: undefined, pointer: null, list: null, sent: undefined, sentList: undefined, maybeWait: null, stricts: [], inner: { a: 0, b: '' } })
  t.equal(row({ SentList: null }).sentList, null, 'a null empties a list that was laid over a default')
  t.same(row('{"Pointer":{}}').pointer, { a: 0, b: '' })
  t.same(row({ Texts: [null], List: [null], Stricts: [null] }).list, [{ a: 0, b: '' }])
})

t.test('of keys that fold together the last wins, parts are added up, and null takes nothing back', async t => {
  t.equal(row('{"Text":"a","text":"b","TEXT":"c"}').text, 'c')
  t.equal(row('{"Text":"a","text":null}').text, 'a')
  t.same(row('{"Inner":{"A":1},"inner":{"B":"b"}}').inner, { a: 1, b: 'b' })
  t.same({ ...row('{"Map":{"a":"1","b":"1"},"map":{"b":"2"}}').map }, { a: '1', b: '2' })
})

t.test('the first refusal counts', async t => {
  t.equal(why('{"Nope":1,"Int":"x"}'), 'json: unknown field "Nope"')
  t.equal(why('{"Int":"x","Nope":1}'), 'json: cannot unmarshal string into Go struct field Body.Int of type int')
  t.equal(why('{"Nope":1,"Inner":{"Nope2":2}}'), 'json: unknown field "Nope"')
  t.equal(why('{"Nope":1,"Int":'), 'unexpected EOF', 'the whole value is scanned first')
})

t.test('a part with a decoder of its own ends everything with its refusal', async t => {
  t.equal(why('{"Nope":1,"Strict":{"Nope2":1}}'), 'json: unknown field "Nope2"')
  t.equal(why('{"Nope":1,"Strict":{"Wait":"soon"},"Int":"x"}'), 'time: invalid duration "soon"')
  t.equal(why('{"Strict":{"A":"x"}}'), 'json: cannot unmarshal string into Go struct field Body.Strict.Alias.A of type int')
  t.equal(why('{"Stricts":[{"A":1},5]}'), 'json: cannot unmarshal number into Go struct field Body.Stricts of type x.Strict')
})

t.test('a tolerant part ignores what it does not know, except in strict parts inside', async t => {
  t.equal(row({ Tolerant: { A: 1, Nope: 1, Inner: { Nope: 1, A: 2 } } }).tolerant.inner.a, 2)
  t.equal(why({ Tolerant: { Strict: { Nope: 1 } } }), 'json: unknown field "Nope"')
  t.equal(why({ Tolerant: { A: 'x' } }), 'json: cannot unmarshal string into Go struct field Body.Tolerant.Alias.A of type int')
})

t.test('durations are judged last and in the order of the table', async t => {
  t.equal(why({ Strict: { Hold: 'x', Wait: 'y', A: 1 } }), 'time: invalid duration "y"')
  t.equal(why({ Strict: { Hold: 'x', Nope: 1 } }), 'json: unknown field "Nope"')
  t.match(row({ Strict: { Wait: '1.5s', hold_snake: '2s' } }).strict, { wait: 1500, hold: 2000 })
  t.match(row({ Strict: { Wait: 1500000, Hold: '1s', hold_snake: 'never looked at' } }).strict, { wait: 1.5, hold: 1000 })
  for (const odd of [true, false, {}, [], [1]]) t.equal(row({ Strict: { Wait: odd } }).strict.wait, 0, JSON.stringify(odd))
  t.equal(row('{"Strict":{"Wait":1.9}}').strict.wait, 1e-6, 'parts of a nanosecond are dropped')
  t.equal(why('{"Strict":{"Wait":1e999}}'), 'json: cannot unmarshal number 1e999 into Go struct field Body.Strict.Wait of type float64')
})

t.test('values of another type are named with what was found', async t => {
  const cases: ReadonlyArray<readonly [of: string, why: string]> = [
    ['[]', 'array into Go value of type x.Body'], ['"x"', 'string into Go value of type x.Body'], ['5', 'number into Go value of type x.Body'], ['true', 'bool into Go value of type x.Body'],
    ['{"Text":5}', 'number into Go struct field Body.Text of type string'], ['{"Flag":"true"}', 'string into Go struct field Body.Flag of type bool'], ['{"Int":80.0}', 'number 80.0 into Go struct field Body.Int of type int'], ['{"Int":8e1}', 'number 8e1 into Go struct field Body.Int of type int'],
    ['{"Int":9223372036854775808}', 'number 9223372036854775808 into Go struct field Body.Int of type int'], ['{"Big":-1}', 'number -1 into Go struct field Body.Big of type uint64'], ['{"Big":18446744073709551616}', 'number 18446744073709551616 into Go struct field Body.Big of type uint64'],
    ['{"Float":1e400}', 'number 1e400 into Go struct field Body.Float of type float64'], ['{"Texts":"a"}', 'string into Go struct field Body.Texts of type []string'], ['{"Texts":[1]}', 'number into Go struct field Body.Texts of type string'], ['{"Map":{"a":1}}', 'number into Go struct field Body.Map of type string'],
    ['{"Map":[]}', 'array into Go struct field Body.Map of type map[string]string'], ['{"Inner":{"B":{}}}', 'object into Go struct field Inner.Inner.B of type string'], ['{"Addresses":{"lan":"x"}}', 'string into Go struct field Body.Addresses of type x.Inner'], ['{"Data":{}}', 'object into Go struct field Body.Data of type []uint8'],
  ]
  for (const [of, expected] of cases) t.equal(why(of), `json: cannot unmarshal ${expected}`, of)
})

t.test('64 bits survive, base64 and lists of bytes are bytes', async t => {
  t.equal(row('{"Big":18446744073709551615}').big, 18446744073709551615n)
  t.equal(row({ Data: 'aGVsbG8=' }).data?.toString(), 'hello')
  t.equal(row({ Data: [104, 105] }).data?.toString(), 'hi')
  t.equal(row({ Data: '' }).data?.length, 0)
  t.equal(why({ Data: 'x' }), 'illegal base64 data at input byte 0')
})

t.test('keys of free objects mean nothing', async t => {
  const { map, anyMap, any } = row('{"Map":{"__proto__":"x","constructor":"y"},"AnyMap":{"__proto__":{"polluted":true}},"Any":{"__proto__":{"polluted":true},"n":[1,null,"x"]}}')
  t.same(Object.entries(map ?? {}), [['__proto__', 'x'], ['constructor', 'y']])
  t.same(Object.keys(anyMap ?? {}), ['__proto__'])
  t.same((any as { n: unknown }).n, [1, null, 'x'])
  t.equal(({} as { polluted?: boolean }).polluted, undefined)
})

t.test('a nest that would exhaust the stack is refused', async t => {
  t.equal(why(`{"Any":${'['.repeat(2000)}${']'.repeat(2000)}}`), 'exceeded max depth')
  const nest: Kind<unknown> = { ...text, read: (node, pass, current) => nested.read(node, pass, current as never) }
  const nested = table({ name: '', type: 'x', own: 'strict' }, { next: field('Next', optional(nest)) })
  t.equal(refusal(bytes => decodeBody(nested, bytes), '{"Next":'.repeat(3000) + '{}' + '}'.repeat(3000)), 'Request decode failed: exceeded max depth')
})

t.test('nothing of one body reaches the next', async () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom('Text', 'Int', 'Texts', 'Map', 'Inner', 'Strict', 'Stricts', 'inner_snake'), fc.constantFrom<unknown>('x', 5, ['a'], { a: 'b' }, { A: 1, Wait: '5s' }, [{ A: 1 }], null)), of => {
    why(of)
    const zero = row('{}')
    return zero.text === '' && zero.int === 0 && zero.texts === null && zero.map === null && zero.inner.a === 0 && zero.strict.wait === 0 && zero.stricts.length === 0
  }), { seed: 1, numRuns: 100 })
})

t.test('computed properties are in no body; finish sees the extras', async t => {
  const kind = table({ name: 'X', type: 'x.X' }, { sum: computed(int), a: field('A', int) }, { b: field('B', int) }, (row, extras) => { row.sum = row.a + extras.b })
  t.same(decode(kind)({ A: 1, B: 2 }), { sum: 3, a: 1 })
  t.equal(refusal(bytes => decodeBody(kind, bytes), '{"":1}'), 'Request decode failed: json: unknown field ""')
})

t.test('a table tells its JSON Schema', async t => {
  t.match(body.schema(), { type: 'object', additionalProperties: false, properties: { Int: { type: 'integer' }, Big: { type: 'integer', minimum: 0 }, Inner: { type: 'object', properties: { A: { type: 'integer' } } }, MaybeWait: { format: 'duration' }, Data: { contentEncoding: 'base64' } } })
  t.match(tolerant.schema(), { additionalProperties: true })
})

t.test('the door: prefix and the word about namespaces', async t => {
  t.equal(refusal(bytes => decodeBody(body, bytes, { prefix: 'Token decoding failed: ' }), ''), 'Token decoding failed: EOF')
  t.equal(refusal(bytes => decodeBody(body, bytes, { rewordNamespace: true }), { Namespace: 'x' }), 'Request decode failed: json: unknown field "Namespace" - Namespaces are a Consul Enterprise feature')
  t.equal(refusal(bytes => decodeBody(body, bytes), { Namespace: 'x' }), 'Request decode failed: json: unknown field "Namespace"')
  t.equal(refusal(bytes => decodeBody(body, bytes, { whole: true }), '{} x'), "Request decode failed: invalid character 'x' after top-level value")
})

t.test('the example of the README', async t => {
  const ping = table({ name: 'Ping', type: 'x.Ping' }, { target: field('Target', text), waitMs: field('Wait', durationMs, 'wait_time'), labels: field('Labels', textMap) })
  t.same(bodyDecoder(ping)(bytesOf('{"target":"a","wait_time":"1.5s"}')), { target: 'a', waitMs: 1500, labels: null })
  t.match(ping.schema(), { properties: { Target: {}, Wait: {}, Labels: {} } })
})
