// The tokens of a template as a tree, by precedence: conditional, or, and, equality, order, sum, product, then signs. What the tree is worth is evaluate.ts'
// affair.

import { goQuote } from '../../http/decode/go-text.js'
import { Scanner, shown, TemplateError } from './scan.js'
import type { Place, Token } from './scan.js'
import type { Value } from './values.js'

export type Node =
  | { readonly kind: 'value', readonly place: Place, readonly value: Value }
  /** Texts and expressions, one behind the other. */
  | { readonly kind: 'parts', readonly place: Place, readonly parts: readonly Node[] }
  | { readonly kind: 'name', readonly place: Place, readonly name: string }
  | { readonly kind: 'call', readonly place: Place, readonly name: string, readonly args: readonly Node[] }
  /** `place` is that of the bracket. */
  | { readonly kind: 'index', readonly place: Place, readonly of: Node, readonly key: Node }
  | { readonly kind: 'condition', readonly place: Place, readonly test: Node, readonly then: Node, readonly else: Node }
  | { readonly kind: 'operation', readonly place: Place, readonly operator: Operator, readonly left: Node, readonly right: Node }

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%'

/** Loosest first; those of a row bind alike, from the left. */
const LEVELS: ReadonlyArray<readonly Operator[]> = [['||'], ['&&'], ['==', '!='], ['>', '>=', '<', '<='], ['+', '-'], ['*', '/', '%']]

/** Expressions nest so deep at most, and a text holds so many operations: reading and evaluating recurse. */
const MAX_DEPTH = 64
const MAX_OPERATIONS = 1000

/** @throws TemplateError with the place of what is wrong */
export const parseTemplate = (text: string): Node => new Parser(new Scanner(text)).whole()

class Parser {
  readonly #scanner: Scanner
  /** `undefined`: not looked at yet. What comes next may depend on what was just taken. */
  #ahead: Token | undefined
  #depth = 0
  #operations = 0

  constructor (scanner: Scanner) { this.#scanner = scanner }

  get #next (): Token { return this.#ahead ??= this.#scanner.next() }

  #take (): Token {
    const token = this.#next
    this.#ahead = undefined
    return token
  }

  /** Takes the operator, if it is one of these. */
  #takeIf<O extends string> (operators: readonly O[]): O | undefined {
    const { kind, text } = this.#next
    if (kind !== 'operator' || !(operators as readonly string[]).includes(text)) return undefined
    this.#take()
    return text as O
  }

  #expect (text: string): void {
    if (this.#takeIf([text]) === undefined) throw refused(this.#next, text === ':' ? ':' : `"${text}"`)
  }

  whole (): Node {
    const place = this.#next.place
    const parts = this.#parts()
    if (this.#next.kind !== 'eof') throw refused(this.#next, '"${"')
    return { kind: 'parts', place, parts }
  }

  #parts (): Node[] {
    const parts: Node[] = []
    for (;;) {
      const { kind, text, place } = this.#next
      if (kind === 'literal') {
        this.#take()
        parts.push({ kind: 'value', place, value: { type: 'string', value: text } })
      } else if (kind === 'begin') {
        this.#take()
        parts.push(this.#expression())
        if (this.#next.kind !== 'end') throw refused(this.#next, '"}"')
        this.#take()
      } else return parts
    }
  }

  #expression (): Node {
    if (++this.#depth > MAX_DEPTH) throw new TemplateError(`parse error at ${shown(this.#next.place)}: expressions are nested too deeply`)
    const { place } = this.#next
    const test = this.#level(0)
    let node = test
    if (this.#takeIf(['?']) !== undefined) {
      const then = this.#expression()
      this.#expect(':')
      node = { kind: 'condition', place, test, then, else: this.#expression() }
    }
    this.#depth--
    return node
  }

  #level (level: number): Node {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#single()
    const { place } = this.#next
    let left = this.#level(level + 1)
    for (;;) {
      const operator = this.#takeIf(operators)
      if (operator === undefined) return left
      if (++this.#operations > MAX_OPERATIONS) throw new TemplateError(`parse error at ${shown(place)}: too many operations`)
      left = { kind: 'operation', place, operator, left, right: this.#level(level + 1) }
    }
  }

  #single (): Node {
    const { kind, text, place } = this.#next
    switch (kind) {
      case 'bool':
        this.#take()
        return { kind: 'value', place, value: { type: 'bool', value: text === 'true' } }
      case 'int':
        this.#take()
        return { kind: 'value', place, value: { type: 'int', value: intOf(text, place) } }
      case 'float':
        this.#take()
        return { kind: 'value', place, value: { type: 'float', value: Number(text) } }
      case 'quote': return this.#quoted()
      case 'name': return this.#named()
      case 'operator': return this.#marked()
      default: throw refused(this.#next, 'expression')
    }
  }

  #quoted (): Node {
    const { place } = this.#take()
    const parts = this.#parts()
    if (this.#next.kind !== 'quote') throw refused(this.#next, '"${"')
    this.#take()
    return { kind: 'parts', place, parts }
  }

  #named (): Node {
    const { text: name, place } = this.#take()
    if (this.#takeIf(['(']) !== undefined) return { kind: 'call', place, name, args: this.#arguments() }
    const bracket = this.#next.place
    const of: Node = { kind: 'name', place, name }
    if (this.#takeIf(['[']) === undefined) return of
    const key = this.#expression()
    this.#expect(']')
    return { kind: 'index', place: bracket, of, key }
  }

  #arguments (): Node[] {
    const args: Node[] = []
    if (this.#takeIf([')']) !== undefined) return args
    do args.push(this.#expression()); while (this.#takeIf([',']) !== undefined)
    this.#expect(')')
    return args
  }

  /** Parentheses and signs. A sign is an operation on what would change nothing: `-x` is `0 - x`, `!x` is `false == x`. */
  #marked (): Node {
    const { text, place } = this.#next
    const operator = this.#takeIf(['(', '-', '!'])
    if (operator === undefined) throw refused(this.#next, 'expression')
    if (++this.#depth > MAX_DEPTH) throw new TemplateError(`parse error at ${shown(place)}: expressions are nested too deeply`)
    let node: Node
    if (text === '(') {
      node = this.#expression()
      this.#expect(')')
    } else {
      const right = this.#single()
      node = text === '-'
        ? { kind: 'operation', place, operator: '-', left: { kind: 'value', place, value: { type: 'int', value: 0n } }, right }
        : { kind: 'operation', place, operator: '==', left: { kind: 'value', place, value: { type: 'bool', value: false } }, right }
    }
    this.#depth--
    return node
  }
}

const MAX_INT = (1n << 63n) - 1n

function intOf (digits: string, place: Place): bigint {
  const value = BigInt(digits)
  if (value <= MAX_INT) return value
  throw new TemplateError(`parse error at ${shown(place)}: invalid integer: strconv.Atoi: parsing "${digits}": value out of range`)
}

function foundAs ({ kind, text }: Token): string {
  switch (kind) {
    case 'eof': return 'end of string'
    case 'int': return `integer ${text}`
    case 'float': return `float ${Number(text)}`
    case 'quote': return 'opening quote'
    case 'invalid': return `invalid sequence ${goQuote(text)}`
    default: return text === '!=' ? text : goQuote(text) // the one that clients know without quotes
  }
}

const refused = (token: Token, expected: string): TemplateError => new TemplateError(`parse error at ${shown(token.place)}: expected ${expected} but found ${foundAs(token)}`)
