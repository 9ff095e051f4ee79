// A JSON parser with the habits of Go's encoding/json: its error texts, the first value only, duplicate and ordered keys kept, numbers as they were
// written. It gives a tree that knows nothing of types; table.ts turns the tree into a typed body.

import { isUtf8 } from 'node:buffer'
import { goQuoteByte, lossyUtf8 } from './go-text.js'

/** A number as it stood in the text, so that 64 bits survive and `80.0` is told apart from `80`. */
export class JsonNumber {
  constructor (readonly raw: string) {}
}

/** An object: keys and values side by side, in order, duplicates kept, so that no key (`__proto__`) has a meaning of its own. */
export class JsonObject {
  readonly keys: string[] = []
  readonly values: JsonValue[] = []
}

export type JsonValue = string | boolean | null | JsonNumber | JsonObject | JsonValue[]

/** What is wrong with the text; `message` is Go's. */
export class JsonSyntaxError extends Error {}

export interface JsonOptions {
  /** The text must hold nothing but the one value. Default false: what follows the first value is ignored. */
  readonly whole?: boolean
}

/** Where Go, at the end of a whole text, complains about the blank that it puts there itself. */
const MID_TOKEN = /^in (literal|numeric|exponent|string escape|\\u)|^after decimal/

/** How deep objects and arrays may nest, as in Go. */
const MAX_DEPTH = 10000

const ESCAPES: Readonly<Record<number, string>> = { 0x62: '\b', 0x66: '\f', 0x6e: '\n', 0x72: '\r', 0x74: '\t', 0x5c: '\\', 0x2f: '/', 0x22: '"' }

/**
 * Parses one JSON value. Throws JsonSyntaxError with Go's text: `EOF` (nothing but space), `unexpected EOF` (cut short), `invalid character 'x' …`;
 * with `whole` also `unexpected end of JSON input` and `… after top-level value`.
 */
export const parseJson = (body: Uint8Array, options: JsonOptions = {}): JsonValue => new Reader(body, options.whole === true).read()

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39

class Reader {
  /** The bytes as Latin-1, one character a byte: indexing a flat string is faster than indexing a buffer. */
  readonly #text: string
  readonly #bytes: Buffer
  readonly #whole: boolean
  #at = 0
  #validUtf8: boolean | undefined

  constructor (body: Uint8Array, whole: boolean) {
    this.#bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    this.#text = this.#bytes.toString('latin1')
    this.#whole = whole
  }

  read (): JsonValue {
    const value = this.#value()
    if (this.#whole && !Number.isNaN(this.#skip())) throw this.#invalid('after top-level value')
    return value
  }

  /** Iterative, because ten thousand levels would not fit on the stack. */
  #value (): JsonValue {
    const open: Array<JsonValue[] | JsonObject> = []
    for (;;) {
      let value: JsonValue
      const c = this.#skip()
      if (c === 0x7b || c === 0x5b) {
        if (open.length === MAX_DEPTH) throw this.#invalid('exceeded max depth')
        this.#at++
        const container = c === 0x7b ? new JsonObject() : []
        const first = this.#skip()
        if (first === (c === 0x7b ? 0x7d : 0x5d)) {
          this.#at++
          value = container
        } else {
          open.push(container)
          if (container instanceof JsonObject) this.#key(container)
          continue
        }
      } else {
        value = this.#scalar(c)
      }
      const more = this.#close(open, value)
      if (more === undefined) continue
      return more
    }
  }

