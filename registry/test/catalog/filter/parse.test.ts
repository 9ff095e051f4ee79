// Laws of the filter grammar: what is an expression and what its tree is, what is none and how that is said, and that no text takes long or ends otherwise.
import t from 'tap'
import fc from 'fast-check'
import type { Expression, Match, Operator } from '../../../src/catalog/filter/expression.js'
import { FilterError } from '../../../src/catalog/filter/expression.js'
import { goQuote } from '../../../src/catalog/filter/go-quote.js'
import { anyText } from './any-text.js'
import { MAX_FILTER_BYTES, MAX_NESTING, parse } from '../../../src/catalog/filter/parse.js'

const match = (selector: string, operator: Operator, value?: string): Match =>
  ({ kind: 'match', selector: selector.split('.'), operator, ...(value === undefined ? {} : { value }) })
const A = match('a', 'Equal', '1')
const B = match('b', 'Equal', '2')
const C = match('c', 'Equal', '3')

t.test('each operator, with the value on the side where it belongs', async t => {
  const table: ReadonlyArray<[string, Match]> = [
    ['Node == n1', match('Node', 'Equal', 'n1')],
    ['Node==n1', match('Node', 'Equal', 'n1')],
    ['Node\t!=\r\nn1', match('Node', 'Not Equal', 'n1')],
    ['v1 in Tags', match('Tags', 'In', 'v1')],
    ['v1 not  in Tags', match('Tags', 'Not In', 'v1')],
    ['Tags contains v1', match('Tags', 'In', 'v1')],
    ['Tags not contains v1', match('Tags', 'Not In', 'v1')],
    ['Tags is empty', match('Tags', 'Is Empty')],
    ['Tags is not empty', match('Tags', 'Is Not Empty')],
    ['Node matches "^n"', match('Node', 'Matches', '^n')],
    ['Node not matches "^n"', match('Node', 'Not Matches', '^n')]
  ]
  for (const [text, tree] of table) t.strictSame(parse(text), tree, text)
})

t.test('each form of a value and of a selector', async t => {
  const table: ReadonlyArray<[string, Match]> = [
    ['a == b_2.c', match('a', 'Equal', 'b_2.c')],
    ['a == b["c d"]', match('a', 'Equal', 'b.c d')],
    ['a == 0', match('a', 'Equal', '0')],
    ['a == -12.50', match('a', 'Equal', '-12.50')],
    ['a == ""', match('a', 'Equal', '')],
    ['a == "b c"', match('a', 'Equal', 'b c')],
    ['a == "\\u00e9\\x41\\101\\n"', match('a', 'Equal', 'éAA\n')],
    ['a == `b"\\n`', match('a', 'Equal', 'b"\\n')],
    ['a.b.c == 1', match('a.b.c', 'Equal', '1')],
    ['a["b"].c == 1', match('a.b.c', 'Equal', '1')],
    ['"x y" in a["b-c"][ `d` ]', { kind: 'match', selector: ['a', 'b-c', 'd'], operator: 'In', value: 'x y' }]
  ]
  for (const [text, tree] of table) t.strictSame(parse(text), tree, text)
})

t.test('words of the language are names and values wherever they can be', async t => {
  const table: ReadonlyArray<[string, Expression]> = [
    ['not == 1', match('not', 'Equal', '1')],
    ['not in in', match('in', 'In', 'not')],
    ['not not in in', { kind: 'not', operand: match('in', 'In', 'not') }],
    ['not in not', match('not', 'In', 'not')],
    ['is is empty', match('is', 'Is Empty')],
    ['and == or and or == and', { kind: 'and', parts: [match('and', 'Equal', 'or'), match('or', 'Equal', 'and')] }],
    ['nothing == 1', match('nothing', 'Equal', '1')]
  ]
  for (const [text, tree] of table) t.strictSame(parse(text), tree, text)
})

