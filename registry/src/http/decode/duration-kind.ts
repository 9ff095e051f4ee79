// Durations as kinds: Go's syntax or nanoseconds as a number, judged after the rest of the table was read. The syntax itself is duration.ts.

import { DurationError, MILLISECOND_NS, parseDuration } from './duration.js'
import { JsonNumber } from './json.js'
import { DecodeError } from './kind.js'
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

const duration = <T> (zero: T, make: (ns: number) => T): LateKind<T> => ({
  goType: 'interface {}',
  zero: () => zero,
  isZero: value => value === zero,
  read: (_node, _pass, current) => current,
  late (node) {
    // Neither text nor number counts as absent.
    if (node instanceof JsonNumber) return make(wholeNanoseconds(Number(node.raw)))
    return typeof node === 'string' ? make(decodeDuration(node)) : zero
  },
  schema: () => ({ type: ['string', 'integer'], format: 'duration', examples: ['10s', '1h30m'], description: 'Go duration, or nanoseconds as a number' }),
})

/** A duration in ms, with fractions. 0 when absent, null, `true` or `{}`. */
export const durationMs: LateKind<number> = duration(0, ns => ns / MILLISECOND_NS)

/** A duration in nanoseconds; null when absent, null, `true` or `{}`. */
export const maybeDurationNs: LateKind<number | null> = duration<number | null>(null, ns => ns)
