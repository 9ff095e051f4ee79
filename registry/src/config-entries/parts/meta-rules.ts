// Laws of a config entry's metadata, which are others than those of services (catalog/meta.ts).

import { severalErrors } from '../../catalog/service-rules.js'
import { goQuote } from '../../http/decode/go-text.js'

const MAX_PAIRS = 64
const MAX_KEY_LENGTH = 128
/** Bytes; descriptions of intentions have the same bound. */
export const MAX_VALUE_LENGTH = 512

type Meta = Readonly<Record<string, string>> | null

/** All that is wrong, a text each; lengths in bytes. */
export function metaErrors (meta: Meta, of = 'Meta'): string[] {
  const pairs = Object.entries(meta ?? {})
  const found: string[] = []
  if (pairs.length > MAX_PAIRS) found.push(`${of} exceeds maximum element count ${MAX_PAIRS}`)
  for (const [key, value] of pairs) {
    if (Buffer.byteLength(key) > MAX_KEY_LENGTH) found.push(`${of} key ${goQuote(key)} exceeds maximum length ${MAX_KEY_LENGTH}`)
    if (Buffer.byteLength(value) > MAX_VALUE_LENGTH) found.push(`${of} value for key ${goQuote(key)} exceeds maximum length ${MAX_VALUE_LENGTH}`)
  }
  return found
}

export function metaProblem (meta: Meta): string | undefined {
  const found = metaErrors(meta)
  return found.length === 0 ? undefined : severalErrors(found)
}
