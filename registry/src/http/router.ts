// Finding a route the way Go's mux does: exact patterns, patterns that capture the rest, clean paths by redirect. Pure.

import type { Route } from './route.js'

export type Match =
  | { readonly kind: 'route', readonly route: Route, readonly path: string, readonly rest: string }
  /** 307 to the clean path; the query is kept by the caller. */
  | { readonly kind: 'redirect', readonly location: string }
  | { readonly kind: 'unprintable' }
  | { readonly kind: 'unknown', readonly path: string }

export class Router {
  readonly #exact = new Map<string, Route>()
  readonly #prefixes = new Map<string, Route>()

  constructor (routes: readonly Route[]) {
    for (const route of routes) {
      const table = route.path.endsWith('/') ? this.#prefixes : this.#exact
      if (table.has(route.path)) throw new Error(`two routes for ${route.path}`)
      table.set(route.path, route)
    }
  }

  /**
   * @param rawPath the path as it came, percent-encoded, without the query
   * @param filterUnprintable refuse paths with unprintable characters (on unless configured off)
   */
  match (rawPath: string, filterUnprintable: boolean): Match {
    const path = rawPath.includes('%') ? decodePath(rawPath) : rawPath
    if (filterUnprintable && UNPRINTABLE.test(path)) return { kind: 'unprintable' }
    const exact = this.#exact.get(rawPath)
    if (exact !== undefined) return { kind: 'route', route: exact, path, rest: '' }
    const clean = cleanPath(rawPath)
    if (clean !== rawPath) return { kind: 'redirect', location: clean }
    for (let slash = rawPath.lastIndexOf('/'); slash >= 0; slash = rawPath.lastIndexOf('/', slash - 1)) {
      const prefix = this.#prefixes.get(rawPath.slice(0, slash + 1))
      if (prefix !== undefined) return { kind: 'route', route: prefix, path, rest: decodePath(rawPath.slice(slash + 1)) }
      if (slash === 0) break
    }
    if (this.#prefixes.has(rawPath + '/')) return { kind: 'redirect', location: rawPath + '/' }
    return { kind: 'unknown', path }
  }
}

/** Control characters, and format and space characters that nobody sees. U+0020 and U+FFFD (from bytes that are no UTF-8) pass. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/u

/** Percent-decodes; what is no valid escape stays, what is no UTF-8 becomes U+FFFD. */
export function decodePath (raw: string): string {
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    const bytes: number[] = []
    for (let i = 0; i < raw.length; i++) {
      const escape = raw[i] === '%' && /^[0-9a-f]{2}$/i.test(raw.slice(i + 1, i + 3))
      if (escape) {
        bytes.push(parseInt(raw.slice(i + 1, i + 3), 16))
        i += 2
      } else bytes.push(...Buffer.from(raw[i]!))
    }
    return Buffer.from(bytes).toString('utf8')
  }
}

/** Go's path.Clean with the final slash kept. */
export function cleanPath (path: string): string {
  if (!path.startsWith('/')) path = '/' + path
  if (!path.includes('//') && !path.includes('/.')) return path
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') out.pop()
    else out.push(part)
  }
  const final = path.endsWith('/') || path.endsWith('/.') || path.endsWith('/..')
  return '/' + out.join('/') + (final && out.length > 0 ? '/' : '')
}
