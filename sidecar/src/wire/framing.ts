// How long a body is, by its head: the one place where it is decided. RFC 9112, 6.3, read as strictly as it can be: a message that two readers could end at different places is refused.

import { faults } from './fault.js'
import type { Fault } from './fault.js'
import type { FieldLines } from './field-lines.js'
import { STRIDE } from './field-lines.js'
import { field } from './known-fields.js'

/** `close`: an answer that ends with its connection. */
export type Framing = 'none' | 'length' | 'chunked' | 'close'

export interface Framed { readonly framing: 'unsaid' | 'length' | 'chunked', readonly length: number }

const UNSAID: Framed = { framing: 'unsaid', length: 0 }
const CHUNKED: Framed = { framing: 'chunked', length: 0 }
const EMPTY: Framed = { framing: 'length', length: 0 }

/** Digits of 2^53, less one: all that fits. */
const MAX_DIGITS = 15

/** What `Content-Length` and `Transfer-Encoding` say. */
export function framingOf (lines: FieldLines, minor: 0 | 1): Framed | Fault {
  const { at } = lines
  let length: string | undefined
  let coding: string | undefined
  for (let i = 0; i < at.length; i += STRIDE) {
    const known = at[i + 4]!
    if (known === field['content-length']) {
      if (length !== undefined) return faults.lengthTwice
      length = lines.text.slice(at[i + 2]!, at[i + 3]!)
    } else if (known === field['transfer-encoding']) {
      if (coding !== undefined) return faults.codingTwice
      coding = lines.text.slice(at[i + 2]!, at[i + 3]!)
    }
  }
  if (coding !== undefined) {
    if (minor === 0) return faults.codingOld
    if (length !== undefined) return faults.lengthAndCoding
    return coding === 'chunked' || coding.toLowerCase() === 'chunked' ? CHUNKED : codingFault(coding)
  }
  if (length === undefined) return UNSAID
  if (length === '0') return EMPTY
  const bytes = decimal(length)
  return bytes < 0 ? faults.length : { framing: 'length', length: bytes }
}

/** A list that ends with chunked and has others before it is well formed, and not spoken here. */
const codingFault = (coding: string): Fault => {
  const codings = coding.toLowerCase().split(',').map(one => one.replace(/^[ \t]+|[ \t]+$/g, ''))
  const wellFormed = codings.every(one => /^(gzip|x-gzip|deflate|compress|x-compress|chunked)$/.test(one)) && codings.indexOf('chunked') === codings.length - 1
  return wellFormed ? faults.codingUnknown : faults.coding
}

/** @returns -1 for anything but digits, without a sign, a leading zero, or more than fit */
function decimal (text: string): number {
  if (text.length === 0 || text.length > MAX_DIGITS || text.charCodeAt(0) === 48) return -1
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
