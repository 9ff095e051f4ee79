// Header fields between HTTP/1.1 and HTTP/2. Pure. In HTTP/2 names are in lower case, nothing is for one hop, and the head's own parts are fields with a colon (RFC 9113, 8.2 and 8.3).

import type { HeaderChange } from '../http1/route.js'
import { mayBeTrailer } from '../wire/forwarded-lines.js'

export type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** For one hop, or of HTTP/1.1's framing. `te` may say one thing in HTTP/2, which the callers of these functions see to. */
const HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'http2-settings', 'te', 'proxy-authenticate', 'proxy-authorization'])

/** What is handed on of a head, whichever side it came from: names in lower case, hop-by-hop fields and those that `Connection` names out. */
export function endToEnd (fields: Fields): Array<readonly [string, string]> {
  const named = new Set(fields.filter(([name]) => name.toLowerCase() === 'connection').flatMap(([, value]) => value.toLowerCase().split(',').map(part => part.trim())))
  const kept: Array<readonly [string, string]> = []
  for (const [name, value] of fields) {
    const lower = name.toLowerCase()
    if (!lower.startsWith(':') && !HOP.has(lower) && !named.has(lower)) kept.push([lower, value])
  }
  return kept
}

/** A flat list of name and value, as node:http2 and undici give raw headers. */
export function paired (raw: ReadonlyArray<string | Buffer>): Array<readonly [string, string]> {
  const pairs: Array<readonly [string, string]> = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([textOf(raw[i]!), textOf(raw[i + 1]!)])
  return pairs
}

const textOf = (value: string | Buffer): string => typeof value === 'string' ? value : value.toString('latin1')

/** Cookies come in crumbs over HTTP/2, and are one line before it (RFC 9113, 8.2.3). */
export function cookiesJoined (fields: Fields): Array<readonly [string, string]> {
  const crumbs = fields.filter(([name]) => name === 'cookie').map(([, value]) => value)
  if (crumbs.length < 2) return [...fields]
  return [...fields.filter(([name]) => name !== 'cookie'), ['cookie', crumbs.join('; ')]]
}

/** As node:http2 takes them: a name once, with all its values. */
export function asObject (fields: Fields): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of fields) {
    const before = all[name]
    all[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return all
}

export function changed (fields: Fields, changes: readonly HeaderChange[] | undefined): Fields {
  if (changes === undefined || changes.length === 0) return fields
  let all = [...fields]
  for (const { name, value, how } of changes) {
    const lower = name.toLowerCase()
    if (how !== 'add') all = all.filter(([kept]) => kept.toLowerCase() !== lower)
    if (value !== null) all.push([lower, value])
  }
  return all
}

export const asTrailers = (fields: Fields): Fields => fields.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => !name.startsWith(':') && mayBeTrailer(name))
