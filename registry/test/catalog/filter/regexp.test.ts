// Laws of regular expressions from outside: found anywhere, RE2 syntax, Go's words for mistakes, bounded cost, and not loaded before they are needed.
import t from 'tap'
import { createRequire } from 'node:module'
import { compileFilter } from '../../../src/catalog/filter/filter.js'
import { compileRegexp } from '../../../src/catalog/filter/regexp.js'
import { schemas } from '../../../src/catalog/filter/schemas.js'

const loaded = (): boolean => Object.keys(createRequire(import.meta.url).cache).some(file => file.includes('re2js'))

t.test('the engine comes with the first regular expression, not before', async t => {
  compileFilter('Node == a and "x" in Meta', schemas.node)
  t.equal(loaded(), false)
  compileFilter('Node matches a', schemas.node)
  t.equal(loaded(), true)
})

t.test('matches anywhere unless anchored, by characters', async t => {
  const table: ReadonlyArray<[string, string, boolean]> = [
    ['eb', 'web', true],
    ['^eb', 'web', false],
    ['^w.b$', 'web', true],
    ['', '', true],
    ['^.$', 'é', true],
    ['^.$', '😀', true],
    ['(?i)WEB', 'web', true],
    ['(?P<name>w)(?:e|x)', 'web', true],
    ['\\pL+\\d', 'é1', true],
    ['\\bweb\\b', 'a web b', true],
    ['^a$', 'b\na', false],
    ['(?m)^a$', 'b\na', true],
    ['a.b', 'a\nb', false]
  ]
  for (const [pattern, text, found] of table) t.equal(compileRegexp(pattern)(text), found, `${pattern} in ${text}`)
})

t.test('mistakes are named in Go\'s words', async t => {
  const table: ReadonlyArray<[string, string]> = [
    ['[', 'missing closing ]: `[`'],
    ['(', 'missing closing ): `(`'],
    ['a)', 'unexpected ): `a)`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['\\', 'trailing backslash at end of expression: ``'],
    ['[b-a]', 'invalid character class range: `b-a`']
  ]
  for (const [pattern, reason] of table) t.throws(() => compileRegexp(pattern), { message: 'error parsing regexp: ' + reason }, pattern)
})

t.test('what would cost too much is refused before it costs', async t => {
  for (const pattern of ['a{1000}'.repeat(100), `(?:${'ab|'.repeat(100)}){1000}`, '(?:a?b?c?d?e?f?g?h?){1000}']) {
    t.throws(() => compileRegexp(pattern), { message: `error parsing regexp: expression too large: \`${pattern}\`` })
  }
  t.throws(() => compileRegexp('('.repeat(2000) + ')'.repeat(2000)), /^error parsing regexp: expression nests too deeply: `\(\(/)
  t.equal(compileRegexp('^(?:[a-z0-9-]{1,63}\\.){1,4}example\\.org$')('a.b.example.org'), true, 'what people write fits')
})
