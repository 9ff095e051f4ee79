// Tree of a filter => a predicate over records of one kind. All that can be wrong is found here, once; the predicate itself cannot fail.
// The types of the fields come from `schema.ts`, the tree from `parse.ts`.

import { coerceBool, coerceInt, coerceUint } from './coerce.js'
import type { Expression, Match, Operator } from './expression.js'
import { FilterError } from './expression.js'
import { goQuote } from './go-quote.js'
import { addressBytes } from './address-bytes.js'
import { compileRegexp } from './regexp.js'
import type { Field, Schema } from './schema.js'

/** Whether a record, given as the JSON of its endpoint, is wanted. A field that the JSON leaves out counts as empty (`""`, 0, false, no items). */
export type Predicate = (record: unknown) => boolean

/**
 * The predicate of `expression` over records of `schema`.
 *
 * @throws {FilterError} for the first mistake from the left: a selector that does not exist, an operator that its field does not take,
 * a value that cannot be read as the field's type, a bad regular expression
 */
export function compile (expression: Expression, schema: Schema): Predicate {
  switch (expression.kind) {
    case 'match': return compileMatch(expression, { kind: 'struct', fields: schema.fields })
    case 'not': {
      const operand = compile(expression.operand, schema)
      return record => !operand(record)
    }
    case 'and': {
      const parts = expression.parts.map(part => compile(part, schema))
      return record => parts.every(part => part(record))
    }
    case 'or': {
      const parts = expression.parts.map(part => compile(part, schema))
      return record => parts.some(part => part(record))
    }
  }
}

function compileMatch (match: Match, root: Field): Predicate {
  const field = select(match, root)
  if (!operatorsOf(field).includes(match.operator)) {
    throw new FilterError(`Invalid match operator ${goQuote(match.operator)} for selector ${goQuote(match.selector.join('.'))}`)
  }
  return reach(match.selector, root, match.operator, compileOperator(match, field))
}

/** The field that the selector ends at. */
function select ({ selector }: Match, root: Field): Field {
  let field = root
  selector.forEach((name, depth) => {
    const next = child(field, name)
    if (next === undefined) throw new FilterError(`Selector ${goQuote(selector.slice(0, depth + 1).join('.'))} is not valid`)
    field = next
  })
  return field
}

/** What `name` leads to: a field of a struct, the value under any key of a map; a list leads where its items lead. */
function child (field: Field, name: string): Field | undefined {
  switch (field.kind) {
    case 'struct': return Object.hasOwn(field.fields, name) ? field.fields[name] : undefined
    case 'map': return field.of
    case 'list': return child(field.of, name)
    default: return undefined
  }
}

function operatorsOf (field: Field): readonly Operator[] {
  switch (field.kind) {
    case 'string': return ['Equal', 'Not Equal', 'In', 'Not In', 'Matches', 'Not Matches']
    case 'bool':
    case 'int':
    case 'uint': return ['Equal', 'Not Equal']
    case 'list': return field.of.kind === 'struct' ? ['Is Empty', 'Is Not Empty'] : ['In', 'Not In', 'Is Empty', 'Is Not Empty']
    case 'map':
    case 'address': return ['In', 'Not In', 'Is Empty', 'Is Not Empty']
    case 'struct': return []
  }
}

/** The operator applied to the value that the selector leads to. */
function compileOperator (match: Match, field: Field): Predicate {
  switch (match.operator) {
    case 'Equal': return compileEqual(match, field)
    case 'In': return compileIn(match, field)
    case 'Is Empty': return compileEmpty(field)
    case 'Matches': return compileMatches(match.value!)
    case 'Not Equal': return negate(compileEqual(match, field))
    case 'Not In': return negate(compileIn(match, field))
    case 'Is Not Empty': return negate(compileEmpty(field))
    case 'Not Matches': return negate(compileMatches(match.value!))
  }
}

const negate = (predicate: Predicate): Predicate => value => !predicate(value)

function compileEqual (match: Match, field: Field): Predicate {
  const wanted = coerce(match, field)
  switch (typeof wanted) {
    case 'string': return value => textOf(value) === wanted
    case 'number': return value => Number(value ?? 0) === wanted
    case 'boolean': return value => (value ?? false) === wanted
  }
}

function compileIn (match: Match, field: Field): Predicate {
  const wanted = coerce(match, field)
  switch (field.kind) {
    case 'string': return value => textOf(value).includes(wanted as string)
    case 'map': return value => isObject(value) && Object.hasOwn(value, wanted as string)
    case 'address': return value => addressBytes(textOf(value)).includes(wanted as number)
    default: return value => itemsOf(value).includes(wanted)
  }
}

function compileEmpty (field: Field): Predicate {
  switch (field.kind) {
    case 'map': return value => !isObject(value) || Object.keys(value).length === 0
    case 'address': return value => addressBytes(textOf(value)).length === 0
    default: return value => itemsOf(value).length === 0
  }
}

function compileMatches (pattern: string): Predicate {
  let test: (text: string) => boolean
  try {
    test = compileRegexp(pattern)
  } catch (err) {
    throw new FilterError(`Failed to compile regular expression ${goQuote(pattern)}: ${(err as Error).message}`)
  }
  return value => test(textOf(value))
}

/** The value of the match as the type that it is compared with: that of the field, of the items of a list, of the keys of a map. */
function coerce ({ selector, value = '' }: Match, field: Field): string | number | boolean {
  const type = field.kind === 'list' ? field.of : field
  try {
    switch (type.kind) {
      case 'bool': return coerceBool(value)
      case 'int': return coerceInt(value, type.bits)
      case 'uint': return coerceUint(value, type.bits)
      case 'address': return coerceUint(value, 8)
      default: return value
    }
  } catch (err) {
    throw new FilterError(`Failed to coerce value ${goQuote(value)} for selector ${goQuote(selector.join('.'))}: ${(err as Error).message}`)
  }
}

/** Follows `selector` into a record and asks `ask` at its end. */
function reach (selector: readonly string[], field: Field, operator: Operator, ask: Predicate): Predicate {
  const [name, ...rest] = selector
  if (name === undefined) return ask
  switch (field.kind) {
    // Any item will do, also for the negative operators: `Checks.Status != passing` asks for a check that is not passing.
    case 'list': {
      const item = reach(selector, field.of, operator, ask)
      return value => itemsOf(value).some(item)
    }
    case 'map': {
      const inner = reach(rest, field.of, operator, ask)
      const missing = ofMissingKey(operator)
      return value => isObject(value) && Object.hasOwn(value, name) ? inner(value[name]) : missing
    }
    default: {
      const inner = reach(rest, child(field, name)!, operator, ask)
      return value => inner(isObject(value) ? value[name] : undefined)
    }
  }
}

/** What holds of a key that a map does not have. That `matches` is among what holds is no slip of ours: clients have seen it so. */
const ofMissingKey = (operator: Operator): boolean => operator !== 'Equal' && operator !== 'In' && operator !== 'Is Not Empty'

const textOf = (value: unknown): string => typeof value === 'string' ? value : ''
const itemsOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : []
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
