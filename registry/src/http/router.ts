// Finding a route the way Go's mux does: exact patterns, patterns that capture the rest, clean paths by redirect. Pure.

import { lossyUtf8 } from './decode/go-text.js'
import type { Route } from './route.js'

export type Match =
  | { readonly kind: 'route', readonly route: Route, readonly path: string, readonly rest: string }
  /** 307 to the clean path; the query is kept by the caller. */
  | { readonly kind: 'redirect', readonly location: string }
  | { readonly kind: 'unprintable' }
  /** An escape that is none. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown', readonly path: string }

/** Stands for an encoded slash while a path is matched: it separates nothing in the fixed part. */
const ENCODED_SLASH = '\0'

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
    const decoded = decode(rawPath)
    if (decoded === undefined) return { kind: 'malformed' }
    if (filterUnprintable && UNPRINTABLE.test(decoded.path)) return { kind: 'unprintable' }
    const { path, marked } = decoded
    const exact = this.#exact.get(marked)
    if (exact !== undefined) return { kind: 'route', route: exact, path, rest: '' }
    const clean = cleanPath(rawPath)
    if (clean !== rawPath) return { kind: 'redirect', location: clean }
    for (let slash = marked.lastIndexOf('/'); slash >= 0; slash = slash === 0 ? -1 : marked.lastIndexOf('/', slash - 1)) {
      const route = this.#prefixes.get(marked.slice(0, slash + 1))
      if (route !== undefined) return { kind: 'route', route, path, rest: marked.slice(slash + 1).replaceAll(ENCODED_SLASH, '/') }
    }
    if (this.#prefixes.has(marked + '/')) return { kind: 'redirect', location: rawPath + '/' }
    return { kind: 'unknown', path }
  }
}

/** Control characters, and format and space characters that nobody sees. The plain blank passes, and U+FFFD, which stands for bytes that are no UTF-8. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/u

/** The path decoded, and the same with encoded slashes told from others. `undefined` on a broken escape. */
function decode (raw: string): { readonly path: string, readonly marked: string } | undefined {
  // Node hands over bytes beyond ASCII as latin1.
  // eslint-disable-next-line no-control-regex
  const plain = /[^\x00-\x7f]/.test(raw) ? lossyUtf8(Buffer.from(raw, 'latin1')) : raw
  if (!plain.includes('%')) return { path: plain, marked: plain }
  if (/%(?![0-9a-f]{2})/i.test(plain)) return undefined
  const path = unescape(plain)
  return { path, marked: /%2f/i.test(plain) && !path.includes(ENCODED_SLASH) ? unescape(plain.replace(/%2f/gi, ENCODED_SLASH)) : path }
}

function unescape (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    const bytes = Buffer.from(text)
    const out = Buffer.alloc(bytes.length)
    let length = 0
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === 0x25) {
        out[length++] = Number.parseInt(bytes.toString('latin1', i + 1, i + 3), 16)
        i += 2
      } else out[length++] = bytes[i]!
    }
    return lossyUtf8(out.subarray(0, length))
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
