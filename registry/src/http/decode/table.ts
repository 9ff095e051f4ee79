// Tables: a body as data (property, key, kind, aliases). From one table come the decoder, its TypeScript type, the texts of refusal and the JSON Schema.
// Single values are kinds (kind.ts); the door that turns refusals into answers is body.ts.

import { DurationError, MILLISECOND_NS, parseDuration } from './duration.js'
import { foldKey } from './go-text.js'
import { JsonNumber, JsonObject, type JsonValue } from './json.js'
import { DecodeError, foundAs, Pass, TypeMismatch, type JsonSchema, type Kind } from './kind.js'

/** One field: the key as documented, its kind, and other spellings. Keys match in any letter case; an alias counts only while the field itself is zero. */
export interface Field<T> {
  readonly key: string
  readonly kind: Kind<T>
  readonly aliases: readonly string[]
}

export const field = <T> (key: string, kind: Kind<T>, ...aliases: readonly string[]): Field<T> => ({ key, kind, aliases })

/** A kind that is judged only after the whole table was read, in the table's order, and whose refusal is final. */
export interface LateKind<T> extends Kind<T> {
  late (node: JsonValue): T
}

export type Fields = Readonly<Record<string, Field<any>>> // eslint-disable-line @typescript-eslint/no-explicit-any -- any field, whatever its value

/** The object that a table's fields give. */
export type Row<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

export interface TableSpec {
  /** Go's name of the struct in refusals: `TxnOp` in `… into Go struct field TxnOp.KV …`. Empty for a struct without a name. */
  readonly name: string
  /** Go's name of the type in refusals, such as `structs.Weights`. */
  readonly type: string
  /**
   * `strict` and `tolerant`: the type has a decoder of its own, which refuses or ignores unknown keys whatever the body around it does, and whose first
   * refusal ends everything. Without: the rules of the body around it, whose first refusal counts while reading goes on.
   */
  readonly own?: 'strict' | 'tolerant'
  /** Go's name of the struct that holds the fields proper, beside those that need care (late ones and aliases): it shows in paths. */
  readonly embed?: string
  /** Keys beside the fields proper though they are neither late nor aliases. */
  readonly beside?: readonly string[]
}

/** A kind made of fields. */
export interface Table<T> extends Kind<T> {
  /** Fills what is zero in `main` from `alias`, field by field. Tables with a `finish` cannot be filled: the whole alias counts then. */
  fill? (main: T, alias: T): T
}

interface Slot {
  readonly index: number
  readonly kind: Kind<unknown>
  readonly late: ((node: JsonValue) => unknown) | undefined
  /** −1 for the field's own key, else the place among its aliases. */
  readonly alias: number
  readonly path: readonly string[]
}

/** How deep tables may nest, against bodies made to exhaust the stack. */
const MAX_TABLE_DEPTH = 64

/**
 * A table of fields. `finish` makes of the plain row what the rest of the program wants (defaults that depend on other fields); it may throw a
 * DecodeError. Rows are complete: an absent or null field has its kind's zero value.
 */
