// JSON as Go's encoder writes it: indented as asked, and harmless inside a page (`<`, `>` and `&` as escapes), which is how the compatible commands print it.

import { stringify } from '../exact-json.js'

const UNSAFE = /[<>&\u2028\u2029]/g

/** @param indent blanks, or a tab, or '' for one line; integers of 64 bits are exact where `uint64` made them */
export const goJson = (value: unknown, indent: string): string =>
  stringify(value, indent).replace(UNSAFE, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
