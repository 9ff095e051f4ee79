// Laws of values: a text is read as the type of its field exactly as Go's strconv reads it, and refused with strconv's words.
import t from 'tap'
import fc from 'fast-check'
import { coerceBool, coerceInt, coerceUint } from '../../../src/catalog/filter/coerce.js'

const syntax = (func: string, text: string): { name: string, message: string } => ({ name: 'FilterError', message: `strconv.${func}: parsing "${text}": invalid syntax` })
const range = (func: string, text: string): { name: string, message: string } => ({ name: 'FilterError', message: `strconv.${func}: parsing "${text}": value out of range` })

t.test('truth has six names, and so has falsehood', async t => {
  for (const text of ['1', 't', 'T', 'true', 'True', 'TRUE']) t.equal(coerceBool(text), true, text)
  for (const text of ['0', 'f', 'F', 'false', 'False', 'FALSE']) t.equal(coerceBool(text), false, text)
  for (const text of ['', 'yes', 'tRUE', '2', ' true']) t.throws(() => coerceBool(text), syntax('ParseBool', text), text)
})

t.test('integers: sign, base, underscores, range', async t => {
  const good: ReadonlyArray<[string, number]> = [
    ['0', 0], ['-0', -0], ['+80', 80], ['-80', -80], ['0x50', 80], ['0X5_0', 80], ['0b101_0000', 80], ['0o120', 80], ['0120', 80], ['1_000', 1000], ['0x_50', 80], ['-0x50', -80],
    ['9223372036854775807', 2 ** 63], ['-9223372036854775808', -(2 ** 63)]
  ]
  for (const [text, value] of good) t.equal(coerceInt(text, 64), value, text)
  for (const text of ['', '-', '+', 'x', '1.5', '1e3', '08', '0b2', '0x', '0xg', '_1', '1_', '1__0', '0_x1', '--1', ' 1', '٣']) t.throws(() => coerceInt(text, 64), syntax('ParseInt', text), text)
  for (const text of ['9223372036854775808', '-9223372036854775809', '99999999999999999999x']) t.throws(() => coerceInt(text, 64), range('ParseInt', text), text)
})

t.test('unsigned integers have a width and no sign', async t => {
  t.equal(coerceUint('255', 8), 255)
  t.equal(coerceUint('0xffff', 16), 65535)
  t.equal(coerceUint('18446744073709551615', 64), 2 ** 64)
  t.throws(() => coerceUint('256', 8), range('ParseUint', '256'))
  t.throws(() => coerceUint('18446744073709551616', 64), range('ParseUint', '18446744073709551616'))
  t.throws(() => coerceUint('-1', 8), syntax('ParseUint', '-1'))
  t.throws(() => coerceUint('+1', 8), syntax('ParseUint', '+1'))
})

t.test('a number written in any base is that number', async () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.constantFrom<[string, number]>(['', 10], ['0x', 16], ['0b', 2], ['0o', 8], ['0', 8]), (number, [prefix, base]) =>
    coerceInt(`${number < 0 ? '-' : ''}${prefix}${Math.abs(number).toString(base)}`, 64) === number), { seed: 1, numRuns: 300 })
})
