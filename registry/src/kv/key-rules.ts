// Which names a key may have when it stands in a path, and what becomes of them. Transactions apply none of this: there a key is what it is.

import { unescapePath } from '../http/decode/query.js'

/**
 * The key of a decoded path: cleaned as a file path is, keeping one final slash.
 *
 * @example pathKey('a/../b') === 'b'; pathKey('x//y/') === 'x/y/'; pathKey('../up') === '../up'
 */
export function pathKey (rest: string): string {
  if (rest === '') return ''
  const clean = cleanPath(rest)
  return rest.endsWith('/') && !clean.endsWith('/') ? clean + '/' : clean
}

/** Go's path.Clean. */
function cleanPath (path: string): string {
  const rooted = path.startsWith('/')
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') out.push(part)
    else if (out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (!rooted) out.push('..')
  }
  const clean = out.join('/')
  return rooted ? '/' + clean : clean === '' ? '.' : clean
}

const TRAVERSAL = 'invalid key name, path traversal is not allowed'
const SPACES = 'invalid key name, leading/trailing spaces are not allowed'

/** Why a cleaned key is refused; `undefined` when it is not. What hides behind a second percent-encoding counts too. */
export function keyProblem (key: string): string | undefined {
  if (key.startsWith(' ') || key.endsWith(' ')) return SPACES
  if (key.split('/').includes('..')) return TRAVERSAL
  const decoded = unescapePath(key)
  if (decoded === undefined || decoded === key) return undefined
  if (decoded.includes('..')) return TRAVERSAL
  return decoded.includes(' ') ? SPACES : undefined
}
