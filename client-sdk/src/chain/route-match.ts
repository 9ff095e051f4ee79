// Whether a route of a service-router is meant for a request. Compiled once a change of the chain. Behaviour: Consul's service-router as Envoy carries it out
// (https://developer.hashicorp.com/consul/docs/connect/config-entries/service-router): all that is given must hold, a pattern covers the whole value.

import type { ServiceRouteMatch, ValueMatch } from '../api/config-entries.js'
import { splitPath } from './request-facts.js'
import type { RequestFacts } from './request-facts.js'

export type RouteMatcher = (request: RequestFacts) => boolean

const always: RouteMatcher = () => true

/** @param match `null`, or nothing in it: every request */
export function routeMatcher (match: ServiceRouteMatch | null | undefined): RouteMatcher {
  const http = match?.HTTP
  if (http === undefined || http === null) return always
  const path = pathMatcher(http)
  const methods = new Set((http.Methods ?? []).map(method => method.toUpperCase()))
  const headers = (http.Header ?? []).map(header => ({ name: header.Name, holds: valueMatcher(header) }))
  const queries = (http.QueryParam ?? []).map(param => ({ name: param.Name, holds: valueMatcher(param) }))
  return request => {
    if (methods.size > 0 && !methods.has(request.method.toUpperCase())) return false
    const [target, query] = splitPath(request.path)
    if (!path(target)) return false
    if (!headers.every(({ name, holds }) => holds(request.header(name)))) return false
    if (queries.length === 0) return true
    const given = new URLSearchParams(query)
    return queries.every(({ name, holds }) => holds(given.get(name) ?? undefined))
  }
}

function pathMatcher ({ PathExact, PathPrefix, PathRegex, CaseInsensitive = false }: NonNullable<ServiceRouteMatch['HTTP']>): (path: string) => boolean {
  const fold = (text: string): string => CaseInsensitive ? text.toLowerCase() : text
  if (PathExact) return path => fold(path) === fold(PathExact)
  if (PathPrefix) return path => fold(path).startsWith(fold(PathPrefix))
  if (PathRegex) return pattern(PathRegex, CaseInsensitive)
  return () => true
}

/** Of a header or a query parameter: the first condition that is given counts, the registry lets no second one in. */
function valueMatcher ({ Present, Exact, Prefix, Suffix, Contains, Regex, Invert = false, IgnoreCase = false }: ValueMatch): (value: string | undefined) => boolean {
  const fold = (text: string): string => IgnoreCase ? text.toLowerCase() : text
  const regex = Regex ? pattern(Regex, IgnoreCase) : undefined
  const holds = (value: string): boolean => {
    if (Exact) return fold(value) === fold(Exact)
    if (Prefix) return fold(value).startsWith(fold(Prefix))
    if (Suffix) return fold(value).endsWith(fold(Suffix))
    if (Contains) return fold(value).includes(fold(Contains))
    if (regex !== undefined) return regex(value)
    return Present !== false
  }
  return value => (value !== undefined && holds(value)) !== Invert
}

/** Entries have the syntax of RE2, which is ours for all but rare constructs; what cannot be read matches nothing, rather than everything. */
function pattern (source: string, ignoreCase: boolean): (text: string) => boolean {
  try {
    const regex = new RegExp(`^(?:${source})$`, ignoreCase ? 'iu' : 'u')
    return text => regex.test(text)
  } catch { return () => false }
}
