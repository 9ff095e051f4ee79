// Metadata of nodes and services: how many pairs, which keys, how long.

const MAX_PAIRS = 64
const MAX_KEY_LENGTH = 128
const MAX_VALUE_LENGTH = 512
/** Keys of the server's own; an agent's registration may not use them. */
const RESERVED = 'consul-'

/** Reserved keys that a service of a kind may use all the same. */
const RESERVED_OF_KIND: Readonly<Record<string, readonly string[]>> = { 'mesh-gateway': ['consul-wan-federation'] }

/** As {@link metaError}, for a service of a kind. */
export const serviceMetaError = (kind: string, meta: Readonly<Record<string, string>> | null): string | undefined => metaError(meta, RESERVED_OF_KIND[kind] ?? [])

/**
 * Why a map of metadata is refused, with Consul's text; `undefined` when it is not.
 * @param allowed keys that are taken although they begin with `consul-`
 */
export function metaError (meta: Readonly<Record<string, string>> | null, allowed: readonly string[] = []): string | undefined {
  const pairs = Object.entries(meta ?? {})
  if (pairs.length > MAX_PAIRS) return `Node metadata cannot contain more than ${MAX_PAIRS} key/value pairs`
  for (const [key, value] of pairs.sort(([a], [b]) => a < b ? -1 : 1)) {
    const why = pairError(key, value, allowed)
    if (why !== undefined) return `Couldn't load metadata pair ('${key}', '${value}'): ${why}`
  }
  return undefined
}

function pairError (key: string, value: string, allowed: readonly string[]): string | undefined {
  if (key === '') return 'Key cannot be blank'
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Key contains invalid characters'
  if (Buffer.byteLength(key) > MAX_KEY_LENGTH) return `Key is too long (limit: ${MAX_KEY_LENGTH} characters)`
  if (key.startsWith(RESERVED) && !allowed.includes(key)) return `Key prefix '${RESERVED}' is reserved for internal use`
  if (Buffer.byteLength(value) > MAX_VALUE_LENGTH) return `Value is too long (limit: ${MAX_VALUE_LENGTH} characters)`
  return undefined
}
