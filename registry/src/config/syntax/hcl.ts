// Configuration files in HCL, as far as Consul's version 1 of it goes: keys, nested blocks, labels, lists, heredocs, three sorts of comments.
// Words come from hcl-scanner.ts. Not read are JSON in HCL's clothes (json.ts is for that) and templates, whose text stays as written.
//
// `service "web" { port = 80 }` is `service = [{ web = [{ port = 80 }] }]`; `tags = ["a"]` twice is `tags = ["a", "a"]`; other keys count as last written.

import { HclScanner, syntaxError, type Token } from './hcl-scanner.js'
import { ConfigSyntaxError, MAX_DEPTH, number, scalar, type Block, type Entry, type List, type Tree } from './tree.js'

/** @throws ConfigSyntaxError `At line:column: …`, as Consul's parser says it */
export function parseHcl (text: string): Block {
  return new Parser(text).file()
}

class Parser {
  readonly #scanner: HclScanner
  #ahead: Token | undefined
  #depth = 0

  constructor (text: string) {
    this.#scanner = new HclScanner(text)
  }

  file (): Block {
    const body = new Body()
    while (this.#peek().type !== 'EOF') {
      this.#entry(body, undefined)
      if (this.#peek().type === 'COMMA') this.#take()
    }
    return body.block()
  }

  #peek (): Token {
    this.#ahead ??= this.#scanner.next()
    return this.#ahead
  }

  #take (): Token {
    const token = this.#peek()
    this.#ahead = undefined
    return token
  }

  #fail (message: string, token: Token): never {
    throw syntaxError(message, token.line, token.column)
  }

  /** One `key = value` or `key label… { … }`. @param open the brace around it, undefined at the top */
  #entry (body: Body, open: Token | undefined): void {
    const keys: Token[] = []
    for (;;) {
      const token = this.#peek()
      if (token.type === 'IDENT' || token.type === 'STRING') {
        keys.push(this.#take())
        continue
      }
      const [first] = keys
      if (first === undefined) {
        if (token.type === 'ASSIGN') this.#fail('no object keys found!', token)
        if (token.type === 'EOF' && open !== undefined) this.#fail('object expected closing RBRACE got: EOF', token)
        this.#fail(token.type === 'LBRACE' ? 'expected: IDENT | STRING got: LBRACE' : `expected: IDENT | STRING | ASSIGN | LBRACE got: ${token.type}`, token)
      }
      if (token.type === 'ASSIGN') {
        if (keys.length > 1) this.#fail('nested object expected: LBRACE got: ASSIGN', token)
        this.#take()
        body.add(first.value, first.line, this.#value())
        return
      }
      if (token.type === 'LBRACE') {
        const inner = this.#block()
        body.add(first.value, first.line, keys.slice(1).reduceRight<List>((list, label) =>
          blocks({ kind: 'block', entries: [{ key: label.value, line: label.line, value: list }] }), blocks(inner)))
        return
      }
      this.#fail(`key '${keys.map(key => key.text).join(' ')}' expected start of object ('{') or assignment ('=')`, token)
    }
  }

  #block (): Block {
    const open = this.#take()
    this.#deeper(open)
    const body = new Body()
    while (this.#peek().type !== 'RBRACE') {
      this.#entry(body, open)
      if (this.#peek().type === 'COMMA') this.#take()
    }
    this.#take()
    this.#depth--
    return body.block()
  }

  #value (): Tree {
    const token = this.#peek()
    if (token.type === 'LBRACE') return blocks(this.#block())
    if (token.type === 'LBRACK') return this.#list()
    this.#take()
    return this.#scalar(token) ?? this.#fail(`Unknown token: ${token.line}:${token.column} ${token.type} ${token.text}`.trimEnd(), token)
  }

  #list (): List {
    this.#deeper(this.#take())
    const items: Tree[] = []
    let parted = true
    for (;;) {
      const token = this.#peek()
      if (token.type === 'RBRACK') break
      if (token.type === 'COMMA') {
        this.#take()
        parted = true
        continue
      }
      const item = token.type === 'LBRACE' || token.type === 'LBRACK' ? token : this.#scalar(token)
      // An unclosed list after an item is told from one that has not begun its next.
      if (!parted) this.#fail(`error parsing list, expected comma or list end, got: ${token.type}`, token)
      if (item === undefined) this.#fail(`unexpected token while parsing list: ${token.type}`, token)
      items.push(token.type === 'LBRACE' ? this.#block() : this.#value())
      parted = false
    }
    this.#take()
    this.#depth--
    return { kind: 'list', blocks: false, items }
  }

  #deeper (token: Token): void {
    if (++this.#depth > MAX_DEPTH) this.#fail('exceeded max depth', token)
  }

  #scalar (token: Token): Tree | undefined {
    switch (token.type) {
      case 'STRING': case 'HEREDOC': return scalar(token.value)
      case 'BOOL': return scalar(token.text === 'true')
      case 'NUMBER': return number(integer(token), 'int')
      case 'FLOAT': return number(float(token), 'float64')
      default: return undefined
    }
  }
}

/** Gathers the entries of one block. */
class Body {
  readonly #entries = new Map<string, Entry>()

  add (key: string, line: number, value: Tree): void {
    const before = this.#entries.get(key)
    if (before?.value.kind === 'list' && value.kind === 'list') {
      const items = [...before.value.items, ...value.items]
      this.#entries.set(key, { key, line: before.line, value: { kind: 'list', items, blocks: before.value.blocks && value.blocks } })
    } else {
      this.#entries.set(key, { key, line, value })
    }
  }

  block (): Block {
    return { kind: 'block', entries: [...this.#entries.values()] }
  }
}

const blocks = (block: Block): List => ({ kind: 'list', blocks: true, items: [block] })

/** Decimal, `0x` or octal with a leading zero, as Go's ParseInt reads base 0. */
function integer (token: Token): number {
  const refuse = (why: string): never => { throw new ConfigSyntaxError(`strconv.ParseInt: parsing "${token.text}": ${why}`, token.line) }
  const digits = token.text.replace(/^-/, '')
  if (/^0[0-9]+$/.test(digits) && !/^0[0-7]+$/.test(digits)) return refuse('invalid syntax')
  const size = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  if (size >= 2 ** 63) return refuse('value out of range')
  return token.text.startsWith('-') ? 0 - size : size
}

function float (token: Token): number {
  const value = Number(token.text)
  if (Number.isNaN(value)) throw new ConfigSyntaxError(`strconv.ParseFloat: parsing "${token.text}": invalid syntax`, token.line)
  if (!Number.isFinite(value)) throw new ConfigSyntaxError(`strconv.ParseFloat: parsing "${token.text}": value out of range`, token.line)
  return value
}
