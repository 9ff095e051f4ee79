// Text of a filter => its tree. Knows the grammar and nothing of records: whether a selector exists is for `compile.ts` to say.
//
// The grammar is that of go-bexpr 0.1.2, a parsing expression grammar (Ford, "Parsing Expression Grammars", POPL 2004); each method below is one rule:
//   Input    <- _? Or _? EOF                          Selector <- Identifier ("." Identifier / "[" _? String _? "]")*
//   Or       <- And (_ "or" _ And)*                   Value    <- Selector / Number / String
//   And      <- Not (_ "and" _ Not)*                  Match    <- Selector ("==" / "!=" / "contains" / "matches" …) Value
//   Not      <- "not" _ Not / Grouping                          / Selector "is" ("not")? "empty"
//   Grouping <- "(" _? Or _? ")" / Match                        / Value ("not")? "in" Selector
// Words need white space around them, symbols do not; `not` and the other words are also good names and values (`not == 1` compares a field `not`).
// Every rule is tried once at a place, so that the cost is linear in the text; plain backtracking would double it with every parenthesis.

import type { Expression, Match, Operator } from './expression.js'
import { FilterError } from './expression.js'
import { Scanner } from './scanner.js'
import { unquote } from './unquote.js'

/** Longest filter that is read, in bytes of UTF-8. */
export const MAX_FILTER_BYTES = 8192
/** Deepest nesting of parentheses: what people write stays below ten, what a generator writes below a hundred; the stack holds many more. */
export const MAX_NESTING = 128

interface Word { readonly operator: Operator, readonly words: readonly string[] }

const SYMBOLS = [['Equal', '=='], ['Not Equal', '!=']] as const
const BEFORE_VALUE: readonly Word[] = [
  { operator: 'In', words: ['contains'] },
  { operator: 'Not In', words: ['not', 'contains'] },
  { operator: 'Matches', words: ['matches'] },
  { operator: 'Not Matches', words: ['not', 'matches'] }
]
const WITHOUT_VALUE: readonly Word[] = [
  { operator: 'Is Empty', words: ['is', 'empty'] },
  { operator: 'Is Not Empty', words: ['is', 'not', 'empty'] }
]
const BEFORE_SELECTOR: readonly Word[] = [
  { operator: 'In', words: ['in'] },
  { operator: 'Not In', words: ['not', 'in'] }
]

/**
 * The tree of `text`.
 *
 * @throws {FilterError} one line a mistake, each `line:column (offset): reason`; line and column count from 1, in characters, the offset from 0, in bytes.
 * Where nothing particular is wrong the reason lists what would have been understood at the furthest place that was reached.
 */
export function parse (text: string): Expression {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_FILTER_BYTES) throw new FilterError(`the expression has ${bytes} bytes, at most ${MAX_FILTER_BYTES} are read`)
  return new Parser(text).run()
}

class Parser {
  readonly #in: Scanner
  #depth = 0

  constructor (text: string) {
    this.#in = new Scanner(text)
  }

  run (): Expression {
    const expression = this.#input()
    if (expression === undefined || this.#in.mistaken) throw new FilterError(this.#in.reason())
    return expression
  }

  #input (): Expression | undefined {
    this.#in.space()
    const expression = this.#or()
    if (expression === undefined) return undefined
    this.#in.space()
    return this.#in.end() ? expression : undefined
  }

