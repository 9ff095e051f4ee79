// service-router: which requests to a service go where, by path, header, query and method. The first route that fits is taken.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, optional, texts } from '../../http/decode/weak/weak-lists.js'
import { duration, flag, text, uint32 } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first, given } from '../entry-kind.js'
import { headerModifiers, isHttpMethod } from '../parts/http-parts.js'
import { metaProblem } from '../parts/meta-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const httpMatch = shape('structs.ServiceRouteHTTPMatch', {
  PathExact: filled(text, 'path_exact'),
  PathPrefix: filled(text, 'path_prefix'),
  PathRegex: filled(text, 'path_regex'),
  CaseInsensitive: filled(flag, 'case_insensitive'),
  Header: filled(list(shape('structs.ServiceRouteHTTPMatchHeader', {
    Name: always(text),
    Present: filled(flag),
    Exact: filled(text),
    Prefix: filled(text),
    Suffix: filled(text),
    Regex: filled(text),
    Invert: filled(flag),
  }))),
  QueryParam: filled(list(shape('structs.ServiceRouteHTTPMatchQueryParam', {
    Name: always(text),
    Present: filled(flag),
    Exact: filled(text),
    Regex: filled(text),
  })), 'query_param'),
  Methods: filled(texts),
})

const destination = shape('structs.ServiceRouteDestination', {
  /** ns */
  RequestTimeout: filled(duration, 'request_timeout'),
  /** ns */
  IdleTimeout: filled(duration, 'idle_timeout'),
  /** '' means: the router's own service. */
  Service: filled(text),
  /** '' means: the default subset; anything else goes past splitters. */
  ServiceSubset: filled(text, 'service_subset'),
  Namespace: filled(text),
  Partition: filled(text),
  PrefixRewrite: filled(text, 'prefix_rewrite'),
  NumRetries: filled(uint32, 'num_retries'),
  RetryOnConnectFailure: filled(flag, 'retry_on_connect_failure'),
  RetryOn: filled(texts, 'retry_on'),
  RetryOnStatusCodes: filled(list(uint32), 'retry_on_status_codes'),
  RequestHeaders: filled(optional(headerModifiers), 'request_headers'),
  ResponseHeaders: filled(optional(headerModifiers), 'response_headers'),
})

/** One rule: a match and where to go; the discovery chain shows it too. */
export const serviceRoute = shape('structs.ServiceRoute', {
  Match: filled(optional(shape('structs.ServiceRouteMatch', { HTTP: filled(optional(httpMatch)) }))),
  Destination: filled(optional(destination)),
})

export type ServiceRoute = WeakValue<typeof serviceRoute>

const fields = shape('structs.ServiceRouterConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Routes: always(list(serviceRoute)),
  ...COMMON,
})

export type ServiceRouter = WeakValue<typeof fields>

const RETRY_ON: readonly string[] = ['5xx', 'gateway-error', 'reset', 'connect-failure', 'envoy-ratelimited', 'retriable-4xx', 'refused-stream', 'cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']

/** Methods in capitals. */
function normalRoute (route: ServiceRoute): ServiceRoute {
  const http = route.Match?.HTTP
  return http == null ? route : { ...route, Match: { HTTP: { ...http, Methods: http.Methods?.map(method => method.toUpperCase()) ?? null } } }
}

function matchProblem (http: WeakValue<typeof httpMatch>): string | undefined {
  if (http.PathExact !== '' && !http.PathExact.startsWith('/')) return ` PathExact doesn't start with '/': ${goQuote(http.PathExact)}`
  if (http.PathPrefix !== '' && !http.PathPrefix.startsWith('/')) return ` PathPrefix doesn't start with '/': ${goQuote(http.PathPrefix)}`
  if (given(http.PathExact, http.PathPrefix, http.PathRegex) > 1) return ' should only contain at most one of PathExact, PathPrefix, or PathRegex'
  for (const [i, header] of (http.Header ?? []).entries()) {
    if (header.Name === '') return ` Header[${i}] missing required Name field`
    if (given(header.Present, header.Exact, header.Regex, header.Prefix, header.Suffix) !== 1) return ` Header[${i}] should only contain one of Present, Exact, Prefix, Suffix, or Regex`
  }
  for (const [i, query] of (http.QueryParam ?? []).entries()) {
    if (query.Name === '') return ` QueryParam[${i}] missing required Name field`
    if (given(query.Present, query.Exact, query.Regex) !== 1) return ` QueryParam[${i}] should only contain one of Present, Exact, or Regex`
  }
  return methodsProblem(http.Methods, ' ')
}

/** @param before what stands in front of the field's name */
export function methodsProblem (methods: readonly string[] | null, before: string): string | undefined {
  const seen = new Set<string>()
  for (const method of methods ?? []) {
    if (!isHttpMethod(method)) return `${before}Methods contains an invalid method ${goQuote(method)}`
    if (seen.has(method)) return `${before}Methods contains ${goQuote(method)} more than once`
    seen.add(method)
  }
  return undefined
}

function routeProblem (route: ServiceRoute): string | undefined {
  const http = route.Match?.HTTP ?? null
  const inMatch = http === null ? undefined : matchProblem(http)
  if (inMatch !== undefined || route.Destination === null) return inMatch
  if (route.Destination.PrefixRewrite !== '' && given(http?.PathExact ?? '', http?.PathPrefix ?? '') === 0) return ' cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix'
  const unknown = route.Destination.RetryOn?.find(condition => !RETRY_ON.includes(condition))
  return unknown === undefined ? undefined : ` contains an invalid retry condition: ${goQuote(unknown)}`
}

function * routeProblems (routes: ServiceRouter['Routes']): Iterable<string | undefined> {
  for (const [i, route] of (routes ?? []).entries()) {
    const problem = routeProblem(route)
    yield problem === undefined ? undefined : `Route[${i}]${problem}`
  }
}

export const serviceRouter: EntryKind<ServiceRouter> = {
  kind: 'service-router',
  shape: fields,
  normalize: entry => ({ ...entry, Routes: entry.Routes?.map(normalRoute) ?? null }),
  problem: entry => entry.Name === '' ? 'Name is required' : metaProblem(entry.Meta) ?? first(routeProblems(entry.Routes)),
}
