// Laws of a filter against its records: what does not fit them is named, left to right; what fits means what the operators say, at any depth.
import t from 'tap'
import fc from 'fast-check'
import { compile } from '../../../src/catalog/filter/compile.js'
import type { Expression, Match, Operator } from '../../../src/catalog/filter/expression.js'
import { parse } from '../../../src/catalog/filter/parse.js'
import type { Field, Schema } from '../../../src/catalog/filter/schema.js'

const string: Field = { kind: 'string' }
const place: Field = { kind: 'struct', fields: { Name: string, Port: { kind: 'int', bits: 64 } } }
const schema: Schema = {
  name: 'test',
  fields: {
    Name: string,
    On: { kind: 'bool' },
    Port: { kind: 'int', bits: 64 },
    Small: { kind: 'uint', bits: 8 },
    Addr: { kind: 'address' },
    Tags: { kind: 'list', of: string },
    Sizes: { kind: 'list', of: { kind: 'uint', bits: 8 } },
    Meta: { kind: 'map', of: string },
    Place: place,
    Places: { kind: 'list', of: place },
    ByName: { kind: 'map', of: place },
    Groups: { kind: 'list', of: { kind: 'struct', fields: { Tags: { kind: 'list', of: string }, Meta: { kind: 'map', of: string }, Places: { kind: 'list', of: place } } } }
  }
}
const holds = (text: string, record: unknown): boolean => compile(parse(text), schema)(record)

t.test('what does not fit is named', async t => {
  const table: ReadonlyArray<[string, string]> = [
    ['Nope == 1', 'Selector "Nope" is not valid'],
    ['name == 1', 'Selector "name" is not valid'],
    ['constructor == 1', 'Selector "constructor" is not valid'],
    ['Place["__proto__"] == 1', 'Selector "Place.__proto__" is not valid'],
    ['Name.more == 1', 'Selector "Name.more" is not valid'],
    ['Tags.more.still == 1', 'Selector "Tags.more" is not valid'],
    ['Meta.a.b == 1', 'Selector "Meta.a.b" is not valid'],
    ['Meta["a\\n"].b == 1', 'Selector "Meta.a\\n.b" is not valid'],
    ['Places.Nope == 1', 'Selector "Places.Nope" is not valid'],
    ['ByName.a.Nope == 1', 'Selector "ByName.a.Nope" is not valid'],
    ['Name is empty', 'Invalid match operator "Is Empty" for selector "Name"'],
    ['Name is not empty', 'Invalid match operator "Is Not Empty" for selector "Name"'],
    ['Port matches 1', 'Invalid match operator "Matches" for selector "Port"'],
    ['1 in Port', 'Invalid match operator "In" for selector "Port"'],
    ['true not in On', 'Invalid match operator "Not In" for selector "On"'],
    ['Tags == a', 'Invalid match operator "Equal" for selector "Tags"'],
    ['Tags not matches a', 'Invalid match operator "Not Matches" for selector "Tags"'],
    ['Meta != a', 'Invalid match operator "Not Equal" for selector "Meta"'],
    ['a in Places', 'Invalid match operator "In" for selector "Places"'],
    ['Place is empty', 'Invalid match operator "Is Empty" for selector "Place"'],
    ['ByName.a == 1', 'Invalid match operator "Equal" for selector "ByName.a"'],
    ['Addr == "10.0.0.1"', 'Invalid match operator "Equal" for selector "Addr"'],
    ['Port == x', 'Failed to coerce value "x" for selector "Port": strconv.ParseInt: parsing "x": invalid syntax'],
    ['Places.Port != "a\\t"', 'Failed to coerce value "a\\t" for selector "Places.Port": strconv.ParseInt: parsing "a\\t": invalid syntax'],
    ['Small == 256', 'Failed to coerce value "256" for selector "Small": strconv.ParseUint: parsing "256": value out of range'],
    ['web in Sizes', 'Failed to coerce value "web" for selector "Sizes": strconv.ParseUint: parsing "web": invalid syntax'],
    ['256 in Addr', 'Failed to coerce value "256" for selector "Addr": strconv.ParseUint: parsing "256": value out of range'],
    ['On == yes', 'Failed to coerce value "yes" for selector "On": strconv.ParseBool: parsing "yes": invalid syntax'],
    ['Name matches "["', 'Failed to compile regular expression "[": error parsing regexp: missing closing ]: `[`'],
    ['not (Name == a and (Port == x or Nope == 1))', 'Failed to coerce value "x" for selector "Port": strconv.ParseInt: parsing "x": invalid syntax']
  ]
  for (const [text, message] of table) t.throws(() => compile(parse(text), schema), { name: 'FilterError', message }, text)
})