export function table<F extends Fields> (spec: TableSpec, fields: F): Table<Row<F>>
export function table<F extends Fields, R> (spec: TableSpec, fields: F, finish: (row: Row<F>) => R): Table<R>
export function table<F extends Fields, R> (spec: TableSpec, fields: F, finish?: (row: Row<F>) => R): Table<Row<F> | R> {
  const names = Object.keys(fields)
  const kinds = names.map(name => fields[name]!.kind as Kind<unknown>)
  const lates = kinds.map(lateOf)
  const slots = slotsOf(spec, fields)
  const folded = new Map([...slots].map(([key, slot]) => [foldKey(key), slot]))

  const rowOf = (values: readonly unknown[]): Row<F> => {
    const row: Record<string, unknown> = {}
    for (let i = 0; i < names.length; i++) row[names[i]!] = values[i]
    return row as Row<F>
  }
  const valuesOf = (row: unknown): unknown[] => names.map(name => (row as Record<string, unknown>)[name])
  const zeros = (): unknown[] => kinds.map(kind => kind.zero())
  const done = (values: readonly unknown[]): Row<F> | R => finish === undefined ? rowOf(values) : finish(rowOf(values))

  const readFields = (node: JsonObject, pass: Pass, values: unknown[]): void => {
    const raws: Array<JsonValue | undefined> = []
    const aliased: unknown[][] = []
    const outer = pass.struct
    const depth = pass.path.length
    for (let i = 0; i < node.keys.length; i++) {
      const key = node.keys[i]!
      const value = node.values[i]!
      const slot = slots.get(key) ?? folded.get(foldKey(key))
      if (slot === undefined) {
        if (pass.strict) pass.unknownField(key)
        continue
      }
      pass.struct = spec.name
      pass.path.push(...slot.path)
      const at = slot.index
      if (slot.late !== undefined) {
        if (value instanceof JsonNumber && !Number.isFinite(Number(value.raw))) pass.mismatch(`number ${value.raw}`, 'float64')
        else if (slot.alias < 0) raws[at] = value
        else (aliased[at] ??= [])[slot.alias] = value
      } else if (slot.alias < 0) {
        values[at] = slot.kind.read(value, pass, values[at])
      } else {
        const of = aliased[at] ??= []
        of[slot.alias] = slot.kind.read(value, pass, of[slot.alias] ?? slot.kind.zero())
      }
      pass.struct = outer
      pass.path.length = depth
    }
    if (pass.saved !== undefined && spec.own !== undefined) throw pass.saved
    aliased.forEach((of, at) => of.forEach(value => {
      if (lates[at] !== undefined) raws[at] ??= value as JsonValue
      else values[at] = fillKind(kinds[at]!, values[at], value)
    }))
    for (let i = 0; i < names.length; i++) {
      const raw = raws[i]
      if (raw !== undefined && raw !== null) values[i] = lates[i]!(raw)
    }
  }

  return {
    goType: spec.type,
    zero: () => done(zeros()),
    isZero: value => finish === undefined ? valuesOf(value).every((v, i) => kinds[i]!.isZero(v)) : false,
    read (node, pass, current) {
      if (node === null) return current
      if (pass.depth > MAX_TABLE_DEPTH) throw new DecodeError('exceeded max depth')
      const inner = spec.own === undefined ? pass : new Pass(spec.own === 'strict', pass.depth + 1)
      try {
        if (node instanceof JsonObject) {
          const values = finish === undefined ? valuesOf(current) : zeros()
          readFields(node, inner, values)
          return done(values)
        }
        inner.mismatch(foundAs(node), spec.type)
        if (spec.own !== undefined && inner.saved !== undefined) throw inner.saved
        return current
      } catch (error) {
        if (spec.own !== undefined && error instanceof TypeMismatch) throw error.below(pass)
        throw error
      }
    },
    schema: () => schemaOf(spec, fields),
    ...finish === undefined && { fill: (main: Row<F> | R, alias: Row<F> | R) => rowOf(fillRow(kinds, valuesOf(main), valuesOf(alias))) },
  }
}

const fillRow = (kinds: ReadonlyArray<Kind<unknown>>, main: readonly unknown[], alias: readonly unknown[]): unknown[] =>
  main.map((value, i) => fillKind(kinds[i]!, value, alias[i]))

const fillKind = (kind: Kind<unknown>, main: unknown, alias: unknown): unknown => {
  const fill = (kind as Table<unknown>).fill
  if (fill !== undefined) return fill(main, alias)
  return kind.isZero(main) ? alias : main
}

const lateOf = (kind: Kind<unknown>): ((node: JsonValue) => unknown) | undefined => (kind as Partial<LateKind<unknown>>).late

const slotsOf = (spec: TableSpec, fields: Fields): Map<string, Slot> => {
  const slots = new Map<string, Slot>()
  Object.values(fields).forEach(({ key, kind, aliases }, index) => {
    const late = lateOf(kind)
    const beside = spec.embed === undefined || late !== undefined || spec.beside?.includes(key) === true
    slots.set(key, { index, kind, late, alias: -1, path: beside ? [key] : [spec.embed!, key] })
    aliases.forEach((alias, place) => slots.set(alias, { index, kind, late, alias: place, path: [alias] }))
  })
  return slots
}

const schemaOf = (spec: TableSpec, fields: Fields): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.values(fields).map(({ key, kind }) => [key, kind.schema()])),
  additionalProperties: spec.own === 'tolerant',
})

const lateDuration = <T> (zero: T, make: (ns: number) => T): LateKind<T> => ({
  goType: 'interface {}',
  zero: () => zero,
  isZero: value => value === zero,
  read: (_node, _pass, current) => current,
  late (node) {
    // Neither text nor number counts as absent.
    if (node instanceof JsonNumber) return make(wholeNanoseconds(Number(node.raw)))
    if (typeof node !== 'string') return zero
    try {
      return make(parseDuration(node))
    } catch (error) {
      throw error instanceof DurationError ? new DecodeError(error.message) : error
    }
  },
  schema: () => ({ type: ['string', 'integer'], format: 'duration', examples: ['10s', '1h30m'], description: 'Go duration, or nanoseconds as a number' }),
})

/** What a conversion of a double to 64 bits gives on Consul's machines: parts are dropped, what does not fit becomes the smallest number. */
const wholeNanoseconds = (n: number): number => Math.abs(n) < 2 ** 63 ? Math.trunc(n) || 0 : -(2 ** 63)

/** A duration in ms, with fractions: Go's syntax, or a number of nanoseconds. 0 when absent, null, `true` or `{}`. */
export const durationMs: LateKind<number> = lateDuration(0, ns => ns / MILLISECOND_NS)

/** A duration in nanoseconds, or null when absent. */
export const maybeDurationNs: LateKind<number | null> = lateDuration<number | null>(null, ns => ns)
