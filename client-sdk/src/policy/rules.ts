// A small language for the shape of data: each rule checks a value, naming the key that is wrong, and can say itself as JSON Schema, so that file and check cannot drift apart.
// It is no schema validator: it knows what policy-rules.ts needs and nothing else.

import { InvalidPolicyError } from '../api/errors.js'

export interface Rule {
  /** @throws InvalidPolicyError with the path of the wrong key */
  check (value: unknown, path: string): void
  readonly schema: Readonly<Record<string, unknown>>
}

const wrong = (path: string, problem: string): never => { throw new InvalidPolicyError(path, problem) }
const say = (value: unknown): string => value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value) ?? String(value)

export interface NumberBounds { readonly min: number, readonly max?: number, readonly integer?: boolean, readonly description: string }

export const number = ({ min, max, integer = false, description }: NumberBounds): Rule => ({
  check (value, path) {
    if (typeof value !== 'number' || !Number.isFinite(value)) wrong(path, `must be a number, not ${say(value)}`)
    const n = value as number
    if (integer && !Number.isInteger(n)) wrong(path, `must be a whole number, not ${n}`)
    if (n < min || n > (max ?? Infinity)) wrong(path, `must be ${max === undefined ? `at least ${min}` : `between ${min} and ${max}`}, not ${n}`)
  },
  schema: { type: integer ? 'integer' : 'number', minimum: min, ...max !== undefined && { maximum: max }, description },
})

export const boolean = (description: string): Rule => ({
  check (value, path) { if (typeof value !== 'boolean') wrong(path, `must be true or false, not ${say(value)}`) },
  schema: { type: 'boolean', description },
})

/** @param expected what a fitting text is, for the message */
export const text = (description: string, pattern = '.', expected = 'a text that is not empty'): Rule => ({
  check (value, path) { if (typeof value !== 'string' || !new RegExp(pattern).test(value)) wrong(path, `must be ${expected}, not ${say(value)}`) },
  schema: { type: 'string', pattern, description },
})

export const oneOf = (description: string, ...values: ReadonlyArray<string | number | boolean>): Rule => ({
  check (value, path) { if (!values.includes(value as string)) wrong(path, `must be ${values.length === 1 ? '' : 'one of '}${values.map(say).join(', ')}, not ${say(value)}`) },
  schema: { enum: values, description },
})

export const list = (description: string, item: Rule): Rule => ({
  check (value, path) {
    if (!Array.isArray(value)) return wrong(path, `must be a list, not ${say(value)}`)
    value.forEach((one, i) => item.check(one, `${path}[${i}]`))
  },
  schema: { type: 'array', items: item.schema, description },
})

/** `false` turns it off. */
export const orFalse = (rule: Rule): Rule => ({
  check (value, path) { if (value !== false) rule.check(value, path) },
  schema: { anyOf: [{ const: false }, rule.schema] },
})

/** One of two shapes, told apart by whether the value is a list. */
export const oneOrList = (one: Rule, many: Rule): Rule => ({
  check (value, path) { (Array.isArray(value) ? many : one).check(value, path) },
  schema: { anyOf: [one.schema, many.schema] },
})

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const join = (path: string, key: string): string => path === '' ? key : /^[\w$-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`

/** Keys beyond these are refused: a misspelt one would otherwise do nothing, silently. `$schema` is for editors. */
export const object = (description: string, fields: Readonly<Record<string, Rule>>, required: readonly string[] = []): Rule => ({
  check (value, path) {
    if (!isObject(value)) return wrong(path, `must be an object, not ${say(value)}`)
    for (const key of required) if (value[key] === undefined) wrong(join(path, key), 'is missing')
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key)) wrong(join(path, key), `is not known; known here: ${Object.keys(fields).join(', ')}`)
      if (value[key] !== undefined) fields[key]!.check(value[key], join(path, key))
    }
  },
  schema: { type: 'object', additionalProperties: false, properties: Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, schema])), ...required.length > 0 && { required }, description },
})

/** An object with keys of the user's own. */
export const record = (description: string, item: Rule): Rule => ({
  check (value, path) {
    if (!isObject(value)) return wrong(path, `must be an object, not ${say(value)}`)
    for (const key of Object.keys(value)) item.check(value[key], join(path, key))
  },
  schema: { type: 'object', additionalProperties: item.schema, description },
})
