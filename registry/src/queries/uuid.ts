// Ids of queries as look-ups take them: whole, in the form of a UUID.

import { uuidError } from '../catalog/uuid.js'

/** In any letter case. */
export const isUuid = (text: string): boolean => uuidError(text) === undefined

/** Why a text can be no id, in the words of the store that clients know; `undefined` when it can. */
export function idError (text: string): string | undefined {
  if (Buffer.byteLength(text) !== 36) return 'UUID must be 36 characters'
  const hyphens = text.split('-').length - 1
  if (hyphens > 4) return `UUID should have maximum of 4 "-"; got ${hyphens}`
  const digits = text.replaceAll('-', '')
  if (digits.length % 2 !== 0) return 'Input (without hyphens) must be even length'
  const bad = /[^0-9a-f]/i.exec(digits)
  return bad === null ? undefined : `Invalid UUID: encoding/hex: invalid byte: U+${bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad[0]}'`
}
