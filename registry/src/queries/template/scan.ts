// A template as tokens: literal text and, inside `${…}`, the words of an expression, whose quoted texts may hold `${…}` again. What the words mean together
// is parse.ts' affair.
//
//   a$$${name.full}   literal `a$`, begin, name `name.full`, end

export type TokenKind = 'literal' | 'begin' | 'end' | 'quote' | 'name' | 'bool' | 'int' | 'float' | 'operator' | 'invalid' | 'eof'

export interface Token {
  readonly kind: TokenKind
  /** As written; escapes of literals resolved. */
  readonly text: string
  readonly place: Place
}

/** Line and column, from 1, counted in characters. */
export interface Place { readonly line: number, readonly column: number }

/** Why a text is no template; the message is the one that clients know. */
export class TemplateError extends Error {}

const OPERATORS = ['==', '!=', '<=', '>=', '&&', '||', '+', '-', '*', '/', '%', '<', '>', '!', '?', ':', '(', ')', ',', '[', ']', '.']
const NAME_START = /[\p{L}_]/u
const NAME_PART = /[\p{L}\p{M}\p{N}_.-]/u
const DIGIT = /[0-9]/
const SPACE = /\s/u

/** A star is a part of a name only by itself between dots: `a.*.b`, but not `a*b`. */
const starEnds = (next: string | undefined): boolean => next === undefined || next === '.' || !NAME_PART.test(next)

/** Reads tokens one by one; at the end of the text it gives `eof` again and again. */
export class Scanner {
  readonly #chars: readonly string[]
  #at = 0
  #line = 1
  #column = 1
  /** What is open around the place, innermost last: an expression or a quoted text. */
  readonly #open: Array<'expression' | 'quote'> = []

  constructor (text: string) { this.#chars = [...text] }

  next (): Token {
    return this.#open.at(-1) === 'expression' ? this.#word() : this.#text()
  }

  get #place (): Place { return { line: this.#line, column: this.#column } }

  #take (count: number): string {
    let out = ''
    for (let i = 0; i < count; i++) {
      const char = this.#chars[this.#at++]!
      out += char
      if (char === '\n') {
        this.#line++
        this.#column = 1
      } else this.#column++
    }
    return out
  }

  #starts (text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#chars[this.#at + i] !== text[i]) return false
    return true
  }

  // === literal text, at the top and in quotes ===

  #text (): Token {
    const place = this.#place
    const quoted = this.#open.at(-1) === 'quote'
    if (this.#starts('${')) {
      this.#open.push('expression')
      return { kind: 'begin', text: this.#take(2), place }
    }
    if (this.#at === this.#chars.length) return { kind: quoted ? 'invalid' : 'eof', text: '', place }
    if (quoted && this.#starts('"')) {
      this.#open.pop()
      return { kind: 'quote', text: this.#take(1), place }
    }
    return this.#literal(place, quoted)
  }

  #literal (place: Place, quoted: boolean): Token {
    const from = this.#at
    let text = ''
    while (this.#at < this.#chars.length && !this.#starts('${')) {
      const char = this.#chars[this.#at]!
      if (quoted && char === '"') return { kind: 'literal', text, place }
      if (quoted && char === '\n') break
      if (this.#starts('$$')) {
        this.#take(2)
        text += '$'
      } else if (quoted && char === '\\' && this.#at + 1 < this.#chars.length) text += this.#escape()
      else text += this.#take(1)
    }
    const cut = quoted && !this.#starts('${')
    return cut ? { kind: 'invalid', text: this.#chars.slice(from, this.#at).join(''), place } : { kind: 'literal', text, place }
  }

  #escape (): string {
    const place = this.#place
    const [, char] = this.#take(2)
    if (char === 'n') return '\n'
    if (char === '"' || char === '\\') return char
    throw new TemplateError(`parse error at ${shown(place)}: ${char === '$' ? 'unfinished backslash escape sequence' : 'invalid backslash escape sequence'}`)
  }

  // === words of an expression ===

  #word (): Token {
    while (this.#at < this.#chars.length && SPACE.test(this.#chars[this.#at]!)) this.#take(1)
    const place = this.#place
    const char = this.#chars[this.#at]
    if (char === undefined) return { kind: 'eof', text: '', place }
    if (char === '}') {
      this.#open.pop()
      return { kind: 'end', text: this.#take(1), place }
    }
    if (char === '"') {
      this.#open.push('quote')
      return { kind: 'quote', text: this.#take(1), place }
    }
    if (DIGIT.test(char)) return this.#number(place)
    if (NAME_START.test(char)) return this.#name(place)
    const operator = OPERATORS.find(o => this.#starts(o))
    return operator === undefined ? { kind: 'invalid', text: this.#take(1), place } : { kind: 'operator', text: this.#take(operator.length), place }
  }

  #number (place: Place): Token {
    let length = 1
    const digits = (): void => { while (DIGIT.test(this.#chars[this.#at + length] ?? '')) length++ }
    digits()
    const float = this.#chars[this.#at + length] === '.' && DIGIT.test(this.#chars[this.#at + length + 1] ?? '')
    if (float) {
      length++
      digits()
    }
    return { kind: float ? 'float' : 'int', text: this.#take(length), place }
  }

  #name (place: Place): Token {
    let length = 1
    for (;;) {
      const char = this.#chars[this.#at + length]
      if (char === undefined) break
      const star = char === '*' && this.#chars[this.#at + length - 1] === '.' && starEnds(this.#chars[this.#at + length + 1])
      if (!star && !NAME_PART.test(char)) break
      length++
    }
    const text = this.#take(length)
    return { kind: text === 'true' || text === 'false' ? 'bool' : 'name', text, place }
  }
}

export const shown = ({ line, column }: Place): string => `${line}:${column}`
