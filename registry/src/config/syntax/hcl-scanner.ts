// Words of HCL (version 1, as Consul reads it): from text to tokens. The grammar above the words is hcl.ts.

import { ConfigSyntaxError } from './tree.js'

export type TokenType =
  | 'EOF' | 'IDENT' | 'STRING' | 'HEREDOC' | 'NUMBER' | 'FLOAT' | 'BOOL'
  | 'LBRACE' | 'RBRACE' | 'LBRACK' | 'RBRACK' | 'COMMA' | 'ASSIGN' | 'ADD' | 'SUB' | 'PERIOD'

export interface Token {
  readonly type: TokenType
  /** As written. */
  readonly text: string
  /** What strings and heredocs mean. */
  readonly value: string
  readonly line: number
  readonly column: number
}

const PUNCTUATION: Readonly<Record<string, TokenType>> = { '{': 'LBRACE', '}': 'RBRACE', '[': 'LBRACK', ']': 'RBRACK', ',': 'COMMA', '=': 'ASSIGN', '+': 'ADD', '-': 'SUB', '.': 'PERIOD' }
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' }

const BLANK = /[ \t\r\n]*/y
const COMMENT = /(?:#|\/\/)[^\n]*|\/\*[^]*?\*\//y
const IDENT = /[\p{L}_][\p{L}\p{Nd}_.-]*/uy
const NUMBER = /-?(?:0[xX][0-9a-fA-F]*|[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]*)?)/y
const HEREDOC = /<<(-?)([\p{L}\p{Nd}_]+)\r?\n/uy

/** All tokens of a text, `EOF` at the end. @throws ConfigSyntaxError `At line:column: …` */
export class HclScanner {
  readonly #text: string
  #at = 0
  #line = 1
  #lineStart = 0

  constructor (text: string) {
    this.#text = text
  }

  next (): Token {
    this.#skip()
    const start = this.#at
    const c = this.#text[start]
    if (c === undefined) return this.#token('EOF', 0)
    const ident = this.#match(IDENT)
    if (ident !== undefined) return this.#token(ident === 'true' || ident === 'false' ? 'BOOL' : 'IDENT', ident.length)
    if (c === '"') return this.#string()
    if (c === '<') return this.#heredoc()
    if (/[0-9]/.test(c) || ((c === '-' || c === '.') && /[0-9.]/.test(this.#text[start + 1] ?? '') && /[0-9]/.test(this.#match(NUMBER)!))) return this.#number()
    const type = PUNCTUATION[c]
    if (type !== undefined) return this.#token(type, 1)
    if (c === '/') return this.#fail("expected '/' for comment", start)
    return this.#fail(c === '\0' ? 'unexpected null character (0x00)' : 'illegal char', start)
  }

  #match (pattern: RegExp, at = this.#at): string | undefined {
    pattern.lastIndex = at
    return pattern.exec(this.#text)?.[0]
  }

  #skip (): void {
    for (;;) {
      this.#step(this.#match(BLANK)!.length)
      const comment = this.#match(COMMENT)
      if (comment === undefined) break
      this.#step(comment.length)
    }
    if (this.#text.startsWith('/*', this.#at)) this.#fail('comment not terminated', this.#text.length)
  }

  /** Goes on by so many characters and counts the lines among them. */
  #step (length: number): void {
    const end = this.#at + length
    for (let i = this.#text.indexOf('\n', this.#at); i >= 0 && i < end; i = this.#text.indexOf('\n', i + 1)) {
      this.#line++
      this.#lineStart = i + 1
    }
    this.#at = end
  }

  #token (type: TokenType, length: number, value = this.#text.slice(this.#at, this.#at + length)): Token {
    const token = { type, text: this.#text.slice(this.#at, this.#at + length), value, line: this.#line, column: this.#column(this.#at) }
    this.#step(length)
    return token
  }

  #column (at: number): number {
    return [...this.#text.slice(this.#lineStart, at)].length + 1
  }

  #fail (message: string, at: number): never {
    this.#step(at - this.#at)
    throw syntaxError(message, this.#line, this.#column(at))
  }

  #number (): Token {
    const text = this.#match(NUMBER)!
    if (/^-?0x$/i.test(text)) return this.#fail('illegal hexadecimal number', this.#at + text.length)
    return this.#token(/^-?0x/i.test(text) || !/[.e]/i.test(text) ? 'NUMBER' : 'FLOAT', text.length)
  }

  #string (): Token {
    const start = this.#at
    let value = ''
    let braces = 0
    for (let i = start + 1; ;) {
      const c = this.#text[i]
      // A line may end within `${…}`, which is kept as written, and nowhere else.
      if (c === undefined || (c === '\n' && braces === 0)) return this.#fail('literal not terminated', i)
      if (c === '"' && braces === 0) return this.#token('STRING', i + 1 - start, value)
      if (braces === 0 && c === '$' && this.#text[i + 1] === '{') {
        braces = 1
        value += '${'
        i += 2
        continue
      }
      if (braces > 0) {
        if (c === '{') braces++
        else if (c === '}') braces--
        value += c
        i++
        continue
      }
      if (c !== '\\') {
        value += c
        i++
        continue
      }
      const escape = /\\(?:[abfnrtv\\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y
      const found = this.#match(escape, i)
      if (found === undefined) return this.#fail('illegal char escape', i + 1)
      value += unescape(found.slice(1))
      i += found.length
    }
  }

  #heredoc (): Token {
    const start = this.#at
    if (this.#text[start + 1] !== '<') return this.#fail("heredoc expected second '<', didn't see it", start + 1)
    HEREDOC.lastIndex = start
    const opening = HEREDOC.exec(this.#text)
    if (opening === null) return this.#fail(/^<<-?[\p{L}\p{Nd}_]+$/u.test(this.#text.slice(start)) ? 'heredoc not terminated' : 'invalid characters in heredoc anchor', this.#text.length)
    const [{ length }, dash, marker] = opening as unknown as readonly [string, string, string]
    for (let at = start + length; at <= this.#text.length;) {
      const end = this.#text.indexOf('\n', at)
      if (end < 0) break
      const line = this.#text.slice(at, end).replace(/\r$/, '')
      if (line.trimStart() === marker) {
        const indent = line.slice(0, line.length - marker.length)
        const body = this.#text.slice(start + length, at)
        return this.#token('HEREDOC', end - start, dash === '' ? body + indent : unindent(body, indent))
      }
      at = end + 1
    }
    return this.#fail('heredoc not terminated', this.#text.length)
  }
}

export const syntaxError = (message: string, line: number, column: number): ConfigSyntaxError => new ConfigSyntaxError(`At ${line}:${column}: ${message}`, line)

/** The closing marker's indent is taken from every line, unless one has less. */
function unindent (body: string, indent: string): string {
  const lines = body.split('\n')
  return lines.slice(0, -1).every(line => line.startsWith(indent)) ? lines.map(line => line.slice(indent.length)).join('\n') : body
}

function unescape (escape: string): string {
  const simple = ESCAPES[escape]
  if (simple !== undefined) return simple
  const code = /^[xuU]/.test(escape) ? Number.parseInt(escape.slice(1), 16) : Number.parseInt(escape, 8)
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code)
}
