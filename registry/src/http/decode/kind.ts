// Kinds: how one JSON value becomes one typed value, with Go's zero values, refusals and texts. A kind is a value, so that kinds nest (list of table);
// table.ts builds objects out of them.

import { Base64Error, parseBase64 } from './base64.js'
import { goQuote } from './go-text.js'
import { JsonNumber, JsonObject, type JsonValue } from './json.js'

/** A part of a JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = { readonly [key: string]: unknown }

/** A refusal in Go's words, without the prefix of the endpoint. */
export class DecodeError extends Error {}

/** A value of the wrong type; the path is prefixed on the way up, as far as Go prefixes it. */
export class TypeMismatch extends DecodeError {
  constructor (readonly found: string, readonly goType: string, readonly struct: string | undefined, readonly path: readonly string[]) {
    super(struct === undefined
      ? `json: cannot unmarshal ${found} into Go value of type ${goType}`
      : `json: cannot unmarshal ${found} into Go struct field ${struct}.${path.join('.')} of type ${goType}`)
  }

  /** The same refusal as the pass around it tells it: named by the outer struct, with the whole path. */
  below (pass: Pass): TypeMismatch {
    return pass.struct === undefined ? this : new TypeMismatch(this.found, this.goType, pass.struct, [...pass.path, ...this.path])
  }
}

/**
 * What is carried through one decoder: the first refusal that does not stop it, and where it stands. A table with a decoder of its own (see table.ts)
 * starts a new pass, and its refusal stops the pass around it.
 */
export class Pass {
  saved: DecodeError | undefined
  /** Go's name of the innermost struct, undefined outside of any. */
  struct: string | undefined
  path: string[] = []

  constructor (readonly strict: boolean, readonly depth: number) {}

  save (error: DecodeError): void {
    this.saved ??= error
  }

  mismatch (found: string, goType: string): void {
    this.save(new TypeMismatch(found, goType, this.struct, [...this.path]))
  }

  unknownField (key: string): void {
    this.save(new DecodeError(`json: unknown field ${goQuote(key)}`))
  }
}

export interface Kind<T> {
  /** Go's name of the type in refusals. */
  readonly goType: string
  /** The value of a field that is absent or null. */
  zero (): T
  /** Whether an alias may take the value's place. */
  isZero (value: T): boolean
  /**
   * Reads a node. `current` is what the field holds so far: zero, or the value of an earlier key that folds to the same. On a refusal it reports to the
   * pass and gives `current`.
   */
  read (node: JsonValue, pass: Pass, current: T): T
  schema (): JsonSchema
}

export type Value<K> = K extends Kind<infer T> ? T : never

/** How Go calls what it found. Integers are named with their digits. */
export const foundAs = (node: JsonValue): string =>
  typeof node === 'string' ? 'string' : typeof node === 'boolean' ? 'bool' : node instanceof JsonNumber ? 'number' : Array.isArray(node) ? 'array' : 'object'

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

/** The node as it was parsed, for what is judged later. */
export const rawNode: Kind<JsonValue | undefined> = {
  goType: 'interface {}',
  zero: () => undefined,
  isZero: value => value === undefined || value === null,
  read: node => node,
  schema: () => ({}),
}

/** A list; null when absent, which some rules tell from an empty one. */
export const list = <T> (of: Kind<T>, goType = `[]${of.goType}`): Kind<T[] | null> => ({
  goType,
  zero: () => null,
  isZero: value => value === null || value.length === 0,
  read (node, pass, current) {
    if (node === null) return null
    if (Array.isArray(node)) return node.map(item => of.read(item, pass, of.zero()))
    pass.mismatch(foundAs(node), goType)
    return current
  },
  schema: () => ({ type: ['array', 'null'], items: of.schema() }),
})

/** An object with free keys, of null prototype; null when absent. */
export const mapOf = <T> (of: Kind<T>, goType = `map[string]${of.goType}`): Kind<Record<string, T> | null> => ({
  goType,
  zero: () => null,
  isZero: value => value === null || Object.keys(value).length === 0,
  read (node, pass, current) {
    if (node === null) return null
    if (node instanceof JsonObject) {
      // An earlier key that folds to this one has left its entries: Go adds to them.
      const out = Object.assign(Object.create(null) as Record<string, T>, current)
      for (let i = 0; i < node.keys.length; i++) out[node.keys[i]!] = of.read(node.values[i]!, pass, of.zero())
      return out
    }
    pass.mismatch(foundAs(node), goType)
    return current
  },
  schema: () => ({ type: ['object', 'null'], additionalProperties: of.schema() }),
})

/** A list for which absent and empty are the same. */
export const listOrEmpty = <T> (of: Kind<T>, goType = `[]${of.goType}`): Kind<T[]> => {
  const base = list(of, goType)
  const none: T[] = []
  return { goType, zero: () => none, isZero: value => value.length === 0, read: (node, pass, current) => base.read(node, pass, current) ?? none, schema: base.schema }
}

/** An object with free keys for which absent and empty are the same. */
export const mapOrEmpty = <T> (of: Kind<T>, goType = `map[string]${of.goType}`): Kind<Record<string, T>> => {
  const base = mapOf(of, goType)
  const none = Object.create(null) as Record<string, T>
  return {
    goType,
    zero: () => none,
    isZero: base.isZero,
    read: (node, pass, current) => base.read(node, pass, current) ?? none,
    schema: base.schema,
  }
}

export const texts = list(text)
export const textMap = mapOf(text)
export const textsMap = mapOrEmpty(listOrEmpty(text))
export const anyMap = mapOf(any)

/** The same value, or undefined when absent, for bodies that are laid over defaults. */
export const sent = <T> (of: Kind<T>): Kind<T | undefined> => ({
  goType: of.goType,
  zero: () => undefined,
  isZero: value => value === undefined,
  // A null empties what can be null (a list) and leaves the default of what cannot (a text).
  read: (node, pass, current) => node === null && of.zero() !== null ? current : of.read(node, pass, current ?? of.zero()),
  schema: of.schema,
})

/** The same value, or null when absent: Go's pointer. */
export const optional = <T> (of: Kind<T>): Kind<T | null> => ({
  goType: of.goType,
  zero: () => null,
  isZero: value => value === null,
  read: (node, pass, current) => node === null ? null : of.read(node, pass, current ?? of.zero()),
  schema: of.schema,
})
