// What kind of request this is, in a word: method and path with the parts that name one thing left out. By it slow routes are found, and metrics and spans stay few.

/** Paths remembered with their routes; beyond it the oldest is looked at anew. */
const MAX_PATHS = 1024
const known = new Map<string, Map<string, string>>()

/**
 * @example routeOf('GET', '/charges/42/items?page=2') === 'GET /charges/:/items'
 * @example routeOf('GET', '/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301') === 'GET /users/:'
 */
export function routeOf (method: string, path: string): string {
  let byMethod = known.get(path)
  if (byMethod === undefined) {
    known.set(path, byMethod = new Map())
    if (known.size > MAX_PATHS) known.delete(known.keys().next().value!)
  }
  let route = byMethod.get(method)
  if (route === undefined) {
    const end = path.search(/[?#]/)
    const parts = (end < 0 ? path : path.slice(0, end)).split('/')
    // Methods of the caller's own making are not remembered without end.
    if (byMethod.size > 16) byMethod.clear()
    byMethod.set(method, route = `${method} ${parts.map(part => names(part) ? ':' : part).join('/')}`)
  }
  return route
}

/** A part with a digit that is not a version, or a long one: it names one thing out of many. */
const names = (part: string): boolean => part.length > 32 || (/\d/.test(part) && !/^v\d+$/.test(part))