  #or (): Expression | undefined {
    return this.#chain('or', () => this.#and())
  }

  #and (): Expression | undefined {
    return this.#chain('and', () => this.#not())
  }

  /** `part (_ word _ part)*`; a word that no part follows is given back, for the rule around to wonder about. */
  #chain (word: 'and' | 'or', part: () => Expression | undefined): Expression | undefined {
    const first = part()
    if (first === undefined) return undefined
    const parts = [first]
    for (;;) {
      const start = this.#in.at
      const next = this.#in.space() && this.#in.literal(word) && this.#in.space() ? part() : undefined
      if (next === undefined) {
        this.#in.at = start
        return parts.length === 1 ? first : { kind: word, parts }
      }
      parts.push(next)
    }
  }

  /** A loop rather than a recursion: a long row of `not` must not need a deep stack. If nothing can be negated, the last `not` was a name. */
  #not (): Expression | undefined {
    const nots: number[] = []
    for (let start = this.#in.at; ; start = this.#in.at) {
      if (!this.#in.literal('not') || !this.#in.space()) {
        this.#in.at = start
        break
      }
      nots.push(start)
    }
    let operand = this.#grouping()
    while (operand === undefined) {
      const start = nots.pop()
      if (start === undefined) return undefined
      this.#in.at = start
      operand = this.#grouping()
    }
    return nots.length % 2 === 0 ? operand : { kind: 'not', operand }
  }

  #grouping (): Expression | undefined {
    const start = this.#in.at
    let open: number | undefined
    if (this.#in.literal('(')) {
      if (++this.#depth > MAX_NESTING) throw new FilterError(this.#in.mistake('grouping', `more than ${MAX_NESTING} parentheses in one another`, start))
      this.#in.space()
      const inner = this.#or()
      this.#depth--
      if (inner !== undefined) {
        this.#in.space()
        if (this.#in.literal(')')) return inner
        open = this.#in.at
      }
    }
    this.#in.at = start
    const match = this.#match()
    if (match === undefined && open !== undefined) this.#in.mistake('grouping', 'Unmatched parentheses', open)
    return match
  }

  #match (): Match | undefined {
    const start = this.#in.at
    const selector = this.#selector()
    if (selector !== undefined) {
      const afterSelector = this.#in.at
      const operator = this.#symbol() ?? this.#word(BEFORE_VALUE, true)
      const value = operator === undefined ? undefined : this.#value()
      if (operator !== undefined && value !== undefined) return { kind: 'match', selector, operator, value }
      this.#in.at = afterSelector
      const empty = this.#word(WITHOUT_VALUE, false)
      if (empty !== undefined) return { kind: 'match', selector, operator: empty }
    }
    this.#in.at = start
    return this.#valueInSelector() ?? this.#in.giveBack(start)
  }

  #valueInSelector (): Match | undefined {
    const value = this.#value()
    const operator = value === undefined ? undefined : this.#word(BEFORE_SELECTOR, true)
    if (value === undefined || operator === undefined) return undefined
    const selector = this.#selector()
    if (selector !== undefined) return { kind: 'match', selector, operator, value }
    this.#in.mistake('match', 'Invalid selector', this.#in.at)
    return undefined
  }

  #symbol (): Operator | undefined {
    const start = this.#in.at
    for (const [operator, symbol] of SYMBOLS) {
      this.#in.space()
      if (this.#in.literal(symbol)) {
        this.#in.space()
        return operator
      }
      this.#in.at = start
    }
    return undefined
  }

  #word (operators: readonly Word[], spaceAfter: boolean): Operator | undefined {
    const start = this.#in.at
    for (const { operator, words } of operators) {
      if (words.every(word => this.#in.space() && this.#in.literal(word)) && (!spaceAfter || this.#in.space())) return operator
      this.#in.at = start
    }
    return undefined
  }

  #selector (): string[] | undefined {
    const first = this.#identifier()
    if (first === undefined) return undefined
    const path = [first]
    for (;;) {
      const start = this.#in.at
      const next = (this.#in.literal('.') ? this.#identifier() ?? this.#in.giveBack(start) : undefined) ?? this.#index()
      if (next === undefined) return path
      path.push(next)
    }
  }

  #identifier (): string | undefined {
    const start = this.#in.at
    if (!this.#in.class(/[a-zA-Z]/, '[a-zA-Z]')) return undefined
    while (this.#in.class(/[a-zA-Z0-9_]/, '[a-zA-Z0-9_]'));
    return this.#in.text.slice(start, this.#in.at)
  }

  #index (): string | undefined {
    const start = this.#in.at
    if (!this.#in.literal('[')) return undefined
    this.#in.space()
    const key = this.#string()
    if (key === undefined) {
      this.#in.mistake('index', 'Invalid index', this.#in.at)
    } else {
      this.#in.space()
      if (this.#in.literal(']')) return key
      this.#in.mistake('index', 'Unclosed index expression', this.#in.at)
    }
    return this.#in.giveBack(start)
  }

  #value (): string | undefined {
    return this.#selector()?.join('.') ?? this.#number() ?? this.#string()
  }

  #number (): string | undefined {
    const start = this.#in.at
    this.#in.literal('-')
    if (!this.#in.literal('0')) {
      if (!this.#in.class(/[1-9]/, '[1-9]')) return this.#in.giveBack(start)
      this.#digits()
    }
    const whole = this.#in.at
    if (!this.#in.literal('.') || !this.#digits()) this.#in.at = whole
    const end = this.#in.at
    if (this.#in.space() || this.#in.end() || this.#in.literal(')')) {
      this.#in.at = end
      return this.#in.text.slice(start, end)
    }
    this.#in.mistake('number', 'Invalid number literal', end)
    return this.#in.giveBack(start)
  }

  #digits (): boolean {
    const start = this.#in.at
    while (this.#in.class(/[0-9]/, '[0-9]'));
    return this.#in.at > start
  }

  /** A string ends at the first quote of its kind, whatever stands in front of it: `\"` does not escape. */
  #string (): string | undefined {
    const start = this.#in.at
    if (!this.#in.literal('`') && !this.#in.literal('"')) return undefined
    const close = this.#in.text.indexOf(this.#in.text[start]!, this.#in.at)
    if (close < 0) {
      this.#in.mistake('string', 'Unterminated string literal', this.#in.text.length)
      return this.#in.giveBack(start)
    }
    this.#in.at = close + 1
    const value = unquote(this.#in.text.slice(start, this.#in.at))
    if (value === undefined) this.#in.mistake('string', 'invalid syntax', start)
    return value ?? ''
  }
}
