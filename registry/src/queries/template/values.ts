// The types of the template language and how a value of one becomes one of another, in the ways and words of Go's strconv.

import { boolError, parseBool } from '../../http/decode/query.js'
import { goQuote } from '../../http/decode/go-text.js'
import { TemplateError } from './scan.js'

export type Value =
  | { readonly type: 'bool', readonly value: boolean }
  /** 64 bits; what goes beyond wraps around. */
  | { readonly type: 'int', readonly value: bigint }
  | { readonly type: 'float', readonly value: number }
  | { readonly type: 'string', readonly value: string }

export type Type = Value['type']

export const wrapped = (n: bigint): bigint => BigInt.asIntN(64, n)

/** Whether values of one type become values of another: truths and numbers do not mix. */
export const isConvertible = (from: Type, to: Type): boolean => from === to || from === 'string' || to === 'string' || (from !== 'bool' && to !== 'bool')

/** The value as one of a type that it is convertible to. @throws TemplateError when a text does not say a value of the type */
export function convert<T extends Type> (value: Value, type: T): Extract<Value, { readonly type: T }>
export function convert (value: Value, type: Type): Value {
  if (value.type === type) return value
  if (value.type === 'string') return fromText(value.value, type)
  if (type === 'string') return { type, value: value.type === 'float' ? floatText(value.value) : String(value.value) }
  if (value.type === 'int' && type === 'float') return { type, value: Number(value.value) }
  if (value.type === 'float' && type === 'int') return { type, value: truncated(value.value) }
  throw new TemplateError(`no ${type} can be made of a ${value.type}`)
}

function fromText (text: string, type: Type): Value {
  switch (type) {
    case 'string': return { type, value: text }
    case 'bool': {
      const value = parseBool(text)
      if (value === undefined) throw new TemplateError(`__builtin_StringToBool: ${boolError(text)}`)
      return { type, value }
    }
    case 'int': return { type, value: parseInt64(text) }
    case 'float': {
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new TemplateError(`__builtin_StringToFloat: strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`)
      return { type, value: Number(text) }
    }
  }
}

/** By its beginning decimal, octal (`0`, `0o`), hexadecimal or binary. */
function parseInt64 (text: string): bigint {
  const parts = /^([+-]?)(0x[0-9a-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/i.exec(text)
  const fail = (why: string): TemplateError => new TemplateError(`__builtin_StringToInt: strconv.ParseInt: parsing ${goQuote(text)}: ${why}`)
  if (parts === null) throw fail('invalid syntax')
  const digits = parts[2]!
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const value = parts[1] === '-' ? -magnitude : magnitude
  if (wrapped(value) !== value) throw fail('value out of range')
  return value
}

/** What a processor makes of a float that no integer can hold is the smallest one. */
const truncated = (n: number): bigint => Math.abs(n) < 2 ** 63 ? BigInt(Math.trunc(n)) : -(1n << 63n)

/** A float in as few digits as tell it, with an exponent from a million on. @example 1500000 gives `1.5e+06` */
export function floatText (n: number): string {
  if (Number.isNaN(n)) return 'NaN'
  if (!Number.isFinite(n)) return n > 0 ? '+Inf' : '-Inf'
  if (n === 0) return Object.is(n, -0) ? '-0' : '0'
  const [digits, exponent] = n.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(n)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
