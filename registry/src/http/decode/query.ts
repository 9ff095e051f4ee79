// The query string and the path as Go's net/url reads them: what is undecodable, which of repeated parameters counts, presence flags, Go's booleans.
// What the parameters of an endpoint mean is decided by its route.

import { isUtf8 } from 'node:buffer'
import { goQuote, lossyUtf8 } from './go-text.js'

/** The parameters of one request. */
export class Query {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor (values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  /** The first value; '' when absent. */
  get (name: string): string {
    return this.#values.get(name)?.[0] ?? ''
  }

  /** All values, in order. */
  all (name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** Presence, whatever the value: `?stale`, `?stale=false`. */
  has (name: string): boolean {
    return this.#values.has(name)
  }

  get names (): readonly string[] {
    return [...this.#values.keys()]
  }
}

/** A query string that cannot be read: the answer is 500 with an empty body. */
export class QueryError extends Error {}

const NONE = new Query(new Map())

/** Parses what stands after the `?` (without it). A broken escape (`%zz`) or a `;` gives a QueryError. */
export const parseQuery = (raw: string): Query | QueryError => {
  if (raw === '') return NONE
  const values = new Map<string, string[]>()
  for (const pair of raw.split('&')) {
    if (pair === '') continue
    if (pair.includes(';')) return new QueryError('invalid semicolon separator in query')
    const at = pair.indexOf('=')
    const name = unescapeQuery(at < 0 ? pair : pair.slice(0, at))
    const value = unescapeQuery(at < 0 ? '' : pair.slice(at + 1))
    if (name === undefined || value === undefined) return new QueryError('invalid URL escape in query')
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  return new Query(values)
}

const unescapeQuery = (text: string): string | undefined => unescape(text.includes('+') ? text.replaceAll('+', ' ') : text)

/**
 * Decodes the escapes of a path, or of a piece of one: `%2F` becomes a slash, `+` stays. undefined on a broken escape. Bytes that are no UTF-8 become
 * U+FFFD.
 */
export const unescapePath = (text: string): string | undefined => unescape(text)

const unescape = (text: string): string | undefined => {
  if (!text.includes('%')) return text
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    const bytes = Buffer.from(text.replace(/%([0-9a-fA-F]{2})|([^\x00-\x7f]+)/g, (_all, code: string | undefined, other: string | undefined) => // eslint-disable-line no-control-regex
      code !== undefined ? String.fromCharCode(Number.parseInt(code, 16)) : Buffer.from(other!).toString('latin1')), 'latin1')
    return isUtf8(bytes) ? bytes.toString() : lossyUtf8(bytes)
  }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** A boolean in one of Go's twelve words; undefined for anything else, the empty text included. */
export const parseBool = (text: string): boolean | undefined => TRUE.has(text) ? true : FALSE.has(text) ? false : undefined

/** Go's text about what is no boolean: `strconv.ParseBool: parsing "x": invalid syntax`. */
export const boolError = (text: string): string => `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`

const UINT64_MAX = (1n << 64n) - 1n

/** An unsigned integer of 64 bits in decimal digits, or Go's text about what it is not. */
export const parseUint64 = (text: string): bigint | { readonly error: string } => {
  if (!/^\d+$/.test(text)) return { error: `strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax` }
  const value = BigInt(text)
  return value <= UINT64_MAX ? value : { error: `strconv.ParseUint: parsing ${goQuote(text)}: value out of range` }
}

const INT64_MAX = (1n << 63n) - 1n

/** An integer of 64 bits in decimal digits with or without a sign (beyond 2^53 the nearest double), or Go's text about what it is not. */
export const parseAtoi = (text: string): number | { readonly error: string } => {
  if (!/^[+-]?\d+$/.test(text)) return { error: `strconv.Atoi: parsing ${goQuote(text)}: invalid syntax` }
  const value = BigInt(text.replace('+', ''))
  return value <= INT64_MAX && value >= -INT64_MAX - 1n ? Number(value) : { error: `strconv.Atoi: parsing ${goQuote(text)}: value out of range` }
}
