// An entry from the body of a request: its kind says what it must look like.

import { errors } from '../errors.js'
import { severalErrors } from '../catalog/service-rules.js'
import { goQuote } from '../http/decode/go-text.js'
import { JsonSyntaxError } from '../http/decode/json.js'
import { freeObject, readShape } from '../http/decode/weak/shape.js'
import { WeakDecodeError, entriesOf } from '../http/decode/weak/weak-kind.js'
import { entryKind } from './kinds.js'
import type { AnyEntry, SomeEntryKind } from './entry-kind.js'

/** What answers show and writers therefore send back. */
const SHOWN_BY_SERVER: readonly string[] = ['CreateIndex', 'ModifyIndex', 'kind', 'Kind']

function unknownKey (key: string): string {
  const said = `invalid config key ${goQuote(key)}`
  if (key.toLowerCase().endsWith('namespace')) return `${said}, namespaces are a consul enterprise feature`
  return key.toLowerCase().includes('jwt') ? `${said}, api-gateway jwt validation is a consul enterprise feature` : said
}

/** @throws RosterError `CONFIG_DECODE` */
export function decodeEntry (body: Uint8Array): { readonly kind: SomeEntryKind, readonly entry: AnyEntry } {
  try {
    const object = freeObject(body)
    const top = entriesOf(object)
    const name = top.has('Kind') ? top.get('Kind') : top.get('kind')
    if (name === undefined) throw new WeakDecodeError('Payload does not contain a kind/Kind key at the top level')
    if (typeof name !== 'string') throw new WeakDecodeError('Kind value in payload is not a string')
    const kind = entryKind(name)
    if (kind === undefined) throw new WeakDecodeError(`invalid config entry kind: ${name}`)
    const { value, unknown } = readShape<AnyEntry>(kind.shape, object)
    const strange = unknown.filter(key => !SHOWN_BY_SERVER.includes(key))
    if (strange.length > 0) throw new WeakDecodeError(severalErrors(strange.map(unknownKey)))
    return { kind, entry: value }
  } catch (error) {
    if (error instanceof WeakDecodeError || error instanceof JsonSyntaxError) throw errors.CONFIG_DECODE(error.message)
    throw error
  }
}
