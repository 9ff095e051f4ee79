// Laws of query: what Go's ParseQuery reads and refuses, the first of repeated parameters, presence, Go's booleans, escapes of paths.
import t from 'tap'
import fc from 'fast-check'
import { boolError, parseBool, parseQuery, parseUint64, Query, QueryError, unescapePath } from '../../../src/http/decode/query.js'

const read = (raw: string): Query => {
  const query = parseQuery(raw)
  if (query instanceof QueryError) throw query
  return query
}

t.test('values, the first of several, presence', async t => {
  const query = read('a=1&a=2&b&c+d=e+f&g=%2Bx%20&=x&h==i&%61=3&&j=é')
  t.equal(query.get('a'), '1')
  t.same(query.all('a'), ['1', '2', '3'])
  t.ok(query.has('b'))
  t.equal(query.get('b'), '')
  t.equal(query.get('c d'), 'e f')
  t.equal(query.get('g'), '+x ')
  t.equal(query.get(''), 'x')
  t.equal(query.get('h'), '=i')
  t.equal(query.get('j'), 'é')
  t.notOk(query.has('z'))
  t.same(query.all('z'), [])
  t.notOk(read('').has(''))
  t.notOk(read('x=1').has('__proto__'))
})

t.test('what cannot be decoded is refused as a whole', async t => {
  for (const raw of ['a=%zz', '%zz=1', 'a=1;b=2', 'a;b', 'a=%2', 'a=%', 'a=1&%zz']) t.ok(parseQuery(raw) instanceof QueryError, raw)
})

t.test('bytes that are no UTF-8 become U+FFFD', async t => {
  t.equal(read('a=%ff').get('a'), '\ufffd')
  t.equal(read('a=%e2%82').get('a'), '\ufffd\ufffd')
  t.equal(unescapePath('/é%ff%41'), '/é\ufffdA')
})

t.test('what a client encodes is read back', async () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 4 }), pairs => {
    const query = read(new URLSearchParams(pairs).toString())
    return pairs.every(([name]) => JSON.stringify(query.all(name)) === JSON.stringify(pairs.filter(p => p[0] === name).map(p => p[1])))
  }), { seed: 1, numRuns: 200 })
})

t.test('paths: an escaped slash is one, a plus stays, a broken escape is none', async t => {
  t.equal(unescapePath('/a%2Fb'), '/a/b')
  t.equal(unescapePath('/a+b'), '/a+b')
  t.equal(unescapePath('/%e2%82%ac'), '/€')
  t.equal(unescapePath('/%zz'), undefined)
  t.equal(unescapePath('/%'), undefined)
})

t.test('booleans are twelve words', async t => {
  for (const word of ['1', 't', 'T', 'TRUE', 'true', 'True']) t.equal(parseBool(word), true, word)
  for (const word of ['0', 'f', 'F', 'FALSE', 'false', 'False']) t.equal(parseBool(word), false, word)
  for (const word of ['', 'yes', 'tRUE', ' 1', '2']) t.equal(parseBool(word), undefined, word)
  t.equal(boolError('x"'), 'strconv.ParseBool: parsing "x\\"": invalid syntax')
})

t.test('unsigned integers of 64 bits', async t => {
  t.equal(parseUint64('18446744073709551615'), 18446744073709551615n)
  t.equal(parseUint64('00012'), 12n)
  t.same(parseUint64('18446744073709551616'), { error: 'strconv.ParseUint: parsing "18446744073709551616": value out of range' })
  for (const text of ['', '-1', '+1', '1.0', '1_0', 'x']) t.same(parseUint64(text), { error: `strconv.ParseUint: parsing "${text}": invalid syntax` }, text)
})
