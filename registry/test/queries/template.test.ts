// Laws of the template language: what expressions are worth, which words refuse what is none, and that no text does harm.
/* eslint no-template-curly-in-string: "off" -- templates are the subject */
import t from 'tap'
import fc from 'fast-check'
import { compileText, TemplateError } from '../../src/queries/template/template.js'
import type { Scope } from '../../src/queries/template/evaluate.js'

const groups = ['zzabc', 'a', 'bc']
const scope: Scope = {
  variables: new Map([['name.full', 'zzabc'], ['name.prefix', 'zz'], ['name.suffix', 'abc'], ['agent.segment', '']]),
  functions: new Map([['match', { argument: 'int', call: n => groups[Number(n.value)] ?? '' }]]),
}
const declared = { variables: [...scope.variables.keys()], functions: scope.functions }

/** What a text renders to, or why it does not. */
function worth (text: string): string {
  try {
    const compiled = compileText(text)
    compiled.check(declared)
    return compiled.render(scope)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return `! ${error.message}`
  }
}

t.test('literal text', async t => {
  const table: ReadonlyArray<readonly [string, string]> = [
    ['', ''], ['a', 'a'], ['$', '$'], ['a$b', 'a$b'], ['$$', '$'], ['$$$', '$$'], ['$${', '${'], ['$$${1}', '$1'], ['$$$${1}', '$${1}'], ['}{', '}{'], ['{1}', '{1}'], ['a\\"b', 'a\\"b'],
  ]
  for (const [text, expected] of table) t.equal(worth(text), expected, JSON.stringify(text))
})

t.test('names, groups, texts in texts', async t => {
  const table: ReadonlyArray<readonly [string, string]> = [
    ['${name.full}', 'zzabc'], ['${ name.suffix }-${name.prefix}', 'abc-zz'], ['x${agent.segment}y', 'xy'], ['${match(0)}|${match(1)}|${match(2)}', 'zzabc|a|bc'],
    ['${match(3)}${match(-1)}', ''], ['${match (1.9)}', 'a'], ['${match("2")}', 'bc'], ['${"x${name.full}y"}', 'xzzabcy'], ['${"a\\"b\\\\c\\nd"}', 'a"b\\c\nd'], ['${"a$${b}"}', 'a${b}'],
  ]
  for (const [text, expected] of table) t.equal(worth(text), expected, text)
})

t.test('operations, their order and their types', async t => {
  const table: ReadonlyArray<readonly [string, string]> = [
    ['${2+3*4}', '14'], ['${(2+3)*4}', '20'], ['${1-2-3}', '-4'], ['${7/2}', '3'], ['${-7/2}', '-3'], ['${-7%3}', '-1'], ['${7/2.0}', '3.5'], ['${1.0/0}', '+Inf'], ['${0.1+0.2}', '0.30000000000000004'],
    ['${1000000.0}', '1e+06'], ['${0.00001}', '1e-05'], ['${9223372036854775807 + 1}', '-9223372036854775808'], ['${1 == 1.5}', 'true'], ['${1.5 == 1}', 'false'], ['${1 >= 1.5}', 'false'],
    ['${"1" == 1}', 'true'], ['${1 == "1"}', 'true'], ['${"5" > 4}', 'true'], ['${true || false && false}', 'true'], ['${!true || true}', 'true'], ['${--2}', '2'], ['${1 < 2 == true}', 'true'],
    ['${name.suffix == "" ? "none" : name.suffix}', 'abc'], ['${false ? 1 : true ? 2 : 3}', '2'], ['${true ? false ? 1 : 2 : 3}', '2'], ['${false ? 1 : 1.5}', '1'], ['${"true" ? 1 : 2}', '1'],
  ]
  for (const [text, expected] of table) t.equal(worth(text), expected, text)
})

