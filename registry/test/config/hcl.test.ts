// HCL means what Consul's parser takes it to mean, and is refused with its words and the line.
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import { parseHcl } from '../../src/config/syntax/hcl.js'
import { parseJsonConfig } from '../../src/config/syntax/json.js'
import { ConfigSyntaxError, type Tree } from '../../src/config/syntax/tree.js'

/** The tree as plain data; blocks as `[{…}]`, as HCL means them. */
function plain (tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'nothing') return null
  if (tree.kind === 'list') return tree.items.map(plain)
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]))
}

t.test('what is written is what is meant', async t => {
  const cases: ReadonlyArray<readonly [text: string, meaning: unknown]> = [
    ['', {}],
    ['a = 1', { a: 1 }],
    ['a = 1 b = 2, c = 3', { a: 1, b: 2, c: 3 }],
    ['"a b" = "c"', { 'a b': 'c' }],
    ['a-b.c_d = true', { 'a-b.c_d': true }],
    ['é = false', { é: false }],
    ['a = -1.5e-3', { a: -0.0015 }],
    ['a = .5', { a: 0.5 }],
    ['a = 0x10', { a: 16 }],
    ['a = -0x10', { a: -16 }],
    ['a = 010', { a: 8 }],
    ['a = 1b = 2', { a: 1, b: 2 }],
    ['a =\n\n 1', { a: 1 }],
    ['a\n= 1', { a: 1 }],
    ['a { b = 1 }', { a: [{ b: 1 }] }],
    ['a\n{ b = 1 }', { a: [{ b: 1 }] }],
    ['a = { b = 1, c = 2 }', { a: [{ b: 1, c: 2 }] }],
    ['a {} a {}', { a: [{}, {}] }],
    ['a { b = 1 } a { b = 2 }', { a: [{ b: 1 }, { b: 2 }] }],
    ['a "b" "c" { d = 1 }', { a: [{ b: [{ c: [{ d: 1 }] }] }] }],
    ['a b { c = 1 }', { a: [{ b: [{ c: 1 }] }] }],
    ['a = 1 a = 2', { a: 2 }],
    ['a = ["x"] a = ["y"]', { a: ['x', 'y'] }],
    ['a = []', { a: [] }],
    ['a = [1, "x", true, [2], { b = 1 },]', { a: [1, 'x', true, [2], { b: 1 }] }],
    ['a = [1,,2]', { a: [1, 2] }],
    ['a = [\n1, # one\n2 // two\n]', { a: [1, 2] }],
    ['/* c */ a = /* d\n */ 1 // e\n# f\n', { a: 1 }],
    ['a = "#" # b', { a: '#' }],
    ['a = "\\n\\t\\"\\\\\\x41\\101\\u00e9\\U0001F600"', { a: '\n\t"\\AAé😀' }],
    ['a = "\\ud800"', { a: '\ufffd' }],
    // eslint-disable-next-line no-template-curly-in-string -- HCL's own
    ['a = "x${"y"}z"', { a: 'x${"y"}z' }],
    // eslint-disable-next-line no-template-curly-in-string -- HCL's own
    ['a = "x${y\nz}"', { a: 'x${y\nz}' }],
    ['a = <<EOF\nb\n c\nEOF\n', { a: 'b\n c\n' }],
    ['a = <<EOF\n  b\n  EOF\n', { a: '  b\n  ' }],
    ['a = <<EOF\nb\nEOF more\nEOF\n', { a: 'b\nEOF more\n' }],
    ['a = <<-EOF\n   b\n     c\n  EOF\n', { a: ' b\n   c\n' }],
    ['a = <<-EOF\n b\n     c\n    EOF\n', { a: ' b\n     c\n' }],
    ['a = <<EOF\nEOF\nb = 1', { a: '', b: 1 }],
    ['__proto__ = 1 constructor = 2', JSON.parse('{"__proto__":1,"constructor":2}')],
  ]
  for (const [text, meaning] of cases) t.strictSame(plain(parseHcl(text)), meaning, JSON.stringify(text))
})

