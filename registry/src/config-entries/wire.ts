// An entry as answers show it.

import { entryKind } from './kinds.js'
import type { Json } from '../catalog/wire.js'
import type { ConfigEntryEntry } from '../state/config-entries.js'

export function entryJson ({ value: { kind, entry, hash }, createIndex, modifyIndex }: ConfigEntryEntry): Json {
  const of = entryKind(kind)!
  const shown = of.shape.show(entry) as Record<string, unknown>
  const out: Record<string, unknown> = 'Kind' in of.shape.fields ? shown : { Kind: kind, ...shown }
  // What the server makes by itself has no hash.
  if (of.ownedByServer !== true) out['Hash'] = hash
  out['CreateIndex'] = createIndex
  out['ModifyIndex'] = modifyIndex
  return out
}
