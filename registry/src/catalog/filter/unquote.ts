// The value of a string literal, quotes included: `…` is taken as it stands, "…" knows Go's escapes. `go-quote.ts` is the way back.

const NAMED: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' }
/** The escapes that name a number: a byte (`\x41`, `\101`) or a code point (`\u0041`, `\U00000041`). */
const NUMBERED = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y

/**
 * What the literal stands for, or `undefined` if Go would call it invalid: an unknown escape, a line end inside "…", a byte above 255,
 * a code point that does not exist. Bytes given one by one are read as UTF-8 (`"\xc3\xa9"` is é).
 */
export function unquote (literal: string): string | undefined {
  const body = literal.slice(1, -1)
  if (literal[0] === '`') return body.replaceAll('\r', '')
  if (body.includes('\n')) return undefined
  if (!body.includes('\\')) return body
  let out = ''
  let bytes: number[] = []
  const flush = (): void => {
    out += Buffer.from(bytes).toString('utf8')
    bytes = []
  }
  for (let i = 0; i < body.length;) {
    if (body[i] !== '\\') {
      flush()
      out += body[i++]
      continue
    }
    const named = NAMED[body[i + 1] ?? '']
    if (named !== undefined) {
      flush()
      out += named
      i += 2
      continue
    }
    NUMBERED.lastIndex = i
    const [whole, hex, octal, short, long] = NUMBERED.exec(body) ?? []
    if (whole === undefined) return undefined
    i += whole.length
    if (hex !== undefined || octal !== undefined) {
      const byte = hex !== undefined ? parseInt(hex, 16) : parseInt(octal!, 8)
      if (byte > 255) return undefined
      bytes.push(byte)
      continue
    }
    const code = parseInt((short ?? long)!, 16)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
    flush()
    out += String.fromCodePoint(code)
  }
  flush()
  return out
}
