// JSON files may have comments; what is no JSON is refused with the words of Go's decoder; every key knows its line.
import t from 'tap'
import { parseJsonConfig } from '../../src/config/syntax/json.js'
import type { Block, Entry } from '../../src/config/syntax/tree.js'

const entryOf = (block: Block, key: string): Entry => block.entries.find(entry => entry.key === key)!

t.test('comments are blanks, but not within quotes', async t => {
  const { entries } = parseJsonConfig('// x "y"\n{ # {\n "a": /* 1 */ "# // /* \\" *\\/", /* two\n lines "*/ "b": 2 } // }')
  t.strictSame(entries.map(({ key, value }) => [key, value]), [['a', { kind: 'scalar', value: '# // /* " */', type: 'string' }], ['b', { kind: 'scalar', value: 2, type: 'float64' }]])
})

t.test('nothing, blanks and null are an empty file', async t => {
  for (const text of ['', ' \n', '// only words', 'null']) t.strictSame(parseJsonConfig(text).entries, [], JSON.stringify(text))
})

t.test('every key has its line', async t => {
  const block = parseJsonConfig('{\n "a": { "b"\n:\n1,\n "c": [\n{ "d": 2 }, { "e\\"": 3 } ] },\n/*\n*/ "f": "a: \\"b\\": c" }')
  t.strictSame(block.entries.map(({ key, line }) => [key, line]), [['a', 2], ['f', 8]])
  const inner = entryOf(block, 'a').value as Block
  t.strictSame(inner.entries.map(({ key, line }) => [key, line]), [['b', 2], ['c', 5]])
  const items = entryOf(inner, 'c').value as { items: readonly Block[] }
  t.strictSame(items.items.map(item => item.entries[0]!.line), [6, 6])
})

t.test('of two equal keys the later counts', async t => {
  t.match(parseJsonConfig('{"a": 1,\n"a": 2}').entries, [{ key: 'a', line: 2, value: { value: 2 } }])
})

t.test('refusals', async t => {
  const cases: ReadonlyArray<readonly [text: string, message: string]> = [
    ['{"a": nope}', "invalid character 'o' in literal null (expecting 'u')"],
    ['{', 'unexpected end of JSON input'],
    ['{"server":true', 'unexpected end of JSON input'],
    ['[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['"x"', 'json: cannot unmarshal string into Go value of type map[string]interface {}'],
    ['123', 'json: cannot unmarshal number into Go value of type map[string]interface {}'],
    ['true', 'json: cannot unmarshal bool into Go value of type map[string]interface {}'],
    ['{"a":true,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a":true} x', "invalid character 'x' after top-level value"],
    ['{"a":true "b":1}', 'invalid character \'"\' after object key:value pair'],
    ['{"a":"\\q"}', "invalid character 'q' in string escape code"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a":"x\ny"}', "invalid character '\\n' in string literal"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":[1,]}', "invalid character ']' looking for beginning of value"],
    ['{"a":[1 2]}', "invalid character '2' after array element"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['{"a":1e999}', 'json: cannot unmarshal number 1e999 into Go value of type float64'],
    ['/* x', "invalid character '/' looking for beginning of value"],
    [`{"a":${'['.repeat(300)}${']'.repeat(300)}}`, 'exceeded max depth'],
  ]
  for (const [text, message] of cases) t.throws(() => parseJsonConfig(text), { message }, text.slice(0, 40))
})
