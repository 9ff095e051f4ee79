// Metadata of nodes and services: how many pairs, which keys, how long.

const MAX_PAIRS = 64
const MAX_KEY_LENGTH = 128
const MAX_VALUE_LENGTH = 512
/** Keys of the server's own; an agent's registration may not use them. */
const RESERVED = 'consul-'

/**
 * Why a map of metadata is refused, with Consul's text; `undefined` when it is not.
 * @param allowReserved keys that begin with `consul-` are taken
 */
export function metaError (meta: Readonly<Record<string, string>> | null, allowReserved = false): string | undefined {
  const pairs = Object.entries(meta ?? {})
  if (pairs.length > MAX_PAIRS) return `Node metadata cannot contain more than ${MAX_PAIRS} key/value pairs`
  for (const [key, value] of pairs.sort(([a], [b]) => a < b ? -1 : 1)) {
    const why = pairError(key, value, allowReserved)
    if (why !== undefined) return `Couldn't load metadata pair ('${key}', '${value}'): ${why}`
  }
  return undefined
}

function pairError (key: string, value: string, allowReserved: boolean): string | undefined {
  if (key === '') return 'Key cannot be blank'
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Key contains invalid characters'
  if (Buffer.byteLength(key) > MAX_KEY_LENGTH) return `Key is too long (limit: ${MAX_KEY_LENGTH} characters)`
  if (key.startsWith(RESERVED) && !allowReserved) return `Key prefix '${RESERVED}' is reserved for internal use`
  if (Buffer.byteLength(value) > MAX_VALUE_LENGTH) return `Value is too long (limit: ${MAX_VALUE_LENGTH} characters)`
  return undefined
}
