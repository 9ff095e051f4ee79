// The hash that answers show of an entry: equal contents, equal hash. Its value means nothing to anybody.

import { createHash } from 'node:crypto'
import type { SomeEntryKind } from './entry-kind.js'

/** Bits that a JSON number holds. */
const BITS = 53n

/** @param entry normalized; what the server says about it (`Status`) does not count */
export function entryHash (kind: SomeEntryKind, entry: object): number {
  const { Status: _, ...content } = kind.shape.show(entry) as Record<string, unknown>
  const digest = createHash('sha256').update(kind.kind).update('\0').update(JSON.stringify(content)).digest()
  return Number(digest.readBigUInt64BE() >> (64n - BITS))
}