  /** Puts a complete value into its container and closes what ends here. Gives the root once everything is closed, undefined while values follow. */
  #close (open: Array<JsonValue[] | JsonObject>, value: JsonValue): JsonValue | undefined {
    for (;;) {
      const container = open.at(-1)
      if (container === undefined) return value
      const isObject = container instanceof JsonObject
      if (isObject) container.values.push(value)
      else container.push(value)
      const c = this.#skip()
      if (c === 0x2c) {
        this.#at++
        if (isObject) this.#key(container)
        return undefined
      }
      if (c !== (isObject ? 0x7d : 0x5d)) throw this.#invalid(isObject ? 'after object key:value pair' : 'after array element')
      this.#at++
      open.pop()
      value = container
    }
  }

  #key (object: JsonObject): void {
    if (this.#skip() !== 0x22) throw this.#invalid('looking for beginning of object key string')
    object.keys.push(this.#string(true))
    if (this.#skip() !== 0x3a) throw this.#invalid('after object key')
    this.#at++
  }

  #scalar (c: number): JsonValue {
    switch (c) {
      case 0x22: return this.#string(false)
      case 0x74: return this.#word('true', true)
      case 0x66: return this.#word('false', false)
      case 0x6e: return this.#word('null', null)
      default:
        if (c === 0x2d || isDigit(c)) return this.#number()
        throw this.#invalid('looking for beginning of value')
    }
  }

  #word<T extends boolean | null> (word: string, value: T): T {
    for (let k = 1; k < word.length; k++) {
      this.#at++
      if (this.#text[this.#at] !== word[k]) throw this.#invalid(`in literal ${word} (expecting '${word[k]}')`)
    }
    this.#at++
    return value
  }

  #number (): JsonNumber {
    const start = this.#at
    if (this.#code() === 0x2d) {
      this.#at++
      if (!isDigit(this.#code())) throw this.#invalid('in numeric literal')
    }
    if (this.#code() === 0x30) this.#at++
    else this.#digits()
    if (this.#code() === 0x2e) {
      this.#at++
      if (!isDigit(this.#code())) throw this.#invalid('after decimal point in numeric literal')
      this.#digits()
    }
    if ((this.#code() | 0x20) === 0x65) {
      this.#at++
      const sign = this.#code()
      if (sign === 0x2b || sign === 0x2d) this.#at++
      if (!isDigit(this.#code())) throw this.#invalid('in exponent of numeric literal')
      this.#digits()
    }
    return new JsonNumber(this.#text.slice(start, this.#at))
  }

  #digits (): void {
    while (isDigit(this.#code())) this.#at++
  }

  #string (isKey: boolean): string {
    const text = this.#text
    const start = ++this.#at
    let ascii = true
    for (;;) {
      const c = text.charCodeAt(this.#at)
      if (c === 0x22) break
      if (c === 0x5c) return this.#escaped(start)
      if (c < 0x20) throw this.#invalid('in string literal')
      if (c >= 0x80) ascii = false
      else if (c !== c) throw this.#invalid('') // eslint-disable-line no-self-compare
      this.#at++
    }
    const end = this.#at++
    // A long slice would keep the whole body alive as long as the value lives; keys are dropped after decoding, and short slices are copies.
    if (ascii) return isKey || end - start < 13 ? text.slice(start, end) : this.#bytes.toString('latin1', start, end)
    return this.#utf8(start, end)
  }

  /** The slow path: a string with escapes, from its first byte on. */
  #escaped (start: number): string {
    let out = ''
    let from = start
    for (;;) {
      const c = this.#code()
      if (c === 0x22 || c === 0x5c) {
        if (from < this.#at) out += this.#utf8(from, this.#at)
        this.#at++
        if (c === 0x22) return out
        out += this.#escape()
        from = this.#at
      } else if (c >= 0x20) this.#at++
      else throw this.#invalid('in string literal')
    }
  }

  #escape (): string {
    const c = this.#code()
    const short = ESCAPES[c]
    if (short !== undefined) {
      this.#at++
      return short
    }
    if (c !== 0x75) throw this.#invalid('in string escape code')
    this.#at++
    const unit = this.#hex4()
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
    if (unit < 0xdc00 && this.#text.startsWith('\\u', this.#at)) {
      const low = Number.parseInt(this.#text.slice(this.#at + 2, this.#at + 6), 16)
      if (low >= 0xdc00 && low <= 0xdfff) {
        this.#at += 2
        return String.fromCharCode(unit, this.#hex4())
      }
    }
    return '\ufffd'
  }

  #hex4 (): number {
    let unit = 0
    for (let k = 0; k < 4; k++) {
      const c = this.#code()
      const digit = isDigit(c) ? c - 0x30 : (c | 0x20) >= 0x61 && (c | 0x20) <= 0x66 ? (c | 0x20) - 0x57 : -1
      if (digit < 0) throw this.#invalid('in \\u hexadecimal character escape')
      unit = unit << 4 | digit
      this.#at++
    }
    return unit
  }

  #utf8 (start: number, end: number): string {
    this.#validUtf8 ??= isUtf8(this.#bytes)
    return this.#validUtf8 ? this.#bytes.toString('utf8', start, end) : lossyUtf8(this.#bytes, start, end)
  }

  /** The byte here, NaN at the end. */
  #code (): number {
    return this.#text.charCodeAt(this.#at)
  }

  /** Steps over white space; gives the byte after it, NaN at the end. */
  #skip (): number {
    for (;; this.#at++) {
      const c = this.#text.charCodeAt(this.#at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c
    }
  }

  #invalid (where: string): JsonSyntaxError {
    if (this.#at < this.#text.length) return new JsonSyntaxError(`invalid character ${goQuoteByte(this.#text.charCodeAt(this.#at))} ${where}`)
    if (this.#whole) return new JsonSyntaxError(MID_TOKEN.test(where) ? `invalid character ' ' ${where}` : 'unexpected end of JSON input')
    return new JsonSyntaxError(/[^ \t\r\n]/.test(this.#text) ? 'unexpected EOF' : 'EOF')
  }
}
