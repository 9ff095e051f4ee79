// Durations as kinds: Go's syntax or nanoseconds as a number, judged after the rest of the table was read. The syntax itself is duration.ts.

import { DurationError, MILLISECOND_NS, parseDuration } from './duration.js'
import { JsonNumber, type JsonValue } from './json.js'
import { goQuote } from './go-text.js'
import { DecodeError, Pass, type Kind } from './kind.js'
import { plainOf } from './scalar-kinds.js'
import type { LateKind } from './table.js'

/** Parses a duration inside a body. Throws DecodeError with Go's text. */
export const decodeDuration = (text: string): number => {
  try {
    return parseDuration(text)
  } catch (error) {
    throw error instanceof DurationError ? new DecodeError(error.message) : error
  }
}

/** What a conversion of a double to 64 bits gives on Consul's machines: parts are dropped, what does not fit becomes the smallest number. */
const wholeNanoseconds = (n: number): number => Math.abs(n) < 2 ** 63 ? Math.trunc(n) || 0 : -(2 ** 63)

const schema = { type: ['string', 'integer'], format: 'duration', examples: ['10s', '1h30m'], description: 'Go duration, or nanoseconds as a number' }

/** What neither text nor number is counts as `other`. */
const duration = <T> (zero: T, other: T, make: (ns: number) => T): LateKind<T> => ({
  goType: 'interface {}',
  zero: () => zero,
  isZero: value => value === zero,
  read: (_node, _pass, current) => current,
  late: node => node instanceof JsonNumber ? make(wholeNanoseconds(Number(node.raw))) : typeof node === 'string' ? make(decodeDuration(node)) : other,
  schema: () => schema,
})

/** A duration in ms, with fractions. 0 when absent, null, `true` or `{}`. */
export const durationMs: LateKind<number> = duration(0, 0, ns => ns / MILLISECOND_NS)

/** A duration in ms, with fractions; null when absent or null. */
export const maybeDurationMs: LateKind<number | null> = duration<number | null>(null, 0, ns => ns / MILLISECOND_NS)

/** Go's text about what is no number, as a ReadableDuration says it. */
const notFloat = (node: JsonValue): DecodeError =>
  new DecodeError(`strconv.ParseFloat: parsing ${goQuote(JSON.stringify(plainOf(node, new Pass(false, 0))))}: invalid syntax`)

/** A duration in ms that is judged where it stands; anything but text and number is refused. */
export const readableDurationMs: Kind<number> = {
  goType: 'api.ReadableDuration',
  zero: () => 0,
  isZero: value => value === 0,
  read (node) {
    if (node instanceof JsonNumber) return wholeNanoseconds(Number(node.raw)) / MILLISECOND_NS
    if (typeof node === 'string') return decodeDuration(node) / MILLISECOND_NS
    throw notFloat(node)
  },
  schema: () => schema,
}