t.test('each operator on each kind of field', async t => {
  const record = {
    Name: 'web',
    On: true,
    Port: 80,
    Small: 7,
    Addr: '10.0.0.1',
    Tags: ['v1', 'prod'],
    Sizes: [1, 2],
    Meta: { a: '1', 'b-c': '' },
    Place: { Name: 'here', Port: 1 },
    Places: [{ Name: 'a', Port: 1 }, { Name: 'b', Port: 2 }],
    ByName: { lan: { Name: 'l', Port: 3 } },
    Groups: [{ Tags: [], Places: [{ Name: 'x', Port: 9 }] }, { Tags: ['t'], Meta: { k: 'v' }, Places: [] }]
  }
  const yes = [
    'Name == web', 'Name != WEB', 'eb in Name', '"" in Name', 'Name contains w', 'x not in Name', 'Name matches "^w"', 'Name not matches "^e"',
    'On == true', 'On != 0', 'Port == 80', 'Port == "0x50"', 'Port != 81', 'Small == 7', '10 in Addr', '9 not in Addr', 'Addr is not empty',
    'v1 in Tags', 'v not in Tags', 'Tags is not empty', '2 in Sizes', '3 not in Sizes',
    'Meta.a == 1', 'Meta["b-c"] == ""', 'a in Meta', 'Meta contains "b-c"', 'toString not in Meta', 'Meta is not empty',
    'Place.Name == here', 'Place.Port != 2', 'Places.Name == b', 'Places.Name != b', 'Places.Port == 2 and Places.Name == a', 'Places is not empty',
    'ByName.lan.Port == 3', 'ByName["lan"].Name matches l', 'lan in ByName',
    'Groups.Tags is empty', 'Groups.Tags is not empty', 't in Groups.Tags', 't not in Groups.Tags', 'Groups.Meta.k == v', 'Groups.Meta.k != v', 'Groups.Places.Name == x', 'Groups.Places is empty'
  ]
  const no = [
    'Name == we', 'Name != web', 'web2 in Name', 'Name not contains eb', 'Name matches "^e"', 'On == false', 'Port == 8', 'Port != 80', '1 not in Addr', 'Addr is empty',
    'v in Tags', 'Tags is empty', '3 in Sizes', 'Meta.a == ""', 'c in Meta', 'toString in Meta', 'Meta is empty', 'Place.Name != here',
    'Places.Name == c', 'not Places.Name != c', 'Places is empty', 'lan not in ByName', 'u in Groups.Tags', 'Groups.Places.Name != x'
  ]
  for (const text of yes) t.equal(holds(text, record), true, text)
  for (const text of no) t.equal(holds(text, record), false, text)
})

t.test('a key that a map does not have: nothing equals it, everything else holds', async t => {
  for (const record of [{ Meta: {}, ByName: {} }, { Meta: null, ByName: null }, {}]) {
    for (const text of ['Meta.x != a', 'a not in Meta.x', 'Meta.x matches a', 'Meta.x not matches a', 'ByName.x.Port != 0']) t.equal(holds(text, record), true, text)
    for (const text of ['Meta.x == a', 'Meta.x == ""', '"" in Meta.x', 'ByName.x.Port == 0']) t.equal(holds(text, record), false, text)
  }
  t.equal(holds('Meta.toString == a or "" in Meta.constructor', { Meta: {} }), false, 'what every object has is no key')
})

t.test('what the record leaves out is empty', async t => {
  const yes = [
    'Name == ""', 'Name != a', 'Name matches "^$"', 'On == false', 'Port == 0', 'Small == 0', 'Addr is empty', '0 not in Addr', 'Tags is empty', 'a not in Tags', 'Meta is empty', 'a not in Meta',
    'Place.Name == ""', 'Place.Port == 0', 'Places is empty'
  ]
  for (const record of [{}, { Name: null, On: null, Port: null, Small: null, Addr: null, Tags: null, Meta: null, Place: null, Places: null }]) {
    for (const text of yes) t.equal(holds(text, record), true, text)
    for (const text of ['Places.Name == ""', 'Places.Name != a', 'Groups.Tags is empty']) t.equal(holds(text, record), false, `${text}: of no item is anything true`)
  }
})

// === against a reference: it walks the record anew for every match and keeps nothing ===

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json }
const entries = (value: Json): Array<[string, Json]> => Object.entries(value ?? {})
const items = (value: Json): Json[] => entries(value).map(([, item]) => item)

/** Every value that the selector leads to; `missing` where a map has no such key. */
function * valuesAt (value: Json, field: Field, [name, ...rest]: readonly string[]): Generator<{ value?: Json, field: Field, missing?: true }> {
  if (name === undefined) return yield { value, field }
  const below = entries(value).find(([key]) => key === name)
  if (field.kind === 'list') for (const item of items(value)) yield * valuesAt(item, field.of, [name, ...rest])
  if (field.kind === 'map') yield * below === undefined ? [{ field, missing: true as const }] : valuesAt(below[1], field.of, rest)
  if (field.kind === 'struct') yield * valuesAt(below?.[1], field.fields[name]!, rest)
}

