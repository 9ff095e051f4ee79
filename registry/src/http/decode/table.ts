// Tables: a body as data (property, key, kind, aliases). From one table come the decoder, its TypeScript type, the texts of refusal and the JSON Schema.
// Values are kinds (kind.ts); the door that turns refusals into answers is body.ts.

import { foldKey } from './go-text.js'
import { JsonNumber, JsonObject, type JsonValue } from './json.js'
import { DecodeError, foundAs, Pass, TypeMismatch, type JsonSchema, type Kind } from './kind.js'

/** One field: the key as documented, its kind, and other spellings. Keys match in any letter case; an alias counts only while the field itself is zero. */
export interface Field<T> {
  /** '' for a property that no key of the body sets. */
  readonly key: string
  readonly kind: Kind<T>
  readonly aliases: readonly string[]
  /** Stands beside the fields proper; see TableSpec.embed. */
  readonly beside?: boolean
  /** Go's name of a struct that is embedded for this field: it shows in paths. */
  readonly within?: string
}

export const field = <T> (key: string, kind: Kind<T>, ...aliases: readonly string[]): Field<T> => ({ key, kind, aliases })

/** A field that Go's struct has beside the fields proper. */
export const beside = <T> (key: string, kind: Kind<T>): Field<T> => ({ ...field(key, kind), beside: true })

/** A field that Go's struct has from another one, embedded in it. */
export const within = <T> (struct: string, of: Field<T>): Field<T> => ({ ...of, within: struct })

/** A property that is not in the body: zero, unless `finish` sets it. */
export const computed = <T> (kind: Kind<T>): Field<T> => ({ key: '', kind, aliases: [] })

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
  /** Go's name of the struct that holds the fields proper, beside those that need care (late ones, aliases): it shows in paths. */
  readonly embed?: string
}

/** A kind made of fields. */
export interface Table<T> extends Kind<T> {
  /** What is zero in `main` taken from `alias`, field by field. */
  fill (main: T, alias: T): T
}

interface Slot {
  readonly name: string
  readonly kind: Kind<unknown>
  readonly late: boolean
  /** −1 for the field's own key, else the place among its aliases. */
  readonly alias: number
  /** Whether the value goes to the extras instead of the row. */
  readonly extra: boolean
  readonly path: string
}

type Values = Record<string, unknown>

/** How deep tables may nest, against bodies made to exhaust the stack. */
const MAX_TABLE_DEPTH = 64

/**
 * A table of fields. Rows are complete: an absent or null field has its kind's zero value. `extras` are fields that are read, and refused, like the others
 * but kept out of the row; `finish` sees both and may change the fresh row. Rows are shared where they are zero, so nobody else may change one.
 */
