// http-route: which requests to an API gateway go to which services, by path, header, query and method.

import { goQuote } from '../../http/decode/go-text.js'
import { always, shape } from '../../http/decode/weak/shape.js'
import { list, optional, textMap, texts } from '../../http/decode/weak/weak-lists.js'
import { durationNs, flag, int, text, textOf, uint32 } from '../../http/decode/weak/weak-scalars.js'
import { ANY, COMMON, first } from '../entry-kind.js'
import { isDomainName } from '../parts/domain-name.js'
import { isHttpMethod } from '../parts/http-parts.js'
import { metaProblem } from '../parts/meta-rules.js'
import { references, status } from '../parts/references.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'
import type { Reference } from '../parts/references.js'

const headerFilters = list(shape('structs.HTTPHeaderFilter', { Add: always(textMap), Remove: always(texts), Set: always(textMap) }))

const filters = shape('structs.HTTPFilters', {
  Headers: always(headerFilters),
  URLRewrite: always(optional(shape('structs.URLRewrite', { Path: always(text) }))),
  RetryFilter: always(optional(shape('structs.RetryFilter', {
    NumRetries: always(uint32),
    RetryOn: always(texts),
    RetryOnStatusCodes: always(list(uint32)),
    RetryOnConnectFailure: always(flag),
  }))),
  TimeoutFilter: always(optional(shape('structs.TimeoutFilter', { RequestTimeout: always(durationNs), IdleTimeout: always(durationNs) }))),
  JWT: always(optional(shape('structs.JWTFilter', {}))),
})

const responseFilters = shape('structs.HTTPResponseFilters', { Headers: always(headerFilters) })

const match = shape('structs.HTTPMatch', {
  Headers: always(list(shape('structs.HTTPHeaderMatch', { Match: always(textOf('structs.HTTPHeaderMatchType')), Name: always(text), Value: always(text) }))),
  /** '' for all. */
  Method: always(textOf('structs.HTTPMatchMethod')),
  Path: always(shape('structs.HTTPPathMatch', { Match: always(textOf('structs.HTTPPathMatchType')), Value: always(text) })),
  Query: always(list(shape('structs.HTTPQueryMatch', { Match: always(textOf('structs.HTTPQueryMatchType')), Name: always(text), Value: always(text) }))),
})

const service = shape('structs.HTTPService', {
  Name: always(text),
  /** Share among the services of the rule. */
  Weight: always(int),
  Filters: always(filters),
  ResponseFilters: always(responseFilters),
})

const rule = shape('structs.HTTPRouteRule', {
  Filters: always(filters),
  ResponseFilters: always(responseFilters),
  Matches: always(list(match)),
  Services: always(list(service)),
})

const fields = shape('structs.HTTPRouteConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Parents: always(references),
  Rules: always(list(rule)),
  Hostnames: always(texts),
  Status: always(status),
  ...COMMON,
})

export type HttpRoute = WeakValue<typeof fields>
type Match = WeakValue<typeof match>

const PATHS: readonly string[] = ['exact', 'prefix', 'regex']
const HEADERS: readonly string[] = ['exact', 'prefix', 'present', 'regex', 'suffix']
const QUERIES: readonly string[] = ['exact', 'present', 'regex']

/** A parent without a kind is an API gateway. */
export const normalParents = (parents: readonly Reference[] | null): readonly Reference[] | null => parents?.map(parent => parent.Kind === '' ? { ...parent, Kind: 'api-gateway' } : parent) ?? null

export function * parentProblems (parents: readonly Reference[] | null): Iterable<string | undefined> {
  const seen = new Set<string>()
  for (const parent of parents ?? []) {
    if (parent.Kind !== 'api-gateway') yield `unsupported parent kind: ${goQuote(parent.Kind)}, must be 'api-gateway'`
    const key = JSON.stringify([parent.Name, parent.SectionName])
    if (seen.has(key)) yield 'route parents must be unique'
    seen.add(key)
  }
}

const normalMatch = (of: Match): Match => ({ ...of, Method: of.Method.toUpperCase(), Path: of.Path.Match === '' ? { Match: 'prefix', Value: '/' } : of.Path })

const normalize = (entry: HttpRoute): HttpRoute => ({
  ...entry,
  Parents: normalParents(entry.Parents),
  Rules: entry.Rules?.map(of => ({
    ...of,
    Matches: of.Matches?.map(normalMatch) ?? null,
    Services: of.Services?.map(to => to.Weight <= 0 ? { ...to, Weight: 1 } : to) ?? null,
  })) ?? null,
})

const namedProblem = (of: { readonly Match: string, readonly Name: string }, kinds: readonly string[], words: string): string | undefined =>
  of.Name === '' ? 'missing required Name field' : kinds.includes(of.Match) ? undefined : `match type should be one of ${words}`

function * matchProblems (of: Match): Iterable<string | undefined> {
  if (of.Method !== '' && !isHttpMethod(of.Method)) yield `Method contains an invalid method ${goQuote(of.Method)}`
  for (const [i, query] of (of.Query ?? []).entries()) yield within(`Query[${i}]`, namedProblem(query, QUERIES, 'present, exact, or regex'))
  for (const [i, header] of (of.Headers ?? []).entries()) yield within(`Headers[${i}]`, namedProblem(header, HEADERS, 'present, exact, prefix, suffix, or regex'))
  const { Match, Value } = of.Path
  if (!PATHS.includes(Match)) yield 'Path, match type should be one of exact, prefix, or regex'
  if (Match !== 'regex' && !Value.startsWith('/')) yield `Path, ${Match} type match doesn't start with '/': ${goQuote(Value)}`
}

const within = (where: string, problem: string | undefined): string | undefined => problem === undefined ? undefined : `${where}, ${problem}`

function * problems (entry: HttpRoute): Iterable<string | undefined> {
  for (const host of entry.Hostnames ?? []) {
    if (!isDomainName(host)) yield `host ${goQuote(host)} must be a valid DNS hostname`
    if (host.includes(ANY)) yield `host ${goQuote(host)} must not be a wildcard`
  }
  yield * parentProblems(entry.Parents)
  yield metaProblem(entry.Meta)
  for (const [i, of] of (entry.Rules ?? []).entries()) {
    for (const [j, inner] of (of.Matches ?? []).entries()) yield within(`Rule[${i}], Match[${j}]`, first(matchProblems(inner)))
  }
}

export const httpRoute: EntryKind<HttpRoute> = { kind: 'http-route', shape: fields, normalize, problem: entry => first(problems(entry)) }