t.test('what is no HCL is refused with place and words', async t => {
  const cases: ReadonlyArray<readonly [text: string, message: string]> = [
    ['a = yes', 'At 1:5: Unknown token: 1:5 IDENT yes'],
    ['\na = +1', 'At 2:5: Unknown token: 2:5 ADD +'],
    ['a = --1', 'At 1:5: Unknown token: 1:5 SUB -'],
    ['a = ]', 'At 1:5: Unknown token: 1:5 RBRACK ]'],
    ['a = ', 'At 1:5: Unknown token: 1:5 EOF'],
    ['= 3', 'At 1:1: no object keys found!'],
    ['a b = 1', 'At 1:5: nested object expected: LBRACE got: ASSIGN'],
    ['a { b = 1 } c', "At 1:14: key 'c' expected start of object ('{') or assignment ('=')"],
    ['a = "x" "y"', 'At 1:12: key \'"y"\' expected start of object (\'{\') or assignment (\'=\')'],
    ['a { b }', "At 1:7: key 'b' expected start of object ('{') or assignment ('=')"],
    ['a {', 'At 1:4: object expected closing RBRACE got: EOF'],
    ['}', 'At 1:1: expected: IDENT | STRING | ASSIGN | LBRACE got: RBRACE'],
    ['1a = 2', 'At 1:1: expected: IDENT | STRING | ASSIGN | LBRACE got: NUMBER'],
    ['a = 1.2.3', 'At 1:8: expected: IDENT | STRING | ASSIGN | LBRACE got: FLOAT'],
    ['{"server": true}', 'At 1:1: expected: IDENT | STRING got: LBRACE'],
    ['a = [1 2]', 'At 1:8: error parsing list, expected comma or list end, got: NUMBER'],
    ['a = [1,2', 'At 1:9: error parsing list, expected comma or list end, got: EOF'],
    ['a = [', 'At 1:6: unexpected token while parsing list: EOF'],
    ['a = [x]', 'At 1:6: unexpected token while parsing list: IDENT'],
    ['a: 1', 'At 1:2: illegal char'],
    ["a = 'x'", 'At 1:5: illegal char'],
    ['a = 1; b = 2', 'At 1:6: illegal char'],
    ['é = $', 'At 1:5: illegal char'],
    ['a = true\0', 'At 1:9: unexpected null character (0x00)'],
    ['a = "x', 'At 1:7: literal not terminated'],
    ['a = "${x"', 'At 1:10: literal not terminated'],
    ['a = "x\ny"', 'At 1:7: literal not terminated'],
    ['a = "\\q"', 'At 1:7: illegal char escape'],
    ['/* x', 'At 1:5: comment not terminated'],
    ['/ x', "At 1:1: expected '/' for comment"],
    ['a = <EOF', "At 1:6: heredoc expected second '<', didn't see it"],
    ['a = <<EOF', 'At 1:10: heredoc not terminated'],
    ['a = <<EOF\nb\n', 'At 3:1: heredoc not terminated'],
    ['a = 0x', 'At 1:7: illegal hexadecimal number'],
    ['a = 08', 'strconv.ParseInt: parsing "08": invalid syntax'],
    ['a = 99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['a = 1e', 'strconv.ParseFloat: parsing "1e": invalid syntax'],
    ['a = 1e400', 'strconv.ParseFloat: parsing "1e400": value out of range'],
    [`a = ${'['.repeat(201)}`, 'At 1:205: exceeded max depth'],
    [`${'a {'.repeat(201)}`, 'At 1:603: exceeded max depth'],
  ]
  for (const [text, message] of cases) t.throws(() => parseHcl(text), { message }, JSON.stringify(text.slice(0, 40)))
})

t.test('any text is read or refused, never a crash', async () => {
  const piece = fc.constantFrom('a', '=', ' ', '\n', '{', '}', '[', ']', ',', '"', '\\', '$', '<<E\n', 'E\n', '1', '-', '.', 'e', '0x', '#', '/*', '*/', 'true', 'é', '\0')
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
    try {
      parseHcl(pieces.join(''))
    } catch (error) {
      if (!(error instanceof ConfigSyntaxError)) throw error
    }
  }), { seed: 11, numRuns: 2000 })
})

const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,6}$/)
const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '#', '/', '{', '}', '😀'), maxLength: 6 })
const { block } = fc.letrec<{ block: Record<string, unknown>, value: unknown }>(tie => ({
  block: fc.dictionary(name, tie('value') as fc.Arbitrary<unknown>, { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, text, fc.integer({ min: -1e6, max: 1e6 }), fc.boolean(), fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }), tie('block')),
}))

/** Data as HCL, in one of its manners: keys bare or quoted, blocks with `=` or without, commas or none. */
function write (value: unknown, style: number): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(item => write(item, style)).join(', ')}${style & 1 && value.length > 0 ? ',' : ''}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${body(value as Record<string, unknown>, style)} }`
}
const body = (block: Record<string, unknown>, style: number): string => Object.entries(block).map(([key, value]) => {
  const isBlock = typeof value === 'object' && value !== null && !Array.isArray(value)
  return `${style & 2 ? JSON.stringify(key) : key} ${isBlock && style & 4 ? '' : '= '}${write(value, style)}`
}).join(style & 8 ? '\n# and\n' : style & 1 ? ',\n' : '\n')

t.test('HCL and JSON of the same data mean the same', async () => {
  const unwrap = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.length === 1 && typeof value[0] === 'object' ? unwrap(value[0]) : value.map(unwrap)
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, below]) => [key, unwrap(below)])) : value
  }
  fc.assert(fc.property(block, fc.nat(15), (data, style) => {
    const fromHcl = unwrap(plain(parseHcl(body(data, style))))
    const fromJson = unwrap(plain(parseJsonConfig(JSON.stringify(data))))
    return isDeepStrictEqual(fromHcl, fromJson)
  }), { seed: 7, numRuns: 150 })
})
