// What can be said against a tree before anything is worked out: names that nobody declared, then types that do not go together. A tree that passed is
// worth something for every name, but for texts that are no number and divisions by zero (evaluate.ts).

import { shown, TemplateError } from './scan.js'
import { isConvertible } from './values.js'
import type { Node, Operator } from './parse.js'
import type { Place } from './scan.js'
import type { Type } from './values.js'

/** What expressions may name: variables are texts, functions take one argument and give a text. */
export interface Declared {
  readonly variables: readonly string[]
  readonly functions: ReadonlyMap<string, { readonly argument: Type }>
}

type Of<K extends Node['kind']> = Extract<Node, { readonly kind: K }>

/** @throws TemplateError of the first name that is not declared */
export function checkNames (node: Node, declared: Declared): void {
  if (node.kind === 'name' && !declared.variables.includes(node.name)) throw new TemplateError(`${shown(node.place)}: unknown variable accessed: ${node.name}`)
  for (const part of partsOf(node)) checkNames(part, declared)
  if (node.kind === 'call' && !declared.functions.has(node.name)) throw new TemplateError(`${shown(node.place)}: unknown function called: ${node.name}`)
}

function partsOf (node: Node): readonly Node[] {
  switch (node.kind) {
    case 'value':
    case 'name': return []
    case 'parts': return node.parts
    case 'call': return node.args
    case 'index': return [node.of, node.key]
    case 'condition': return [node.test, node.then, node.else]
    case 'operation': return [node.left, node.right]
  }
}

/** The type of a tree whose names are known. @throws TemplateError of the first types that do not go together */
export function typeOf (node: Node, declared: Declared): Type {
  switch (node.kind) {
    case 'value': return node.value.type
    case 'name': return 'string'
    case 'parts':
      for (const part of node.parts) typeOf(part, declared)
      return 'string'
    case 'call': return callType(node, declared)
    case 'index':
      typeOf(node.key, declared)
      throw failed(node.place, 'invalid index operation into non-indexable type: TypeString')
    case 'condition': return conditionType(node, declared)
    case 'operation': return operationType(node.operator, node.place, typeOf(node.left, declared), typeOf(node.right, declared))
  }
}

const failed = ({ line, column }: Place, why: string): TemplateError => new TemplateError(`At column ${column}, line ${line}: ${why}`)

/** How a type is called where operands are concerned. */
const checkName = (type: Type): string => `Type${type[0]!.toUpperCase()}${type.slice(1)}`

function callType ({ name, args, place }: Of<'call'>, declared: Declared): Type {
  const types = args.map(arg => typeOf(arg, declared))
  const { argument } = declared.functions.get(name)!
  if (types.length !== 1) throw new TemplateError(`${shown(place)}: ${name}: expected 1 arguments, got ${types.length}`)
  if (!isConvertible(types[0]!, argument)) throw failed(place, `${name}: argument 1 should be type ${argument}, got type ${types[0]!}`)
  return 'string'
}

function conditionType (node: Of<'condition'>, declared: Declared): Type {
  const test = typeOf(node.test, declared)
  const then = typeOf(node.then, declared)
  const other = typeOf(node.else, declared)
  if (!isConvertible(test, 'bool')) throw failed(node.place, `condition must be type bool, not type ${test}`)
  const type = armType(then, other)
  if (!isConvertible(then, type) || !isConvertible(other, type)) throw failed(node.place, `true and false expression types must match; have type ${then} and type ${other}`)
  return type
}

/** Both arms of a condition have the type of the first, unless that is a text. */
export const armType = (then: Type, other: Type): Type => then === 'string' ? other : then

function operationType (operator: Operator, place: Place, left: Type, right: Type): Type {
  const type = operandType(operator, left, right)
  for (const [i, side] of [left, right].entries()) {
    if (isConvertible(side, type)) continue
    throw failed(place, isLogic(operator)
      ? `logical operators require boolean operands, not ${checkName(side)}`
      : `operand ${i + 1} should be ${checkName(type)}, got ${checkName(side)}`)
  }
  if (operator === '%' && type === 'float') throw failed(place, 'modulo cannot be used with floats')
  return ARITHMETIC.includes(operator) ? type : 'bool'
}

const ARITHMETIC: readonly Operator[] = ['+', '-', '*', '/', '%']

const isLogic = (operator: Operator): boolean => operator === '&&' || operator === '||'

/** What both sides of an operation are made: truths for logic, the left side's type for equality, else integers, unless one side is a float. */
export function operandType (operator: Operator, left: Type, right: Type): Type {
  if (isLogic(operator)) return 'bool'
  if (operator === '==' || operator === '!=') return left
  return left === 'float' || right === 'float' ? 'float' : 'int'
}