t.test('what is refused, in the words that clients know', async t => {
  const table: ReadonlyArray<readonly [string, string]> = [
    ['${', 'parse error at 1:3: expected expression but found end of string'],
    ['${}', 'parse error at 1:3: expected expression but found "}"'],
    ['${name.full', 'parse error at 1:12: expected "}" but found end of string'],
    ['${name . full}', 'parse error at 1:8: expected "}" but found "."'],
    ['${1 2}', 'parse error at 1:5: expected "}" but found integer 2'],
    ['${true 1.5}', 'parse error at 1:8: expected "}" but found float 1.5'],
    ['${true "a"}', 'parse error at 1:8: expected "}" but found opening quote'],
    ['${(1}', 'parse error at 1:5: expected ")" but found "}"'],
    ['${1 ? 1}', 'parse error at 1:8: expected : but found "}"'],
    ['${#}', 'parse error at 1:3: expected expression but found invalid sequence "#"'],
    ['${"abc}', 'parse error at 1:4: expected "${" but found invalid sequence "abc}"'],
    ['${"a\\tb"}', 'parse error at 1:5: invalid backslash escape sequence'],
    ['a\n${b', 'parse error at 2:4: expected "}" but found end of string'],
    ['${99999999999999999999}', 'parse error at 1:3: invalid integer: strconv.Atoi: parsing "99999999999999999999": value out of range'],
    ['${name.nope}', '1:3: unknown variable accessed: name.nope'],
    ['${nope(1)}', '1:3: unknown function called: nope'],
    ['${match()}', '1:3: match: expected 1 arguments, got 0'],
    ['${match(true)}', 'At column 3, line 1: match: argument 1 should be type int, got type bool'],
    ['${match("a")}', '__builtin_StringToInt: strconv.ParseInt: parsing "a": invalid syntax'],
    ['${1/0}', '__builtin_IntMath: divide by zero'],
    ['${7.5%2}', 'At column 3, line 1: modulo cannot be used with floats'],
    ['${1 + true}', 'At column 3, line 1: operand 2 should be TypeInt, got TypeBool'],
    ['${true && 1}', 'At column 3, line 1: logical operators require boolean operands, not TypeInt'],
    ['${1 ? 1 : 2}', 'At column 3, line 1: condition must be type bool, not type int'],
    ['${true ? 1 : true}', 'At column 3, line 1: true and false expression types must match; have type int and type bool'],
    ['${name.full[0]}', 'At column 12, line 1: invalid index operation into non-indexable type: TypeString'],
    ['${false ? 1/0 : 2}', '__builtin_IntMath: divide by zero'],
  ]
  for (const [text, expected] of table) t.equal(worth(text), `! ${expected}`, text)
})

t.test('any text comes back when its dollars are doubled', async () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '"', '\\', 'a', '\n', 'é') }), text => worth(text.replaceAll('$', '$$$$')) === text), { seed: 41, numRuns: 500 })
})

t.test('integers are reckoned as integers of 64 bits', async () => {
  const int = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
  fc.assert(fc.property(int, int, fc.constantFrom('+', '-', '*', '/', '%'), (a, b, operator) => {
    if ('/%'.includes(operator) && b === 0n) return true
    const exact = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b
    return worth(`\${${a} ${operator} ${b}}`) === String(BigInt.asIntN(64, exact))
  }), { seed: 42, numRuns: 300 })
})

t.test('whatever is written, there is an answer or a refusal', async () => {
  const piece = fc.constantFrom('${', '}', '"', '(', ')', '[', ']', '?', ':', '+', '-', '!', '==', '&&', 'name.full', 'match', 'true', '1', '2.5', ' ', '$$', '\\', 'x', ',', '.', '*')
  fc.assert(fc.property(fc.array(piece, { maxLength: 25 }), pieces => typeof worth(pieces.join('')) === 'string'), { seed: 43, numRuns: 1500 })
})

t.test('texts that are built to exhaust are refused', async t => {
  t.match(worth('${' + '('.repeat(100_000)), /nested too deeply/)
  t.match(worth('${' + '!'.repeat(100_000) + 'true}'), /nested too deeply/)
  t.match(worth('${' + '"${'.repeat(10_000)), /nested too deeply/)
  t.match(worth('${true' + ' ? true'.repeat(10_000)), /nested too deeply/)
  t.match(worth('${1' + '+1'.repeat(100_000) + '}'), /too many operations/)
  t.match(worth('${name.full}'.repeat(20_000)), /longer than 65536/)
})
