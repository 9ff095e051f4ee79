// Base64 as Go's StdEncoding reads it: padding required, line breaks skipped, and the place of the first wrong byte named.

/** Why a text is no base64; `message` is Go's. */
export class Base64Error extends Error {}

// A search for what must not be there: unlike a match of what must, it needs no backtracking on a value of half a megabyte.
const STRANGE = /[^A-Za-z0-9+/]/

const isDigit = (c: string): boolean => /^[A-Za-z0-9+/]$/.test(c)

/** Finds the byte that Go complains about, by its own rule: the byte itself, or the start of what is missing. */
const wrongByte = (text: string): number => {
  const bytes = Buffer.from(text).toString('latin1')
  let digits = 0
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!
    if (c === '\r' || c === '\n') continue
    if (isDigit(c)) {
      digits++
      continue
    }
    if (c !== '=' || digits % 4 < 2) return i
    if (digits % 4 === 3) return afterPadding(bytes, i + 1)
    let second = i + 1
    while (bytes[second] === '\r' || bytes[second] === '\n') second++
    if (second === bytes.length) return bytes.length
    return bytes[second] === '=' ? afterPadding(bytes, second + 1) : second - 1
  }
  return bytes.length - digits % 4
}

const afterPadding = (bytes: string, from: number): number => {
  let i = from
  while (bytes[i] === '\r' || bytes[i] === '\n') i++
  return i
}

/** The bytes of a base64 text. Throws Base64Error: `illegal base64 data at input byte 3`. */
export const parseBase64 = (text: string): Buffer => {
  const bare = text.replace(/[\r\n]/g, '')
  const padding = bare.endsWith('==') ? 2 : bare.endsWith('=') ? 1 : 0
  if (bare.length % 4 === 0 && !STRANGE.test(bare.slice(0, bare.length - padding))) return Buffer.from(bare, 'base64')
  throw new Base64Error(`illegal base64 data at input byte ${wrongByte(text)}`)
}