function positive (operator: Operator, wanted: string, value: Json, field: Field): boolean {
  const text = typeof value === 'object' && value !== null ? '' : String(value ?? { string: '', bool: false, int: 0, uint: 0 }[field.kind as string])
  if (operator.endsWith('Empty')) return entries(value).length === 0
  if (operator.endsWith('Matches')) return new RegExp(wanted, 'u').test(text)
  if (operator.endsWith('In')) return field.kind === 'map' ? entries(value).some(([key]) => key === wanted) : field.kind === 'list' ? items(value).map(String).includes(wanted) : text.includes(wanted)
  return text === wanted
}

function reference (expression: Expression, record: Json): boolean {
  if (expression.kind === 'not') return !reference(expression.operand, record)
  if (expression.kind === 'and') return expression.parts.every(part => reference(part, record))
  if (expression.kind === 'or') return expression.parts.some(part => reference(part, record))
  const { operator, selector, value: wanted = '' } = expression as Match
  return [...valuesAt(record, { kind: 'struct', fields: schema.fields }, selector)].some(({ value, field, missing }) =>
    missing ? ['Not Equal', 'Not In', 'Is Empty', 'Matches', 'Not Matches'].includes(operator) : positive(operator, wanted, value, field) !== operator.includes('Not'))
}

const words = fc.constantFrom('', 'a', 'b', 'ab', 'key', '1', 'é')
const keys = fc.constantFrom('a', 'key', 'toString')
/** A record of this type, with gaps. */
function recordOf (field: Field): fc.Arbitrary<Json> {
  switch (field.kind) {
    case 'bool': return fc.boolean()
    case 'int':
    case 'uint': return fc.constantFrom(0, 1, 2)
    case 'list': return fc.option(fc.array(recordOf(field.of), { maxLength: 2 }))
    case 'map': return fc.option(fc.dictionary(keys, recordOf(field.of), { maxKeys: 3 }))
    case 'struct': return fc.record(Object.fromEntries(Object.entries(field.fields).map(([name, of]) => [name, recordOf(of)])), { requiredKeys: [] })
    default: return words
  }
}

const OPERATORS: Readonly<Record<string, readonly Operator[]>> = {
  string: ['Equal', 'Not Equal', 'In', 'Not In', 'Matches', 'Not Matches'],
  bool: ['Equal', 'Not Equal'],
  int: ['Equal', 'Not Equal'],
  uint: ['Equal', 'Not Equal'],
  list: ['Is Empty', 'Is Not Empty'],
  map: ['In', 'Not In', 'Is Empty', 'Is Not Empty']
}

/** A match that ends at this field or below it. */
function matchOf (field: Field, path: readonly string[]): Array<fc.Arbitrary<Match>> {
  const value: fc.Arbitrary<string> = field.kind === 'bool' ? fc.constantFrom('true', 'false') : field.kind === 'int' || field.kind === 'uint' ? fc.constantFrom('0', '1') : words
  const here = (operators: readonly Operator[]): fc.Arbitrary<Match> =>
    fc.record({ operator: fc.constantFrom(...operators), value }).map(({ operator, value }) => ({ kind: 'match', selector: path, operator, ...(operator.endsWith('Empty') ? {} : { value }) }))
  switch (field.kind) {
    case 'struct': return Object.entries(field.fields).filter(([, of]) => of.kind !== 'address').flatMap(([name, of]) => matchOf(of, [...path, name]))
    case 'map': return [here(OPERATORS.map!), ...['a', 'key', 'valueOf'].flatMap(key => matchOf(field.of, [...path, key]))]
    case 'list': return field.of.kind === 'struct' ? [here(OPERATORS.list!), ...matchOf(field.of, path)] : [here(field.of.kind === 'string' ? OPERATORS.map! : OPERATORS.list!)]
    default: return [here(OPERATORS[field.kind]!)]
  }
}

t.test('any filter over any records says what a walk by the definition says', async () => {
  const root: Field = { kind: 'struct', fields: schema.fields }
  const leaf = fc.oneof(...matchOf(root, []))
  const { expression } = fc.letrec<{ expression: Expression }>(tie => ({
    expression: fc.oneof({ maxDepth: 3 }, leaf,
      fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), parts: fc.array(tie('expression'), { minLength: 2, maxLength: 3 }) }),
      fc.record({ kind: fc.constant('not' as const), operand: tie('expression') }))
  }))
  fc.assert(fc.property(expression, fc.array(recordOf(root), { minLength: 1, maxLength: 5 }), (expression, records) => {
    const filter = compile(expression, schema)
    return records.every(record => filter(record) === reference(expression, record))
  }), { seed: 6, numRuns: 1500 })
})
