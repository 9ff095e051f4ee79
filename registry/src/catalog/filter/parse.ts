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
  readonly #text: string
  #at = 0
  #depth = 0
  /** Furthest place where something was missing, and what: the reason when no particular mistake is known. */
  #furthest = 0
  readonly #missing = new Set<string>()
  readonly #mistakes = new Set<string>()

  constructor (text: string) {
    this.#text = text
  }

  run (): Expression {
    const expression = this.#input()
    if (this.#mistakes.size > 0) throw new FilterError([...this.#mistakes].join('\n'))
    if (expression !== undefined) return expression
    const where = this.#furthest === 0 ? '1:1 (0)' : this.#where(this.#furthest)
    throw new FilterError(`${where}: no match found, expected: ${this.#expected()}`)
  }

  #input (): Expression | undefined {
    this.#space()
    const expression = this.#or()
    if (expression === undefined) return undefined
    this.#space()
    return this.#end() ? expression : undefined
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
      const start = this.#at
      const next = this.#space() && this.#literal(word) && this.#space() ? part() : undefined
      if (next === undefined) {
        this.#at = start
        return parts.length === 1 ? first : { kind: word, parts }
      }
      parts.push(next)
    }
  }

  /** A loop rather than a recursion: a long row of `not` must not need a deep stack. If nothing can be negated, the last `not` was a name. */
  #not (): Expression | undefined {
    const nots: number[] = []
    for (let start = this.#at; ; start = this.#at) {
      if (!this.#literal('not') || !this.#space()) {
        this.#at = start
        break
      }
      nots.push(start)
    }
    let operand = this.#grouping()
    while (operand === undefined) {
      const start = nots.pop()
      if (start === undefined) return undefined
      this.#at = start
      operand = this.#grouping()
    }
    return nots.length % 2 === 0 ? operand : { kind: 'not', operand }
  }

  #grouping (): Expression | undefined {
    const start = this.#at
    let open: number | undefined
    if (this.#literal('(')) {
      if (++this.#depth > MAX_NESTING) throw new FilterError(this.#mistake('grouping', `more than ${MAX_NESTING} parentheses in one another`, start))
      this.#space()
      const inner = this.#or()
      this.#depth--
      if (inner !== undefined) {
        this.#space()
        if (this.#literal(')')) return inner
        open = this.#at
      }
    }
    this.#at = start
    const match = this.#match()
    if (match === undefined && open !== undefined) this.#mistake('grouping', 'Unmatched parentheses', open)
    return match
  }

  #match (): Match | undefined {
    const start = this.#at
    const selector = this.#selector()
    if (selector !== undefined) {
      const afterSelector = this.#at
      const operator = this.#symbol() ?? this.#word(BEFORE_VALUE, true)
      const value = operator === undefined ? undefined : this.#value()
      if (operator !== undefined && value !== undefined) return { kind: 'match', selector, operator, value }
      this.#at = afterSelector
      const empty = this.#word(WITHOUT_VALUE, false)
      if (empty !== undefined) return { kind: 'match', selector, operator: empty }
    }
    this.#at = start
    return this.#valueInSelector() ?? this.#giveBack(start)
  }

  #valueInSelector (): Match | undefined {
    const value = this.#value()
    const operator = value === undefined ? undefined : this.#word(BEFORE_SELECTOR, true)
    if (value === undefined || operator === undefined) return undefined
    const selector = this.#selector()
    if (selector !== undefined) return { kind: 'match', selector, operator, value }
    this.#mistake('match', 'Invalid selector', this.#at)
    return undefined
  }

  #symbol (): Operator | undefined {
    const start = this.#at
    for (const [operator, symbol] of SYMBOLS) {
      this.#space()
      if (this.#literal(symbol)) {
        this.#space()
        return operator
      }
      this.#at = start
    }
    return undefined
  }

  #word (operators: readonly Word[], spaceAfter: boolean): Operator | undefined {
    const start = this.#at
    for (const { operator, words } of operators) {
      if (words.every(word => this.#space() && this.#literal(word)) && (!spaceAfter || this.#space())) return operator
      this.#at = start
    }
    return undefined
  }

  #selector (): string[] | undefined {
    const first = this.#identifier()
    if (first === undefined) return undefined
    const path = [first]
    for (;;) {
      const start = this.#at
      const next = (this.#literal('.') ? this.#identifier() ?? this.#giveBack(start) : undefined) ?? this.#index()
      if (next === undefined) return path
      path.push(next)
    }
  }

  #identifier (): string | undefined {
    const start = this.#at
    if (!this.#class(/[a-zA-Z]/, '[a-zA-Z]')) return undefined
    while (this.#class(/[a-zA-Z0-9_]/, '[a-zA-Z0-9_]'));
    return this.#text.slice(start, this.#at)
  }

  #index (): string | undefined {
    const start = this.#at
    if (!this.#literal('[')) return undefined
    this.#space()
    const key = this.#string()
    if (key === undefined) {
      this.#mistake('index', 'Invalid index', this.#at)
    } else {
      this.#space()
      if (this.#literal(']')) return key
      this.#mistake('index', 'Unclosed index expression', this.#at)
    }
    return this.#giveBack(start)
  }

  #value (): string | undefined {
    return this.#selector()?.join('.') ?? this.#number() ?? this.#string()
  }

  #number (): string | undefined {
    const start = this.#at
    this.#literal('-')
    if (!this.#literal('0')) {
      if (!this.#class(/[1-9]/, '[1-9]')) return this.#giveBack(start)
      this.#digits()
    }
    const whole = this.#at
    if (!this.#literal('.') || !this.#digits()) this.#at = whole
    const end = this.#at
    if (this.#space() || this.#end() || this.#literal(')')) {
      this.#at = end
      return this.#text.slice(start, end)
    }
    this.#mistake('number', 'Invalid number literal', end)
    return this.#giveBack(start)
  }

  #digits (): boolean {
    const start = this.#at
    while (this.#class(/[0-9]/, '[0-9]'));
    return this.#at > start
  }

  /** A string ends at the first quote of its kind, whatever stands in front of it: `\"` does not escape. */
  #string (): string | undefined {
    const start = this.#at
    if (!this.#literal('`') && !this.#literal('"')) return undefined
    const close = this.#text.indexOf(this.#text[start]!, this.#at)
    if (close < 0) {
      this.#mistake('string', 'Unterminated string literal', this.#text.length)
      return this.#giveBack(start)
    }
    this.#at = close + 1
    const value = unquote(this.#text.slice(start, this.#at))
    if (value === undefined) this.#mistake('string', 'invalid syntax', start)
    return value ?? ''
  }

  // === what the rules are made of: each moves on if it matches, and else stays and remembers what was missing here ===

  #literal (text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return this.#miss(text === '"' ? '"\\""' : `"${text}"`)
    this.#at += text.length
    return true
  }

  #class (chars: RegExp, name: string): boolean {
    if (!chars.test(this.#text[this.#at] ?? '')) return this.#miss(name)
    this.#at++
    return true
  }

  #space (): boolean {
    const start = this.#at
    while (this.#class(/[ \t\r\n]/, '[ \\t\\r\\n]'));
    return this.#at > start
  }

  #end (): boolean {
    return this.#at === this.#text.length || this.#miss('EOF')
  }

  #miss (what: string): false {
    if (this.#at > this.#furthest) {
      this.#furthest = this.#at
      this.#missing.clear()
    }
    if (this.#at === this.#furthest) this.#missing.add(what)
    return false
  }

  #giveBack (start: number): undefined {
    this.#at = start
    return undefined
  }

  /** Remembers a particular mistake; parsing goes on, as another reading may find more, but the text is refused in any case. */
  #mistake (rule: string, reason: string, at: number): string {
    const mistake = `${this.#where(at)}: rule "${rule}": ${reason}`
    this.#mistakes.add(mistake)
    return mistake
  }

  #expected (): string {
    const list = [...this.#missing].filter(what => what !== 'EOF').sort()
    if (this.#missing.has('EOF')) list.push('EOF')
    const last = list.pop()!
    return list.length === 0 ? last : `${list.join(', ')} or ${last}`
  }

  /** A line end counts as column 0 of the line that it begins. */
  #where (at: number): string {
    const read = this.#text.slice(0, at)
    const upTo = this.#text[at] === '\n' ? read + '\n' : read
    const line = upTo.split('\n')
    const column = [...line.at(-1)!].length + (this.#text[at] === '\n' ? 0 : 1)
    return `${line.length}:${column} (${Buffer.byteLength(read)})`
  }
}
