// Where a head ends, while its bytes still come: in one look if it is all there, and never looking at the same bytes twice. Junk is found out before its end is waited for.

import { faults } from './fault.js'
import type { Fault } from './fault.js'
import { CR, LF, TOKEN } from './octets.js'

export interface HeadBounds { readonly headBytes: number, readonly targetBytes: number }

/**
 * @param seen bytes from `from` on that an earlier look has been at
 * @returns end of the head (its empty line not included), or -1: there is more to come, or what is wrong with it already
 */
export function headEnd (bytes: Buffer, from: number, seen: number, bounds: HeadBounds): number | Fault {
  const end = bytes.indexOf('\r\n\r\n', Math.max(from, from + seen - 3), 'latin1')
  if (end >= 0) return end + 2 - from > bounds.headBytes ? faults.headLarge : end + 2
  if (bytes.length === from) return -1
  // Without an empty line there may be a line end that is none, after which a lenient reader would have begun to answer.
  for (let at = bytes.indexOf(LF, from + seen); at >= 0; at = bytes.indexOf(LF, at + 1)) if (at === from || bytes[at - 1] !== CR) return faults.lineEnd
  if (TOKEN[bytes[from]!] !== 1) return faults.method
  if (bytes.length - from > bounds.headBytes) return bytes.indexOf(CR, from) < 0 ? faults.targetLong : faults.headLarge
  return -1
}