t.test('not binds before and, and before or, parentheses before all; not not is nothing', async t => {
  const table: ReadonlyArray<[string, Expression]> = [
    ['a==1 or b==2 and c==3', { kind: 'or', parts: [A, { kind: 'and', parts: [B, C] }] }],
    ['(a==1 or b==2) and c==3', { kind: 'and', parts: [{ kind: 'or', parts: [A, B] }, C] }],
    ['not a==1 and b==2', { kind: 'and', parts: [{ kind: 'not', operand: A }, B] }],
    ['not (a==1 and b==2)', { kind: 'not', operand: { kind: 'and', parts: [A, B] } }],
    ['a==1 or b==2 or c==3', { kind: 'or', parts: [A, B, C] }],
    ['not not a==1', A],
    ['not not not a==1', { kind: 'not', operand: A }],
    [' ( ( a==1 ) ) ', A]
  ]
  for (const [text, tree] of table) t.strictSame(parse(text), tree, text)
})

const START = '"(", "-", "0", "\\"", "`", "not", [ \\t\\r\\n], [1-9] or [a-zA-Z]'
const AFTER_NAME = '"!=", ".", "==", "[", [ \\t\\r\\n] or [a-zA-Z0-9_]'

t.test('what is no expression says where and why', async t => {
  const table: ReadonlyArray<[string, string]> = [
    ['', `1:1 (0): no match found, expected: ${START}`],
    [' ', `1:2 (1): no match found, expected: ${START}`],
    ['Node', `1:5 (4): no match found, expected: ${AFTER_NAME}`],
    ['Service = web', '1:9 (8): no match found, expected: "!=", "==", "contains", "in", "is", "matches", "not" or [ \\t\\r\\n]'],
    ['Node AND x', '1:6 (5): no match found, expected: "!=", "==", "contains", "in", "is", "matches", "not" or [ \\t\\r\\n]'],
    ['Meta.dash-ed == x', `1:10 (9): no match found, expected: ${AFTER_NAME}`],
    ['Node == ', '1:9 (8): no match found, expected: "-", "0", "\\"", "`", [ \\t\\r\\n], [1-9] or [a-zA-Z]'],
    ["Node == 'x'", '1:9 (8): no match found, expected: "-", "0", "\\"", "`", [ \\t\\r\\n], [1-9] or [a-zA-Z]'],
    ['x in foo abc', '1:10 (9): no match found, expected: "and", "or", [ \\t\\r\\n] or EOF'],
    ['a==1 and ', `1:10 (9): no match found, expected: ${START}`],
    ['(', `1:2 (1): no match found, expected: ${START}`],
    ['é', `1:1 (0): no match found, expected: ${START}`],
    ['a == "é" x', '1:10 (10): no match found, expected: "and", "or", [ \\t\\r\\n] or EOF'],
    ['a == "😀"\n x', '2:2 (13): no match found, expected: "and", "or", [ \\t\\r\\n] or EOF'],
    ['(a==1', '1:6 (5): rule "grouping": Unmatched parentheses'],
    ['a["b" == 1', '1:7 (6): rule "index": Unclosed index expression'],
    ['a[b] == 1', '1:3 (2): rule "index": Invalid index'],
    ['a == 1x', '1:7 (6): rule "number": Invalid number literal'],
    ['a == 01', '1:7 (6): rule "number": Invalid number literal'],
    ['a in "b"', '1:6 (5): rule "match": Invalid selector'],
    ['a == "b', '1:8 (7): rule "string": Unterminated string literal'],
    ['a == "\\q"', '1:6 (5): rule "string": invalid syntax'],
    ['a["b', '1:5 (4): rule "string": Unterminated string literal\n1:3 (2): rule "index": Invalid index']
  ]
  for (const [text, reason] of table) t.throws(() => parse(text), { name: 'FilterError', message: reason }, text)
})

t.test('length and nesting are bounded, rows are not', async t => {
  const long = (bytes: number): string => 'a == "' + 'x'.repeat(bytes - 7) + '"'
  t.strictSame(parse(long(MAX_FILTER_BYTES)).kind, 'match')
  t.throws(() => parse(long(MAX_FILTER_BYTES + 1)), { name: 'FilterError', message: `the expression has ${MAX_FILTER_BYTES + 1} bytes, at most ${MAX_FILTER_BYTES} are read` })
  const nested = (depth: number): string => '('.repeat(depth) + 'a==1' + ')'.repeat(depth)
  t.strictSame(parse(nested(MAX_NESTING)), A)
  t.throws(() => parse(nested(MAX_NESTING + 1)), { message: `1:${MAX_NESTING + 1} (${MAX_NESTING}): rule "grouping": more than ${MAX_NESTING} parentheses in one another` })
  t.throws(() => parse('('.repeat(MAX_FILTER_BYTES)), { name: 'FilterError' })
  t.strictSame(parse('(a==1) and '.repeat(500) + '(a==1)'), { kind: 'and', parts: new Array(501).fill(A) }, 'parentheses beside one another are no nesting')
  t.strictSame(parse('not '.repeat(2000) + 'a==1'), A)
})

