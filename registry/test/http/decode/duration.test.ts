// Laws of duration: Go's reading and writing, text by text, and what is written is read back as it was.
import t from 'tap'
import fc from 'fast-check'
import { DurationError, formatDuration, formatMs, parseDuration } from '../../../src/http/decode/duration.js'

t.test('what Go reads, in nanoseconds', async t => {
  const cases: ReadonlyArray<readonly [text: string, ns: number]> = [
    ['0', 0], ['+0', 0], ['-0', 0], ['1h30m', 5400e9], ['250ms', 250e6], ['1.5s', 1.5e9], ['-1.5h', -5400e9], ['.5s', 5e8], ['1.s', 1e9], ['1\u00b5s', 1000], ['1\u03bcs', 1000], ['1us', 1000], ['1ns', 1],
    ['0.1ns', 0], ['0.9999999999999999999s', 1e9], ['0.0000000005s', 0], ['1.0000000001h', 3600000000360], ['3h3m3.3s3ms', 10983303e6], ['100000h', 36e16], ['999999.999999ms', 999999999999], ['1.1ms', 1100000],
    ['9223372036854775807ns', 2 ** 63], ['-9223372036854775808ns', -(2 ** 63)], ['2562047h47m16.854775807s', 2 ** 63], ['0.000000000000000000000000001h', 0],
  ]
  for (const [text, ns] of cases) t.equal(parseDuration(text), ns, text)
})

t.test('what Go refuses, in its words', async t => {
  const cases: ReadonlyArray<readonly [text: string, why: string]> = [
    ['', 'invalid duration ""'], ['+', 'invalid duration "+"'], ['1', 'missing unit in duration "1"'], ['10', 'missing unit in duration "10"'], ['.s', 'invalid duration ".s"'], ['1.', 'missing unit in duration "1."'],
    ['1d', 'unknown unit "d" in duration "1d"'], ['1h1', 'missing unit in duration "1h1"'], ['1h 1m', 'unknown unit "h " in duration "1h 1m"'], [' 1s', 'invalid duration " 1s"'], ['nope', 'invalid duration "nope"'], ['1nope', 'unknown unit "nope" in duration "1nope"'],
    ['1h-2m', 'unknown unit "h-" in duration "1h-2m"'], ['9223372036854775808ns', 'invalid duration "9223372036854775808ns"'], ['-9223372036854775809ns', 'invalid duration "-9223372036854775809ns"'], ['99999999999999999999s', 'invalid duration "99999999999999999999s"'],
    ['2562048h', 'invalid duration "2562048h"'], ['1"s', 'unknown unit "\\"s" in duration "1\\"s"'], ['a\\b', 'invalid duration "a\\\\b"'], ['\0', 'invalid duration "\\x00"'], ['\u00e9', 'invalid duration "\\xc3\\xa9"'], ['1\u00e9', 'unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'],
    ['1e3s', 'unknown unit "e" in duration "1e3s"'], ['1H', 'unknown unit "H" in duration "1H"'], ['1.1.1s', 'missing unit in duration "1.1.1s"'],
  ]
  for (const [text, why] of cases) t.throws(() => parseDuration(text), new DurationError(`time: ${why}`), text)
})

t.test('what Go writes', async t => {
  const cases: ReadonlyArray<readonly [ns: number, text: string]> = [
    [0, '0s'], [1, '1ns'], [999, '999ns'], [1000, '1\u00b5s'], [1001, '1.001\u00b5s'], [999999, '999.999\u00b5s'], [1000000, '1ms'], [1100000, '1.1ms'], [999999999, '999.999999ms'], [1e9, '1s'], [1.5e9, '1.5s'], [60e9, '1m0s'], [61001e6, '1m1.001s'],
    [3600e9, '1h0m0s'], [3661000000001, '1h1m1.000000001s'], [-1, '-1ns'], [-1.5e6, '-1.5ms'], [-90e9, '-1m30s'], [600e9, '10m0s'],
  ]
  for (const [ns, text] of cases) t.equal(formatDuration(ns), text, text)
  t.equal(formatMs(1.1), '1.1ms')
  t.equal(formatMs(0.000001), '1ns')
  t.equal(formatMs(600000), '10m0s')
})

t.test('what is written is read back as it was', async () => {
  fc.assert(fc.property(fc.maxSafeInteger(), ns => parseDuration(formatDuration(ns)) === ns), { seed: 1, numRuns: 300 })
  fc.assert(fc.property(fc.integer({ min: -3e9, max: 3e9 }), ns => parseDuration(formatDuration(ns)) === ns), { seed: 1, numRuns: 300 })
})

t.test('parts add up, and the sign stands for all', async () => {
  const part = fc.tuple(fc.nat(600), fc.constantFrom(['h', 3600e9], ['m', 60e9], ['s', 1e9], ['ms', 1e6], ['us', 1e3], ['ns', 1]))
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom(['', 1], ['+', 1], ['-', -1]), (parts, [sign, factor]) => {
    const sum = parts.reduce((ns, [n, [, unit]]) => ns + n * Number(unit), 0) * Number(factor)
    return parseDuration(sign + parts.map(([n, [unit]]) => `${n}${unit}`).join('')) === (sum || 0)
  }), { seed: 1, numRuns: 200 })
})
