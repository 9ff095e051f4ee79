// Kinds of single values: texts, flags, numbers, bytes, and what may be anything. Kinds of several values are in collection-kinds.ts.

import { Base64Error, parseBase64 } from './base64.js'
import { JsonNumber, JsonObject, type JsonValue } from './json.js'
import { DecodeError, foundAs, type JsonSchema, type Kind, type Pass } from './kind.js'

/** A kind whose values are read from one sort of node; null leaves what there is, anything else is a mismatch. */
const scalar = <T> (goType: string, zero: T, schema: JsonSchema, accept: (node: JsonValue, pass: Pass) => T | undefined): Kind<T> => ({
  goType,
  zero: () => zero,
  isZero: value => value === zero,
  read (node, pass, current) {
    if (node === null) return current
    const value = accept(node, pass)
    if (value !== undefined) return value
    pass.mismatch(foundAs(node), goType)
    return current
  },
  schema: () => schema,
})

/** Text under another Go name, such as `types.CheckID`. */
export const textOf = (goType: string): Kind<string> => scalar(goType, '', { type: 'string' }, node => typeof node === 'string' ? node : undefined)

export const text = textOf('string')

export const flag: Kind<boolean> = scalar('bool', false, { type: 'boolean' }, node => typeof node === 'boolean' ? node : undefined)

/** A flag that tells absent (null) from false. */
export const maybeFlag: Kind<boolean | null> = scalar<boolean | null>('bool', null, { type: 'boolean' }, node => typeof node === 'boolean' ? node : undefined)

const integer = <T extends number | bigint> (goType: string, min: bigint, max: bigint, zero: T, from: (raw: string) => T): Kind<T> => {
  const kind: Kind<T> = {
    goType,
    zero: () => zero,
    isZero: value => value === zero,
    read (node, pass, current) {
      if (node === null) return current
      if (!(node instanceof JsonNumber)) pass.mismatch(foundAs(node), goType)
      else if (fitsInteger(node.raw, min, max)) return from(node.raw)
      else pass.mismatch(`number ${node.raw}`, goType)
      return current
    },
    schema: () => min === 0n ? { type: 'integer', minimum: 0 } : { type: 'integer' },
  }
  return kind
}

const fitsInteger = (raw: string, min: bigint, max: bigint): boolean => {
  if (!/^-?\d+$/.test(raw) || (min === 0n && raw.startsWith('-'))) return false
  if (raw.length < 16 && max > 0xffffffffffffn) return true
  const value = BigInt(raw)
  return value >= min && value <= max
}

const INT64_MAX = (1n << 63n) - 1n

/** A signed integer of 64 bits under a Go name. Beyond 2^53 the nearest double. */
export const intOf = (goType: string): Kind<number> => integer(goType, -INT64_MAX - 1n, INT64_MAX, 0, raw => Number(raw) || 0)

export const int = intOf('int')

/** An unsigned integer that is small in practice (sizes, counts). */
export const uint: Kind<number> = integer('uint', 0n, (1n << 64n) - 1n, 0, Number)

/** An unsigned integer of 64 bits that must not lose one: flags, indexes. */
export const uint64: Kind<bigint> = integer('uint64', 0n, (1n << 64n) - 1n, 0n, BigInt)

export const float: Kind<number> = {
  goType: 'float64',
  zero: () => 0,
  isZero: value => value === 0,
  read (node, pass, current) {
    if (node === null) return current
    if (!(node instanceof JsonNumber)) pass.mismatch(foundAs(node), 'float64')
    else if (Number.isFinite(Number(node.raw))) return Number(node.raw)
    else pass.mismatch(`number ${node.raw}`, 'float64')
    return current
  },
  schema: () => ({ type: 'number' }),
}

/** Bytes, sent as base64 (or as a list of small numbers). null when absent. */
export const bytes: Kind<Buffer | null> = {
  goType: '[]uint8',
  zero: () => null,
  isZero: value => value === null || value.length === 0,
  read (node, pass, current) {
    if (node === null) return null
    if (Array.isArray(node)) return Buffer.from(node.map(item => byte.read(item, pass, 0)))
    if (typeof node !== 'string') pass.mismatch(foundAs(node), '[]uint8')
    else {
      try {
        return parseBase64(node)
      } catch (error) {
        if (!(error instanceof Base64Error)) throw error
        pass.save(new DecodeError(error.message))
      }
    }
    return current
  },
  schema: () => ({ type: 'string', contentEncoding: 'base64' }),
}

const byte: Kind<number> = integer('uint8', 0n, 255n, 0, Number)

/** How deep a value of any shape may nest: what reads it later recurses. */
const MAX_ANY_DEPTH = 512

/** Plain data of a node: numbers as doubles, objects with null prototype, of doubled keys the last. */
export const plainOf = (node: JsonValue, pass: Pass, depth = 0): unknown => {
  if (depth > MAX_ANY_DEPTH) throw new DecodeError('exceeded max depth')
  if (node instanceof JsonNumber) {
    const value = Number(node.raw)
    if (!Number.isFinite(value)) pass.mismatch(`number ${node.raw}`, 'float64')
    return Number.isFinite(value) ? value : null
  }
  if (Array.isArray(node)) return node.map(item => plainOf(item, pass, depth + 1))
  if (!(node instanceof JsonObject)) return node
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  node.keys.forEach((key, i) => { out[key] = plainOf(node.values[i]!, pass, depth + 1) })
  return out
}

/** Anything, as plain data; undefined when absent, null when sent so. */
export const any: Kind<unknown> = {
  goType: 'interface {}',
  zero: () => undefined,
  isZero: value => value === undefined || value === null,
  read: (node, pass) => plainOf(node, pass),
  schema: () => ({}),
}
