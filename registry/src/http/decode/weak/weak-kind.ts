// What a weak kind is: one value of a config entry, read by the easy-going rules that config entries have (a number for a text, one element for a list),
// and shown again as answers show it. Its strict sibling, for all other bodies, is ../kind.ts. The kinds: weak-scalars.ts, weak-lists.ts, shape.ts.

import { JsonNumber, JsonObject, type JsonValue } from '../json.js'

/** All that is wrong with a body; `message` is what stands behind `Request decoding failed: `. */
export class WeakDecodeError extends Error {}

/** What is carried through one body: refusals, each with the path of its value, and keys that nobody knows. */
export class WeakPass {
  readonly problems: string[] = []
  /** Paths of unknown keys, in the body's order. */
  readonly unknown: string[] = []

  problem (at: string, text: string): void { this.problems.push(`'${at}' ${text}`) }
  unfit (at: string, goType: string, node: JsonValue): void { this.problem(at, `expected type '${goType}', got unconvertible type '${goTypeOf(node)}'`) }
}

export interface WeakKind<T> {
  /** Go's name of the type in refusals. */
  readonly goType: string
  /** The value of a field that is absent or null. */
  zero (): T
  /** Left out of answers where the field is not always shown. */
  isEmpty (value: T): boolean
  /**
   * Reads a node that is not null. On a refusal it reports to the pass and gives the zero value.
   * @param at path of the value, as in `Routes[0].Match.HTTP`; '' for the whole body
   */
  read (node: JsonValue, at: string, pass: WeakPass): T
  /** As JSON answers show it. */
  show (value: T): unknown
}

export type WeakValue<K> = K extends WeakKind<infer T> ? T : never

/** The type that Go's JSON decoder gives a free value. */
export const goTypeOf = (node: JsonValue): string =>
  typeof node === 'string' ? 'string' : typeof node === 'boolean' ? 'bool' : node instanceof JsonNumber ? 'float64' : Array.isArray(node) ? '[]interface {}' : 'map[string]interface {}'

/** A list of one stands for its element wherever no list is wanted, as a block of HCL that could have been repeated comes. */
export const alone = (node: JsonValue): JsonValue => Array.isArray(node) && node.length === 1 ? node[0]! : node

/** Entries of an object; of doubled keys the last counts. */
export const entriesOf = (node: JsonObject): Map<string, JsonValue> => new Map(node.keys.map((key, i) => [key, node.values[i]!]))
