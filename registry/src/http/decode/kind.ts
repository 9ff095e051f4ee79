// What a kind is: how one JSON value becomes one typed value, with Go's zero values, refusals and texts. A kind is a value, so that kinds nest (a list of
// tables). The kinds themselves are in scalar-kinds.ts, collection-kinds.ts, duration-kind.ts and table.ts.

import { goQuote } from './go-text.js'
import { JsonNumber, type JsonValue } from './json.js'

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
