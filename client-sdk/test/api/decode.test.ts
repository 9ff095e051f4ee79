// Laws of reading answers: null means none, garbage is one error that says where, and whatever is read never fails later on what was promised.
import fc from 'fast-check'
import t from 'tap'
import { absentOn, dictionary, first, flag, json, list, nothing, optional, plainText, record, ShapeError, shaped, text } from '../../src/api/decode.js'
import { healthEntry } from '../../src/api/health.js'

const raw = (body: string, contentType = 'application/json', status = 200) => ({ status, contentType, bytes: Buffer.from(body) })

for (const [name, run, expected] of [
  ['a null list is empty', () => json(list(text))(raw('null')), []],
  ['a null map is empty', () => Object.keys(json(dictionary(text))(raw('null'))), []],
  ['null lists inside rows are empty', () => json(list(healthEntry))(raw('[{"Node":{},"Service":{},"Checks":null}]')), [{ Node: {}, Service: {}, Checks: [] }]],
  ['absence', () => json(optional(text))(raw('null')), undefined],
  ['the only row', () => json(first(text))(raw('["a"]')), 'a'],
  ['no only row', () => json(first(text))(raw('[]')), undefined],
  ['absence by status', () => absentOn(404, json(text))(raw('', '', 404)), undefined],
  ['no content type is JSON', () => json(flag)(raw('true', '')), true],
  ['problem+json is JSON', () => json(flag)(raw('true', 'application/problem+json')), true],
  ['nothing accepts nothing', () => nothing(raw('', '')), undefined],
] as const) t.test(name, async t => t.strictSame(run(), expected))

for (const [name, run, message] of [
  ['HTML', () => json(text)(raw('<html>', 'text/html')), 'expected JSON, got text/html: "<html>"'],
  ['JSON under another name', () => json(text)(raw('"a"', 'text/plain')), 'expected JSON, got text/plain: "\\"a\\""'],
  ['cut JSON', () => json(list(text))(raw('[{"a"')), 'this is not JSON, or cut short: "[{\\"a\\""'],
  ['empty', () => json(list(text))(raw('')), 'expected JSON, got an empty answer'],
  ['wrong outer shape', () => json(list(text))(raw('{}')), 'the answer should be a list, not an object'],
  ['wrong inner shape', () => json(list(healthEntry))(raw('[{"Node":{},"Service":{},"Checks":[]},{"Node":{},"Checks":[]}]')), 'the answer[1]["Service"] should be an object, not absent'],
  ['deeper', () => json(dictionary(list(text)))(raw('{"a b":["x",1]}')), 'the answer["a b"][1] should be a string, not a number'],
  ['a page instead of nothing', () => nothing(raw('<html>', 'text/html')), 'expected an empty answer, got text/html: "<html>"'],
  ['a page instead of text', () => plainText(raw('<html>', 'text/html')), 'expected text, got text/html: "<html>"'],
] as const) t.test(`refuses ${name}`, async t => t.throws(run, { message }))

t.test('names like constructor and __proto__ are names like any other', async t => {
  const map = json(dictionary(text))(raw('{"constructor":"a","__proto__":"b"}'))
  t.same(Object.entries(map), [['constructor', 'a'], ['__proto__', 'b']])
  t.equal(map.toString as unknown, undefined, 'nothing is inherited')
})

t.test('whatever JSON comes, a health answer is rows that can be followed, or a ShapeError', async () => {
  const decode = json(list(healthEntry))
  fc.assert(fc.property(fc.oneof(fc.json(), fc.array(fc.dictionary(fc.constantFrom('Node', 'Service', 'Checks'), fc.jsonValue())).map(rows => JSON.stringify(rows))), body => {
    try {
      return decode(raw(body)).every(row => typeof row.Node === 'object' && row.Node !== null && typeof row.Service === 'object' && Array.isArray(row.Checks))
    } catch (error) { return error instanceof ShapeError }
  }), { seed: 7, numRuns: 500 })
})

t.test('fields that are not named pass as they are', async t => t.same(json(shaped<{ a: string, b?: number }>({ a: text }))(raw('{"a":"x","b":1}')), { a: 'x', b: 1 }))
t.test('a list is no object', async t => t.throws(() => json(record())(raw('[]')), { message: 'the answer should be an object, not a list' }))
