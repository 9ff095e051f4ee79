// Parts of entries that look into HTTP requests: methods, header changes.

import { filled, shape } from '../../http/decode/weak/shape.js'
import { textMap, texts } from '../../http/decode/weak/weak-lists.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE']

export const isHttpMethod = (method: string): boolean => METHODS.includes(method)

/** Protocols whose requests can be told apart, routed and split. */
export const isHttpLike = (protocol: string): boolean => protocol === 'http' || protocol === 'http2' || protocol === 'grpc'

export const headerModifiers = shape('structs.HTTPHeaderModifiers', {
  Add: filled(textMap),
  Set: filled(textMap),
  Remove: filled(texts),
})

export type HeaderModifiers = WeakValue<typeof headerModifiers>

export const changesNothing = (modifiers: HeaderModifiers | null): boolean =>
  modifiers === null || [modifiers.Add, modifiers.Set, modifiers.Remove].every(part => part === null || Object.keys(part).length === 0)
