// Go's way to show a string between double quotes (`%q`, `strconv.Quote`), which the compatible error texts use. `unquote.ts` is the way back.

const NAMED: Readonly<Record<string, string>> = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"' }
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** `text` between double quotes, everything that is not printable escaped. @example goQuote('a"\x01é') is `"a\"\x01é"` */
export function goQuote (text: string): string {
  let out = '"'
  for (const char of text) out += NAMED[char] ?? (PRINTABLE.test(char) ? char : escape(char.codePointAt(0)!))
  return out + '"'
}

function escape (code: number): string {
  const hex = code.toString(16)
  if (code < 0x80) return '\\x' + hex.padStart(2, '0')
  return code < 0x10000 ? '\\u' + hex.padStart(4, '0') : '\\U' + hex.padStart(8, '0')
}
