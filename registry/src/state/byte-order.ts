// Text in the order of its UTF-8 bytes, as lists of keys have it. JavaScript compares UTF-16 units, which is the same but for characters beyond U+FFFF.

/** Surrogates and what lies above them: the only units whose order is another one in bytes. */
const HIGH = /[\ud800-\uffff]/
const ALL_HIGH = /[\ud800-\uffff]/g

/**
 * A text whose ordinary comparison is that of the original's bytes, and which begins with the transformed prefix where the original begins with the prefix:
 * units above the surrogates trade places with them, so that what they stand for comes last.
 *
 * @example byteOrdered('\uff5e') < byteOrdered('\u{1f355}'), while '\uff5e' > '\u{1f355}'
 */
export const byteOrdered = (text: string): string => HIGH.test(text)
  ? text.replace(ALL_HIGH, unit => String.fromCharCode(unit < '\ue000' ? unit.charCodeAt(0) + 0x2000 : unit.charCodeAt(0) - 0x800))
  : text

/** Comparison for `sort`. */
export function byBytes (a: string, b: string): number {
  const x = byteOrdered(a)
  const y = byteOrdered(b)
  return x < y ? -1 : x > y ? 1 : 0
}
