// Weak kinds of single values: texts, flags, numbers, durations, bytes and what may be anything.

import { DurationError, formatDuration, parseDuration } from '../duration.js'
import { JsonNumber, JsonObject, type JsonValue } from '../json.js'
import { alone, entriesOf, WeakDecodeError, type WeakKind, type WeakPass } from './weak-kind.js'

/** A kind that takes what `accept` makes a value of; `undefined` is a value of another type. */
const scalar = <T> (goType: string, zero: T, accept: (node: JsonValue, at: string, pass: WeakPass) => T | undefined, show: (value: T) => unknown = value => value): WeakKind<T> => ({
  goType,
  zero: () => zero,
  isEmpty: value => value === zero,
  read (raw, at, pass) {
    const node = alone(raw)
    if (node === null) return zero
    const value = accept(node, at, pass)
    if (value === undefined) pass.unfit(at, goType, node)
    return value ?? zero
  },
  show,
})

/** A number's digits without an exponent. */
const plainDecimal = (value: number): string => {
  const text = String(value)
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  if (exponent === undefined) return text
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + (point >= digits.length ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`)
}

/** Text under a Go name; flags become `1` and `0`, numbers their digits. */
export const textOf = (goType: string): WeakKind<string> => scalar(goType, '', node =>
  typeof node === 'string' ? node : typeof node === 'boolean' ? (node ? '1' : '0') : node instanceof JsonNumber ? plainDecimal(Number(node.raw)) : undefined)

export const text = textOf('string')

const TRUE: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True']
const FALSE: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False', '']

export const flag: WeakKind<boolean> = scalar('bool', false, (node, at, pass) => {
  if (typeof node === 'boolean') return node
  if (node instanceof JsonNumber) return Number(node.raw) !== 0
  if (typeof node !== 'string') return undefined
  if (!TRUE.includes(node) && !FALSE.includes(node)) pass.problem(at, "cannot parse value as 'bool': strconv.ParseBool: invalid syntax")
  return TRUE.includes(node)
})

/** Go's integer literals: decimal, or with a prefix for its base, `_` between digits. */
const LITERAL = /^[+-]?(0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO]?(_?[0-7])+|0|[1-9](_?\d)*)$/

function parseLiteral (text: string): bigint | undefined {
  if (text === '') return 0n
  if (!LITERAL.test(text)) return undefined
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase()
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return text.startsWith('-') ? -value : value
}

/** An integer of `bits` under a Go name. Parts of a number are dropped; a number that does not fit is cut to its low bits, as Go cuts it. */
const integer = (goType: string, bits: number, signed: boolean): WeakKind<number> => {
  const cut = (value: bigint): number => Number(signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value))
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n
  const max = 2n ** BigInt(signed ? bits - 1 : bits) - 1n
  const parse = signed ? 'ParseInt' : 'ParseUint'
  return scalar(goType, 0, (node, at, pass) => {
    if (typeof node === 'boolean') return node ? 1 : 0
    if (node instanceof JsonNumber) return cut(BigInt(Math.trunc(Number(node.raw))))
    if (typeof node !== 'string') return undefined
    const value = !signed && /^[+-]/.test(node) ? undefined : parseLiteral(node)
    if (value !== undefined && value >= min && value <= max) return Number(value)
    pass.problem(at, `cannot parse value as '${goType}': strconv.${parse}: ${value === undefined ? 'invalid syntax' : 'value out of range'}`)
    return 0
  })
}

export const int = integer('int', 64, true)
export const uint32 = integer('uint32', 32, false)
export const uint64 = integer('uint64', 64, false)

/** A number of single precision, shown with as few digits as tell it from its neighbours. */
export const float32: WeakKind<number> = scalar('float32', 0, (node, at, pass) => {
  if (typeof node === 'boolean') return node ? 1 : 0
  if (node instanceof JsonNumber) return Math.fround(Number(node.raw))
  if (typeof node !== 'string') return undefined
  const value = node === '' ? 0 : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(node) ? Number(node) : Number.NaN
  if (Number.isFinite(value)) return Math.fround(value)
  pass.problem(at, "cannot parse value as 'float32': strconv.ParseFloat: invalid syntax")
  return 0
}, shortestSingle)

/** @example shortestSingle(Math.fround(99.99)) is 99.99, not 99.98999786376953 */
export function shortestSingle (value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

/** ns of a text or a number; `undefined` for another type. */
function nanoseconds (node: JsonValue, at: string, pass: WeakPass): number | undefined {
  if (typeof node === 'boolean') return node ? 1 : 0
  if (node instanceof JsonNumber) return Math.trunc(Number(node.raw))
  if (typeof node !== 'string') return undefined
  try {
    return parseDuration(node)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    // The value is left out of the words.
    pass.problem(at, /^time: [a-z ]+(?= (in duration )?")/.exec(error.message)?.[0].replace(/^time: unknown unit.*/, 'time: unknown unit') ?? error.message)
    return 0
  }
}

/** ns, shown as such. */
export const durationNs: WeakKind<number> = scalar('time.Duration', 0, nanoseconds)

/** ns, shown as Go writes durations. */
export const duration: WeakKind<number> = scalar('time.Duration', 0, nanoseconds, formatDuration)

/** A moment, as RFC 3339 text; '' for none. */
export const time: WeakKind<string> = {
  goType: 'time.Time',
  zero: () => '',
  isEmpty: value => value === '',
  read (raw, at, pass) {
    const node = alone(raw)
    if (node === null) return ''
    if (typeof node !== 'string') {
      pass.problem(at, `expected a map or struct, got "${typeof node === 'boolean' ? 'bool' : node instanceof JsonNumber ? 'float64' : Array.isArray(node) ? 'slice' : 'map'}"`)
      return ''
    }
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/.test(node) && !Number.isNaN(Date.parse(node.replace(',', '.')))) return node
    pass.problem(at, 'parsing time as "2006-01-02T15:04:05Z07:00": cannot parse as "2006"')
    return ''
  },
  show: value => value,
}

/** Bytes of a text (as they are, no base64), or a list of numbers; shown as base64. */
export const bytes: WeakKind<string | null> = {
  goType: '[]uint8',
  zero: () => null,
  isEmpty: value => value === null || value === '',
  read (node, at, pass) {
    if (typeof node === 'string') return Buffer.from(node).toString('base64')
    const list = Array.isArray(node) ? node : [node]
    const byte = integer('uint8', 8, false)
    return Buffer.from(list.map((item, i) => item === null ? 0 : byte.read(item, `${at}[${i}]`, pass))).toString('base64')
  },
  show: value => value,
}

/** How deep a value of any shape may nest: what reads it later recurses. */
const MAX_DEPTH = 512

/** Plain data of a node. */
function plain (node: JsonValue, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new WeakDecodeError('exceeded max depth')
  if (node instanceof JsonNumber) return Number(node.raw)
  if (Array.isArray(node)) return node.map(item => plain(item, depth + 1))
  if (!(node instanceof JsonObject)) return node
  return Object.fromEntries([...entriesOf(node)].map(([key, value]) => [key, plain(value, depth + 1)]))
}

/** Plain data with each list of one below an object in place of its element. */
function unwrapped (data: unknown): unknown {
  if (Array.isArray(data)) return data.map(unwrapped)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, unwrapped(Array.isArray(value) && value.length === 1 ? value[0] : value)]))
}

/** Anything, as plain data; `null` when absent. A list of one stands for its element here too, and then everywhere within it. */
export const any: WeakKind<unknown> = {
  goType: 'interface {}',
  zero: () => null,
  isEmpty: value => value === null,
  read: node => Array.isArray(node) && node.length === 1 ? unwrapped(plain(node[0]!)) : plain(alone(node)),
  show: value => value,
}