t.test('any text is parsed, or refused with a FilterError of the agreed shape', async () => {
  const token = fc.oneof(
    fc.constantFrom('a', 'Meta', '.', '[', ']', '"', '`', '(', ')', '==', '!=', '=', ' ', '\n', 'not', 'in', 'is', 'empty', 'contains', 'matches', 'and', 'or', '0', '1', '-', '\\', '"b c"', 'a == 1', 'not ('),
    anyText(3))
  const text = fc.array(fc.tuple(token, fc.constantFrom('', ' ')), { maxLength: 60 }).map(pairs => pairs.flat().join(''))
  fc.assert(fc.property(text, text => {
    try {
      parse(text)
    } catch (err) {
      return err instanceof FilterError && err.message.split('\n').every(line => /^\d+:\d+ \(\d+\): ./.test(line))
    }
  }), { seed: 4, numRuns: 2000 })
})

t.test('the work grows with the length of the text, not with its power', async t => {
  // Each unit doubles the steps of a parser that backtracks plainly, so that such a one would not come back before the runner ends the test.
  for (const unit of ['(', 'not (', '(a==1 and ', '(not a["b" or ', 'not ', 'not in ', 'a[', 'a in ', 'a["']) {
    const text = unit.repeat(Math.min(MAX_NESTING - 1, MAX_FILTER_BYTES / unit.length))
    t.throws(() => parse(text), { name: 'FilterError' }, `${unit} without end`)
  }
})

t.test('a tree that is written out is read back as it was', async () => {
  fc.assert(fc.property(expression, tree => {
    const text = print(tree)
    const back = print(parse(text))
    if (back !== text) throw new Error(`${text} came back as ${back}`)
  }), { seed: 5, numRuns: 500 })
})

const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,5}$/)
const key = anyText(6)
const selector = fc.tuple(name, fc.array(fc.oneof(name, key), { maxLength: 3 })).map(([first, rest]) => [first, ...rest])
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ kind: fc.constant('match' as const), selector, operator: fc.constantFrom('Equal' as const, 'Not Equal' as const, 'In' as const, 'Not In' as const, 'Matches' as const, 'Not Matches' as const), value: key }),
  fc.record({ kind: fc.constant('match' as const), selector, operator: fc.constantFrom('Is Empty' as const, 'Is Not Empty' as const) }))
const { expression } = fc.letrec<{ expression: Expression }>(tie => ({
  expression: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf,
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), parts: fc.array(tie('expression'), { minLength: 2, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('expression') }))
}))

const SIGN: Readonly<Record<Operator, string>> = { Equal: '==', 'Not Equal': '!=', In: 'contains', 'Not In': 'not contains', Matches: 'matches', 'Not Matches': 'not matches', 'Is Empty': 'is empty', 'Is Not Empty': 'is not empty' }

/** Canonical text of a tree: every part in parentheses, every value and every key that is no plain name quoted. A `"` is written as `\x22`, as no escape may contain one. */
function print (tree: Expression): string {
  if (tree.kind === 'not') return tree.operand.kind === 'not' ? print(tree.operand.operand) : `not (${print(tree.operand)})`
  if (tree.kind !== 'match') return tree.parts.map(part => `(${print(part)})`).join(` ${tree.kind} `)
  const quote = (text: string): string => '"' + goQuote(text).slice(1, -1).replaceAll('\\"', '\\x22') + '"'
  const path = tree.selector.map((part, depth) => !/^[a-zA-Z][a-zA-Z0-9_]*$/.test(part) ? `[${quote(part)}]` : depth === 0 ? part : '.' + part).join('')
  return `${path} ${SIGN[tree.operator]}${tree.value === undefined ? '' : ' ' + quote(tree.value)}`
}
