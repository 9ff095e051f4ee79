// What a checked tree is worth, given the values of its names. Both sides of every operation and both arms of every condition are worked out, as in the
// compatible language.

import { armType, operandType } from './check.js'
import { TemplateError } from './scan.js'
import { convert, wrapped } from './values.js'
import type { Node, Operator } from './parse.js'
import type { Type, Value } from './values.js'

/** A function of one argument. Must not throw. */
export interface TemplateFunction {
  readonly argument: Type
  readonly call: (argument: Value) => string
}

export interface Scope {
  readonly variables: ReadonlyMap<string, string>
  readonly functions: ReadonlyMap<string, TemplateFunction>
}

/** Characters of a rendered text: a short template must not make a huge one of a long name. */
const MAX_LENGTH = 65_536

/** @throws TemplateError of a text that is no number, of a division by zero, and of what becomes too long */
export function evaluate (node: Node, scope: Scope): Value {
  switch (node.kind) {
    case 'value': return node.value
    case 'parts': return { type: 'string', value: joined(node.parts, scope) }
    case 'name': return { type: 'string', value: scope.variables.get(node.name)! }
    case 'call': {
      const { argument, call } = scope.functions.get(node.name)!
      return { type: 'string', value: call(convert(evaluate(node.args[0]!, scope), argument)) }
    }
    case 'index': throw new TemplateError('nothing here has parts')
    case 'condition': return condition(node, scope)
    case 'operation': return operation(node, scope)
  }
}

function joined (parts: readonly Node[], scope: Scope): string {
  let text = ''
  for (const part of parts) {
    text += convert(evaluate(part, scope), 'string').value
    if (text.length > MAX_LENGTH) throw new TemplateError(`the text is longer than ${MAX_LENGTH} characters`)
  }
  return text
}

type Of<K extends Node['kind']> = Extract<Node, { readonly kind: K }>

function condition (node: Of<'condition'>, scope: Scope): Value {
  const test = convert(evaluate(node.test, scope), 'bool')
  const then = evaluate(node.then, scope)
  const other = evaluate(node.else, scope)
  const type = armType(then.type, other.type)
  const arms = [convert(then, type), convert(other, type)] as const
  return test.value ? arms[0] : arms[1]
}

function operation ({ operator, left, right }: Of<'operation'>, scope: Scope): Value {
  const a = evaluate(left, scope)
  const b = evaluate(right, scope)
  const type = operandType(operator, a.type, b.type)
  const x = convert(a, type)
  const y = convert(b, type)
  if (operator === '==' || operator === '!=') return { type: 'bool', value: (x.value === y.value) === (operator === '==') }
  if (x.type === 'bool' && y.type === 'bool') return { type: 'bool', value: operator === '&&' ? x.value && y.value : x.value || y.value }
  if (x.type === 'float' && y.type === 'float') return ofFloats(operator, x.value, y.value)
  return ofInts(operator, x.value as bigint, y.value as bigint)
}

function ofFloats (operator: Operator, a: number, b: number): Value {
  switch (operator) {
    case '+': return { type: 'float', value: a + b }
    case '-': return { type: 'float', value: a - b }
    case '*': return { type: 'float', value: a * b }
    case '/': return { type: 'float', value: a / b }
    default: return { type: 'bool', value: ordered(operator, a, b) }
  }
}

function ofInts (operator: Operator, a: bigint, b: bigint): Value {
  switch (operator) {
    case '+': return { type: 'int', value: wrapped(a + b) }
    case '-': return { type: 'int', value: wrapped(a - b) }
    case '*': return { type: 'int', value: wrapped(a * b) }
    case '/':
    case '%':
      if (b === 0n) throw new TemplateError('__builtin_IntMath: divide by zero')
      return { type: 'int', value: wrapped(operator === '/' ? a / b : a % b) }
    default: return { type: 'bool', value: ordered(operator, a, b) }
  }
}

function ordered<T extends number | bigint> (operator: Operator, a: T, b: T): boolean {
  switch (operator) {
    case '<': return a < b
    case '<=': return a <= b
    case '>': return a > b
    default: return a >= b
  }
}
