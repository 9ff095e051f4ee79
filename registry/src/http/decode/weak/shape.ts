// Shapes: objects with known keys as data, a field a line: its key, its kind, its other spellings, whether answers always show it. From one shape come the
// decoder, the TypeScript type and the JSON of answers.

import { foldKey } from '../go-text.js'
import { JsonNumber, JsonObject, parseJson, type JsonValue } from '../json.js'
import { alone, entriesOf, goTypeOf, WeakDecodeError, WeakPass, type WeakKind } from './weak-kind.js'

export interface ShapeField<T> {
  readonly kind: WeakKind<T>
  /** Other spellings. */
  readonly aliases: readonly string[]
  readonly shown: 'always' | 'filled' | 'never'
}

/** A field that answers show even when it is empty. */
export const always = <T> (kind: WeakKind<T>, ...aliases: readonly string[]): ShapeField<T> => ({ kind, aliases, shown: 'always' })

/** A field that answers leave out when it is empty. */
export const filled = <T> (kind: WeakKind<T>, ...aliases: readonly string[]): ShapeField<T> => ({ kind, aliases, shown: 'filled' })

/** A field that is read and not shown. */
export const hidden = <T> (kind: WeakKind<T>): ShapeField<T> => ({ kind, aliases: [], shown: 'never' })

export type ShapeFields = Readonly<Record<string, ShapeField<any>>> // eslint-disable-line @typescript-eslint/no-explicit-any -- any field, whatever its value

/** The object that a shape's fields give, under the names that they have in JSON. */
export type Shaped<F extends ShapeFields> = { readonly [K in keyof F]: F[K] extends ShapeField<infer T> ? T : never }

export interface Shape<T> extends WeakKind<T> {
  readonly fields: ShapeFields
}

/** What Go calls the kind of a value that is no object. */
const kindOf = (node: JsonValue): string => Array.isArray(node) ? 'slice' : node instanceof JsonNumber ? 'float64' : goTypeOf(node)

/**
 * @param goType Go's name of the struct
 * A key matches in any letter case; one that fits exactly goes first. Of a field and its other spelling both are taken for the field, so that the second
 * is unknown.
 */
export function shape<F extends ShapeFields> (goType: string, fields: F): Shape<Shaped<F>> {
  const names = Object.keys(fields)
  const rename = new Map(Object.entries(fields).flatMap(([name, { aliases }]) => aliases.map(alias => [alias.toLowerCase(), name.toLowerCase()] as const)))
  let zero: Shaped<F> | undefined
  const kind: Shape<Shaped<F>> = {
    goType,
    fields,
    zero: () => zero ??= Object.freeze(Object.fromEntries(names.map(name => [name, fields[name]!.kind.zero() as unknown]))) as Shaped<F>,
    // A struct is shown even when there is nothing in it.
    isEmpty: () => false,
    read (raw, at, pass) {
      const node = alone(raw)
      if (!(node instanceof JsonObject)) {
        if (node !== null) pass.problem(at, `expected a map or struct, got "${kindOf(node)}"`)
        return kind.zero()
      }
      const given = new Map<string, JsonValue>()
      const raws = entriesOf(node)
      for (const [key, value] of raws) {
        const canonical = rename.get(key.toLowerCase())
        if (canonical === undefined) given.set(key, value)
        else given.set(canonical, raws.has(canonical) ? raws.get(canonical)! : value)
      }
      const unused = new Set(given.keys())
      const row: Record<string, unknown> = {}
      for (const name of names) {
        const key = given.has(name) ? name : [...unused].find(k => foldKey(k) === foldKey(name))
        const of = fields[name]!.kind as WeakKind<unknown>
        const value = key === undefined ? null : given.get(key)!
        if (key !== undefined) unused.delete(key)
        row[name] = value === null ? of.zero() : of.read(value, at === '' ? name : `${at}.${name}`, pass)
      }
      for (const key of unused) pass.unknown.push(at === '' ? key : `${at}.${key}`)
      return row as Shaped<F>
    },
    show (value) {
      const out: Record<string, unknown> = {}
      for (const name of names) {
        const field = fields[name]!
        const of = field.kind as WeakKind<unknown>
        const held = value[name]
        if (field.shown === 'always' || (field.shown === 'filled' && !of.isEmpty(held))) out[name] = of.show(held)
      }
      return out
    },
  }
  return kind
}

/** A body as a free object. @throws JsonSyntaxError; WeakDecodeError when it is none, or a number is too large */
export function freeObject (body: Uint8Array): JsonObject {
  const node = parseJson(body)
  const large = largeNumber(node)
  if (large !== undefined) throw new WeakDecodeError(`json: cannot unmarshal number ${large} into Go value of type float64`)
  if (node === null) return new JsonObject()
  if (!(node instanceof JsonObject)) throw new WeakDecodeError(`'' expected type 'map[string]interface {}', got unconvertible type '${goTypeOf(node)}'`)
  return node
}

/** The first number beyond what a double holds. Iterative: bodies may nest deeper than the stack is. */
function largeNumber (root: JsonValue): string | undefined {
  const open: JsonValue[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node instanceof JsonNumber) {
      if (!Number.isFinite(Number(node.raw))) return node.raw
      continue
    }
    for (const inner of Array.isArray(node) ? node : node instanceof JsonObject ? node.values : []) open.push(inner)
  }
  return undefined
}

/** Reads a whole object. @throws WeakDecodeError with all that does not fit. What to say of unknown keys is the caller's affair. */
export function readShape<T> (of: WeakKind<T>, node: JsonObject): { readonly value: T, readonly unknown: readonly string[] } {
  const pass = new WeakPass()
  const value = of.read(node, '', pass)
  if (pass.problems.length > 0) throw new WeakDecodeError(`decoding failed due to the following error(s):\n\n${pass.problems.join('\n')}`)
  return { value, unknown: pass.unknown }
}
