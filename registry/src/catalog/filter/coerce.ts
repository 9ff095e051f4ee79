// Values of a filter are text; these read them as the type of the field they are compared with, by the rules and with the words of Go's `strconv`.
// Not the decoder of request bodies: that one takes JSON and lives with the doors.

import { FilterError } from './expression.js'
import { goQuote } from './go-quote.js'

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])
const BASES: Readonly<Record<string, bigint>> = { b: 2n, o: 8n, x: 16n }

/** `true` for 1, t, T, true, True, TRUE, `false` likewise; anything else is a {@link FilterError}. */
export function coerceBool (text: string): boolean {
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  throw failure('ParseBool', text, 'invalid syntax')
}

/**
 * A signed integer of `bits` bits: decimal, or with the prefix 0x, 0o, 0 (both octal) or 0b; `_` may stand between digits.
 * Above 2^53 the number nearest to it: records hold numbers too, so both sides of the comparison are rounded alike.
 */
export function coerceInt (text: string, bits: number): number {
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  const size = readUint(text.slice(sign.length), bits, reason => failure('ParseInt', text, reason))
  const bound = 1n << BigInt(bits - 1)
  if (sign === '-' ? size > bound : size >= bound) throw failure('ParseInt', text, 'value out of range')
  return Number(sign === '-' ? -size : size)
}

/** An unsigned integer of `bits` bits; prefixes, `_` and rounding as in {@link coerceInt}, no sign. */
export function coerceUint (text: string, bits: number): number {
  return Number(readUint(text, bits, reason => failure('ParseUint', text, reason)))
}

function readUint (text: string, bits: number, fail: (reason: string) => FilterError): bigint {
  if (text === '') throw fail('invalid syntax')
  let base = 10n
  let digits = text
  if (text[0] === '0') {
    const named = text.length >= 3 ? BASES[text[1]!.toLowerCase()] : undefined
    base = named ?? 8n
    digits = text.slice(named === undefined ? 1 : 2)
  }
  const max = (1n << BigInt(bits)) - 1n
  let size = 0n
  for (const char of digits) {
    if (char === '_') continue
    const digit = /^[0-9a-zA-Z]$/.test(char) ? BigInt(parseInt(char, 36)) : base
    if (digit >= base) throw fail('invalid syntax')
    size = size * base + digit
    // The first of two mistakes counts: too many digits in front of a letter are out of range.
    if (size > max) throw fail('value out of range')
  }
  if (!separatesDigits(text)) throw fail('invalid syntax')
  return size
}

/** Whether every `_` stands between two digits, or between a base prefix and a digit. */
const separatesDigits = (text: string): boolean => !/^_|__|_$/.test(text.replace(/^0[box]/i, '0'))

const failure = (func: string, text: string, reason: string): FilterError => new FilterError(`strconv.${func}: parsing ${goQuote(text)}: ${reason}`)