export function table<F extends Fields> (spec: TableSpec, fields: F): Table<Row<F>>
export function table<F extends Fields, X extends Fields> (spec: TableSpec, fields: F, extras: X, finish?: (row: Row<F>, extras: Row<X>) => void): Table<Row<F>>
export function table<F extends Fields> (spec: TableSpec, fields: F, extras: Fields = {}, finish?: (row: Row<F>, extras: Row<Fields>) => void): Table<Row<F>> {
  const slots = slotsOf(spec, fields, extras)
  const folded = new Map([...slots].map(([key, slot]) => [foldKey(key), slot]))
  const kinds = Object.entries(fields).map(([name, of]) => [name, of.kind as Kind<unknown>] as const)
  const lates = [...latesOf(fields, false), ...latesOf(extras, true)]
  const zeroOf = (of: Fields): Values => Object.fromEntries(Object.entries(of).map(([name, { kind }]) => [name, (kind as Kind<unknown>).zero()]))
  const zeroExtras = zeroOf(extras)
  let zeroRow: Values | undefined

  const readFields = (node: JsonObject, pass: Pass, row: Values, extra: Values): void => {
    let raws: Record<string, JsonValue> | undefined
    let aliased: Map<string, unknown[]> | undefined
    const outer = pass.struct
    for (let i = 0; i < node.keys.length; i++) {
      const key = node.keys[i]!
      const value = node.values[i]!
      const slot = slots.get(key) ?? folded.get(foldKey(key))
      if (slot === undefined) {
        if (pass.strict) pass.unknownField(key)
        continue
      }
      pass.struct = spec.name
      pass.path.push(slot.path)
      if (slot.late && value instanceof JsonNumber && !Number.isFinite(Number(value.raw))) {
        pass.mismatch(`number ${value.raw}`, 'float64')
      } else if (slot.alias >= 0) {
        aliased ??= new Map()
        let of = aliased.get(slot.name)
        if (of === undefined) aliased.set(slot.name, of = [])
        of[slot.alias] = slot.late ? value : slot.kind.read(value, pass, of[slot.alias] ?? slot.kind.zero())
      } else if (slot.late) {
        raws ??= {}
        raws[slot.name] = value
      } else {
        const into = slot.extra ? extra : row
        into[slot.name] = slot.kind.read(value, pass, into[slot.name])
      }
      pass.path.pop()
      pass.struct = outer
    }
    if (pass.saved !== undefined && spec.own !== undefined) throw pass.saved
    if (aliased !== undefined) {
      for (const [name, of] of aliased) {
        const { kind } = fields[name] as Field<unknown>
        for (const value of of) {
          if (value === undefined) continue
          if (isLate(kind)) (raws ??= {})[name] ??= value as JsonValue
          else row[name] = fillKind(kind, row[name], value)
        }
      }
    }
    if (raws !== undefined) {
      for (const { name, kind, isExtra } of lates) {
        const raw = raws[name]
        if (raw !== undefined && raw !== null) (isExtra ? extra : row)[name] = kind.late(raw)
      }
    }
  }

  return {
    goType: spec.type,
    zero () {
      if (zeroRow === undefined) {
        zeroRow = zeroOf(fields)
        finish?.(zeroRow as Row<F>, zeroExtras)
      }
      return zeroRow as Row<F>
    },
    isZero: row => kinds.every(([name, kind]) => kind.isZero((row as Values)[name])),
    read (node, pass, current) {
      if (node === null) return current
      if (pass.depth > MAX_TABLE_DEPTH) throw new DecodeError('exceeded max depth')
      const inner = spec.own === undefined ? pass : new Pass(spec.own === 'strict', pass.depth + 1)
      try {
        if (node instanceof JsonObject) {
          const row = { ...current }
          const extra = { ...zeroExtras }
          readFields(node, inner, row as Values, extra)
          finish?.(row, extra)
          return row
        }
        inner.mismatch(foundAs(node), spec.type)
        if (spec.own !== undefined && inner.saved !== undefined) throw inner.saved
        return current
      } catch (error) {
        if (spec.own !== undefined && error instanceof TypeMismatch) throw error.below(pass)
        throw error
      }
    },
    fill: (main, alias) => Object.fromEntries(kinds.map(([name, kind]) => [name, fillKind(kind, (main as Values)[name], (alias as Values)[name])])) as Row<F>,
    schema: () => schemaOf(spec, fields),
  }
}

const isLate = (kind: Kind<unknown>): kind is LateKind<unknown> => 'late' in kind

const latesOf = (fields: Fields, isExtra: boolean) => Object.entries(fields).flatMap(([name, { kind }]) =>
  isLate(kind as Kind<unknown>) ? [{ name, kind: kind as LateKind<unknown>, isExtra }] : [])

const fillKind = (kind: Kind<unknown>, main: unknown, alias: unknown): unknown =>
  'fill' in kind ? (kind as Table<unknown>).fill(main, alias) : kind.isZero(main) ? alias : main

const slotsOf = (spec: TableSpec, fields: Fields, extras: Fields): Map<string, Slot> => {
  const slots = new Map<string, Slot>()
  for (const [of, extra] of [[fields, false], [extras, true]] as const) {
    for (const [name, { key, kind, aliases, ...from }] of Object.entries(of)) {
      const late = isLate(kind as Kind<unknown>)
      const slot = { name, kind: kind as Kind<unknown>, late, extra }
      const path = [late || from.beside === true ? undefined : spec.embed, from.within, key].filter(part => part !== undefined).join('.')
      if (key !== '') slots.set(key, { ...slot, alias: -1, path })
      aliases.forEach((alias, place) => slots.set(alias, { ...slot, alias: place, path: alias }))
    }
  }
  return slots
}

const schemaOf = (spec: TableSpec, fields: Fields): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.values(fields).filter(of => of.key !== '').map(of => [of.key, of.kind.schema()])),
  additionalProperties: spec.own === 'tolerant',
})
