// Which rows lie together under one key of etcd, and how the engine's keys become etcd's bytes. Rows that are written together, such as an instance and its
// checks, cost etcd one operation when they have one place. Which those are is the tables' affair: they hand in a Layout (state/places.ts).

/** Where rows below a prefix may lie: under exactly this key, or under any that begins so. */
export type Reach = { readonly place: string } | { readonly prefix: string }

export interface Layout {
  /** The place of a row: depends on nothing but its key. */
  readonly placeOf: (key: string) => string
  /** Places of all rows below a prefix, and perhaps of others. */
  readonly reach: (prefix: string) => Reach
}

/** Each row by itself. */
export const plainLayout: Layout = { placeOf: key => key, reach: prefix => ({ prefix }) }

/** A key's bytes. Lone halves of surrogate pairs, which UTF-8 does not have, are written as WTF-8 does, so that no two keys become one. */
export function keyBytes (key: string): Buffer {
  if (key.isWellFormed()) return Buffer.from(key)
  const parts: Buffer[] = []
  for (const character of key) {
    const code = character.codePointAt(0)!
    parts.push(code >= 0xd800 && code <= 0xdfff ? Buffer.from([0xe0 | code >> 12, 0x80 | (code >> 6 & 63), 0x80 | (code & 63)]) : Buffer.from(character))
  }
  return Buffer.concat(parts)
}

/** The key that `keyBytes` made bytes of. */
export function keyText (bytes: Buffer): string {
  const text = bytes.toString()
  if (!text.includes('\ufffd')) return text
  // Either a replacement character that belongs to the key, or halves of pairs.
  let out = ''
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]! < 0x80 ? 1 : bytes[at]! < 0xe0 ? 2 : bytes[at]! < 0xf0 ? 3 : 4
    const isHalf = bytes[at] === 0xed && bytes[at + 1]! >= 0xa0
    out += isHalf ? String.fromCharCode(0xd000 | (bytes[at + 1]! & 63) << 6 | (bytes[at + 2]! & 63)) : bytes.toString('utf8', at, at + length)
    at += length
  }
  return out
}

/** The first key behind all that begin with `prefix`. */
export function prefixEnd (prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix)
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i]! === 255) continue
    end[i]!++
    return end.subarray(0, i + 1)
  }
  return Buffer.from([0]) // etcd's word for "to the very end"
}
