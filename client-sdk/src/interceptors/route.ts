// What kind of request this is, in a word: method and path with the parts that name one thing left out. By it slow routes are found, and metrics and spans stay few.

/** Paths remembered with their pattern; beyond it the one not seen for longest is forgotten. */
const MAX_PATHS = 1024
const known = new Map<string, string>()

/**
 * @example routeOf('GET', '/charges/42/items?page=2') === 'GET /charges/:/items'
 * @example routeOf('GET', '/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301') === 'GET /users/:'
 */
export function routeOf (method: string, path: string): string {
  const key = `${method} ${path}`
  let route = known.get(key)
  if (route !== undefined) return route
  const end = path.search(/[?#]/)
  route = `${method} ${(end < 0 ? path : path.slice(0, end)).split('/').map(part => names(part) ? ':' : part).join('/')}`
  known.set(key, route)
  if (known.size > MAX_PATHS) known.delete(known.keys().next().value!)
  return route
}

/** A part with a digit that is not a version, or a long one: it names one thing out of many. */
const names = (part: string): boolean => part.length > 32 || (/\d/.test(part) && !/^v\d+$/.test(part))
