// The text habits of Go that show in answers: quoting (`%q`), UTF-8 that never fails, and letter case folding of object keys. Parsing is next door, in
// json.ts and duration.ts.

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' }

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0')

/** A string as Go's `%q` shows it: `json: unknown field "a\tb"`. */
export const goQuote = (text: string): string => {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`
  let out = '"'
  for (const char of text) {
    const code = char.codePointAt(0)!
    const short = SHORT_ESCAPES[char]
    if (short !== undefined) out += short
    else if (PRINTABLE.test(char)) out += char
    else if (code < 0x20 || code === 0x7f) out += '\\x' + hex(code, 2)
    else if (code < 0x10000) out += '\\u' + hex(code, 4)
    else out += '\\U' + hex(code, 8)
  }
  return out + '"'
}

/** One byte as Go's JSON scanner names it in `invalid character 'x' …`. */
export const goQuoteByte = (byte: number): string => {
  if (byte === 0x27) return "'\\''"
  if (byte === 0x22) return "'\"'"
  return `'${goQuote(String.fromCharCode(byte)).slice(1, -1)}'`
}

/**
 * Bytes as text, where each byte that is no UTF-8 becomes one U+FFFD (Go's rule; the WHATWG decoder folds several into one). The caller has found
 * invalid UTF-8 already, so this is the slow path.
 */
export const lossyUtf8 = (bytes: Uint8Array, start = 0, end = bytes.length): string => {
  let out = ''
  for (let i = start; i < end;) {
    const first = bytes[i]!
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
    let code = length === 1 ? first : first & (0xff >> (length + 1))
    let fits = length > 0 && i + length <= end
    for (let k = 1; fits && k < length; k++) {
      const next = bytes[i + k]!
      fits = (next & 0xc0) === 0x80
      code = code << 6 | (next & 0x3f)
    }
    // Overlong forms, surrogates and what lies beyond U+10FFFF are no characters either.
    if (fits && ((length === 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) || (length === 4 && (code < 0x10000 || code > 0x10ffff)))) fits = false
    out += fits ? String.fromCodePoint(code) : '\ufffd'
    i += fits ? length : 1
  }
  return out
}

/** The form in which object keys are compared: ASCII letters without case, and the two letters outside ASCII that Unicode folds onto `K` and `S`. */
export const foldKey = (key: string): string => key.replace(/[a-z\u017f\u212a]/g, c => c === '\u017f' ? 'S' : c === '\u212a' ? 'K' : c.toUpperCase())
