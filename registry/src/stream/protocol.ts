// The frames of the watch stream, and reading them from a stranger. The page docs/watch-stream.md says what they mean; within `roster.v1` fields are only added.

export const SUBPROTOCOL = 'roster.v1'

/** What a client says. */
export type ClientFrame =
  | { readonly op: 'sub', readonly id: string, readonly kind: string, readonly params: Params, readonly since: number | undefined }
  | { readonly op: 'unsub', readonly id: string }
  | { readonly op: 'ack', readonly id: string, readonly index: number }

/** Parameters of a subscription: texts, lists of texts, or switches. */
export type Params = Readonly<Record<string, string | boolean | readonly string[]>>

/** Longest id, and longest parameter, characters. */
const MAX_ID = 128
const MAX_PARAM = 8192
const MAX_PARAMS = 32

/** A frame, or why it is none. */
export function parseFrame (text: string): ClientFrame | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'a frame must be JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a frame must be a JSON object'
  const { op, id, kind, params, since, index } = value as Record<string, unknown>
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) return `"id" must be a text of 1 to ${MAX_ID} characters`
  switch (op) {
    case 'unsub': return { op, id }
    case 'ack': return isIndex(index) ? { op, id, index } : '"index" must be a whole number'
    case 'sub': {
      if (typeof kind !== 'string') return '"kind" must be a text'
      if (since !== undefined && !isIndex(since)) return '"since" must be a whole number'
      const read = readParams(params)
      return typeof read === 'string' ? read : { op, id, kind, params: read, since: since as number | undefined }
    }
    default: return '"op" must be sub, unsub or ack'
  }
}

const isIndex = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function readParams (params: unknown): Params | string {
  if (params === undefined || params === null) return {}
  if (typeof params !== 'object' || Array.isArray(params)) return '"params" must be an object'
  const entries = Object.entries(params)
  if (entries.length > MAX_PARAMS) return `"params" may have ${MAX_PARAMS} entries at most`
  const out: Record<string, string | boolean | readonly string[]> = Object.create(null) as Record<string, string>
  for (const [name, value] of entries) {
    const texts = Array.isArray(value) ? value : [value]
    for (const text of texts) {
      if (typeof text !== 'string' && !(typeof text === 'boolean' && !Array.isArray(value))) return `"params.${name}" must be a text, a list of texts or true or false`
      if (typeof text === 'string' && text.length > MAX_PARAM) return `"params.${name}" is too long`
    }
    out[name] = value as string | boolean | readonly string[]
  }
  return out
}

/** One text parameter; '' when absent. */
export const textParam = (params: Params, name: string): string => {
  const value = params[name]
  return typeof value === 'string' ? value : Array.isArray(value) ? String(value[0] ?? '') : ''
}

/** All texts of a parameter. */
export const textParams = (params: Params, name: string): readonly string[] => {
  const value = params[name]
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value as readonly string[] : []
}

/** A switch: `true`, or a text that is neither `false` nor `0`. */
export const switchParam = (params: Params, name: string): boolean => {
  const value = params[name]
  return value === true || (typeof value === 'string' && value !== 'false' && value !== '0')
}
