// A query string written anew, as Go writes it: parameters by name, everything escaped that Go escapes.

import { byBytes } from '../state/byte-order.js'
import type { Query } from './decode/query.js'

const escape = (text: string): string =>
  encodeURIComponent(text).replace(/%20|[!'()*]/g, c => c === '%20' ? '+' : `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** @example `?release=s&cas=1` gives `cas=1&release=s` */
export const queryText = (query: Query): string =>
  [...query.names].sort(byBytes).flatMap(name => query.all(name).map(value => `${escape(name)}=${escape(value)}`)).join('&')
