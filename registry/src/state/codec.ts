// Records as bytes: one byte for the table's schema number (below 128), then JSON. A later version reads what an earlier one wrote: what has changed stands beside
// the table, as `migrate`.

import { tableOf } from './tables.js'
import type { Codec } from '../engine/engine.js'

/** Number of the layout as a whole; a data directory with a higher one was written by a later version. Raised with any table's. */
export const SCHEMA = 1

/** Tables that name no schema of their own have this one. */
const FIRST = 1

export const codec: Codec = {
  encode (key, value) {
    return String.fromCharCode(tableOf(key)?.schema ?? FIRST) + JSON.stringify(value)
  },
  decode (key, text) {
    const table = tableOf(key)
    const current = table?.schema ?? FIRST
    const schema = text.charCodeAt(0)
    if (schema > current) throw new Error(`the record "${key}" has schema ${schema}, this version knows ${current}`)
    const value: unknown = JSON.parse(text.slice(1))
    return schema === current ? value : table!.migrate!(schema, value)
  },
}
