// What routes and splits change about a request on its way: the path's prefix, and headers. Pure. (Changes of the answer's headers are made by whoever has the answer in hand: a proxy.)

import type { HeaderModifiers } from '../api/config-entries.js'
import { splitPath } from './request-facts.js'

/** Where a path begins with what a route matched, and what stands there instead. */
export interface PathRewrite { readonly from: string, readonly to: string, readonly ignoreCase: boolean }

/** @example rewritten('/v1/charges?all', { from: '/v1/', to: '/', ignoreCase: false }) === '/charges?all' */
export function rewritten (path: string, { from, to, ignoreCase }: PathRewrite): string {
  const begins = ignoreCase ? path.toLowerCase().startsWith(from.toLowerCase()) : path.startsWith(from)
  return begins ? to + path.slice(from.length) : path
}

/** The same of several steps, in order: what a route says, then what a split says. */
export interface HeaderChanges {
  /** In lower case. A value of none takes the header out. */
  readonly set: ReadonlyMap<string, string | undefined>
  readonly add: ReadonlyArray<readonly [name: string, value: string]>
}

/** @returns `undefined` when nothing changes */
export function headerChanges (steps: ReadonlyArray<HeaderModifiers | null | undefined>): HeaderChanges | undefined {
  const set = new Map<string, string | undefined>()
  const add: Array<readonly [string, string]> = []
  for (const step of steps) {
    for (const name of step?.Remove ?? []) set.set(name.toLowerCase(), undefined)
    for (const [name, value] of Object.entries(step?.Set ?? {})) set.set(name.toLowerCase(), value)
    for (const [name, value] of Object.entries(step?.Add ?? {})) add.push([name.toLowerCase(), value])
  }
  return set.size + add.length === 0 ? undefined : { set, add }
}

/** @param headers name, value, name, value, … @returns the same form */
export function withChanges (headers: readonly string[], { set, add }: HeaderChanges): string[] {
  const all: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) if (!set.has(headers[i]!.toLowerCase())) all.push(headers[i]!, headers[i + 1]!)
  for (const [name, value] of set) if (value !== undefined) all.push(name, value)
  for (const [name, value] of add) all.push(name, value)
  return all
}

/** Value of a query parameter. */
export const queryParam = (path: string, name: string): string | undefined => new URLSearchParams(splitPath(path)[1]).get(name) ?? undefined

/** Value of a cookie (RFC 6265, 4.2.1). @example cookieValue('a=1; session=xyz', 'session') === 'xyz' */
export function cookieValue (header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
