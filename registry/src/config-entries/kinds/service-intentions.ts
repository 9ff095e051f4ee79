// service-intentions: who may call a service, source by source. What intentions say about a call is ../../intentions' affair.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, listOfSome, optional, textMap, texts } from '../../http/decode/weak/weak-lists.js'
import { flag, int, text, textOf, time } from '../../http/decode/weak/weak-scalars.js'
import { severalErrors } from '../../catalog/service-rules.js'
import { ANY, COMMON, first, given } from '../entry-kind.js'
import { MAX_VALUE_LENGTH, metaErrors, metaProblem } from '../parts/meta-rules.js'
import { methodsProblem } from './service-router.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const jwt = shape('structs.IntentionJWTRequirement', {
  Providers: filled(listOfSome(shape('structs.IntentionJWTProvider', {
    Name: filled(text),
    VerifyClaims: filled(listOfSome(shape('structs.IntentionJWTClaimVerification', { Path: filled(texts), Value: filled(text) })), 'verify_claims'),
  }))),
})

const action = textOf('structs.IntentionAction')

/** What an L7 intention allows or denies; answers about intentions show it too. */
export const permission = shape('structs.IntentionPermission', {
  Action: always(action),
  HTTP: filled(optional(shape('structs.IntentionHTTPPermission', {
    PathExact: filled(text, 'path_exact'),
    PathPrefix: filled(text, 'path_prefix'),
    PathRegex: filled(text, 'path_regex'),
    Header: filled(list(shape('structs.IntentionHTTPHeaderPermission', {
      Name: always(text),
      Present: filled(flag),
      Exact: filled(text),
      Prefix: filled(text),
      Suffix: filled(text),
      Contains: filled(text),
      Regex: filled(text),
      Invert: filled(flag),
      IgnoreCase: filled(flag, 'ignore_case'),
    }))),
    Methods: filled(texts),
  }))),
  JWT: filled(optional(jwt)),
})

export const jwtRequirement = jwt

const source = shape('structs.SourceIntention', {
  /** `*` for all services. */
  Name: always(text),
  /** allow or deny; '' with permissions. */
  Action: filled(action),
  Permissions: filled(listOfSome(permission)),
  Precedence: always(int),
  /** Only of intentions that were made one by one, by id. */
  LegacyID: filled(text, 'legacy_id'),
  Type: always(textOf('structs.IntentionSourceType')),
  Description: filled(text),
  LegacyMeta: filled(textMap, 'legacy_meta'),
  LegacyCreateTime: filled(optional(time), 'legacy_create_time'),
  LegacyUpdateTime: filled(optional(time), 'legacy_update_time'),
  Peer: filled(text),
  SamenessGroup: filled(text, 'sameness_group'),
})

const fields = shape('structs.ServiceIntentionsConfigEntry', {
  Kind: always(text),
  /** The service that is called; `*` for all. */
  Name: always(text),
  /** By precedence, highest first. */
  Sources: always(listOfSome(source)),
  JWT: filled(optional(jwt)),
  ...COMMON,
})

export type ServiceIntentions = WeakValue<typeof fields>
export type SourceIntention = WeakValue<typeof source>
export type Permission = WeakValue<typeof permission>
export type JwtRequirement = WeakValue<typeof jwt>

/** Shown for a source alone, where it is changed by itself. */
export const sourceIntention = source

/** The closer an intention names both sides, the earlier it counts: the called one first. 9 exact/exact, 8 any/exact, 6 exact/any, 5 any/any. */
export const precedence = (source: string, destination: string): number => (destination === ANY ? 6 : 9) - (source === ANY ? 1 : 0)

const normalPermission = (of: Permission): Permission =>
  of.HTTP === null ? of : { ...of, HTTP: { ...of.HTTP, Methods: of.HTTP.Methods?.map(method => method.toUpperCase()) ?? null } }

/** @param legacy the entry is written by way of intentions with ids; any other write makes new ones of them */
export function normalIntentions (entry: ServiceIntentions, legacy: boolean): ServiceIntentions {
  const sources = entry.Sources?.map((of): SourceIntention => ({
    ...of,
    Type: of.Type === '' ? 'consul' : of.Type,
    Precedence: precedence(of.Name, entry.Name),
    Permissions: of.Permissions?.map(normalPermission) ?? null,
    ...(legacy ? { LegacyMeta: of.LegacyMeta ?? {} } : { LegacyID: '', LegacyCreateTime: null, LegacyUpdateTime: null }),
  })) ?? null
  return { ...entry, Sources: sources?.sort((a, b) => b.Precedence - a.Precedence) ?? null }
}

const nameProblem = (name: string): string | undefined =>
  name !== ANY && name.includes(ANY) ? "Name: wildcard character '*' cannot be used with partial values" : undefined

function jwtProblem (of: JwtRequirement | null): string | undefined {
  const nameless = (of?.Providers ?? []).filter(provider => provider.Name === '').map(() => 'JWT provider name is required')
  return nameless.length === 0 ? undefined : severalErrors(nameless)
}

const isAction = (text: string): boolean => text === 'allow' || text === 'deny'

function httpProblem (http: NonNullable<Permission['HTTP']>): string | undefined {
  if (http.PathExact !== '' && !http.PathExact.startsWith('/')) return `.PathExact doesn't start with '/': ${goQuote(http.PathExact)}`
  if (http.PathPrefix !== '' && !http.PathPrefix.startsWith('/')) return `.PathPrefix doesn't start with '/': ${goQuote(http.PathPrefix)}`
  const paths = given(http.PathExact, http.PathPrefix, http.PathRegex)
  if (paths > 1) return ' should only contain at most one of PathExact, PathPrefix, or PathRegex'
  for (const [k, header] of (http.Header ?? []).entries()) {
    if (header.Name === '') return `.Header[${k}] missing required Name field`
    if (given(header.Present, header.Exact, header.Regex, header.Prefix, header.Suffix, header.Contains) !== 1) return `.Header[${k}] should only contain one of Present, Exact, Prefix, Suffix, Contains, or Regex`
    if (header.IgnoreCase && (header.Present || header.Regex !== '')) return `.Header[${k}] should set one of Exact, Prefix, Suffix, or Contains when using IgnoreCase`
  }
  return methodsProblem(http.Methods, '.') ?? (paths + (http.Header?.length ?? 0) + (http.Methods?.length ?? 0) === 0 ? ' should not be empty' : undefined)
}

function permissionProblem (of: Permission, at: string): string | undefined {
  if (!isAction(of.Action)) return `${at}.Action must be set to 'allow' or 'deny'`
  if (of.HTTP === null) return `${at}.HTTP is required`
  const problem = httpProblem(of.HTTP)
  return problem === undefined ? jwtProblem(of.JWT) : `${at}.HTTP${problem}`
}

function * legacyProblems (of: SourceIntention, at: string, legacy: boolean): Iterable<string | undefined> {
  const words = [['LegacyCreateTime', of.LegacyCreateTime !== null], ['LegacyUpdateTime', of.LegacyUpdateTime !== null], ['LegacyID', of.LegacyID !== '']] as const
  if (legacy) {
    if (of.Peer !== '') yield `${at}.Peer cannot be set by legacy intentions`
    yield metaErrors(of.LegacyMeta, `${at}.Meta`)[0]
  } else if (Object.keys(of.LegacyMeta ?? {}).length > 0) yield `${at}.LegacyMeta must be omitted`
  for (const [field, there] of words) if (there !== legacy) yield `${at}.${field} must be ${legacy ? 'set' : 'omitted'}`
}

function * sourceProblems (of: SourceIntention, at: string, destination: string, legacy: boolean): Iterable<string | undefined> {
  const permissions = of.Permissions ?? []
  if (of.Name === '') yield `${at}.Name is required`
  if (of.SamenessGroup !== '') yield `${at}.SamenessGroup: Sameness groups are a Consul Enterprise feature. `
  const name = nameProblem(of.Name)
  if (name !== undefined) yield `${at}.${name}`
  if (of.Peer.includes(ANY)) yield `${at}.Peer: cannot use wildcard '*' in peer`
  if (Buffer.byteLength(of.Description) > MAX_VALUE_LENGTH) yield `${at}.Description exceeds maximum length ${MAX_VALUE_LENGTH}`
  yield * legacyProblems(of, at, legacy)
  if ((legacy || permissions.length === 0) && !isAction(of.Action)) yield `${at}.Action must be set to 'allow' or 'deny'`
  if (permissions.length > 0 && of.Action !== '') yield `${at}.Action must be omitted if Permissions are specified`
  if (permissions.length > 0 && destination === ANY) yield `${at}.Permissions cannot be specified on intentions with wildcarded destinations`
  if (of.Type !== 'consul') yield `${at}.Type must be set to 'consul'`
  for (const [j, inner] of permissions.entries()) yield permissionProblem(inner, `${at}.Permissions[${j}]`)
}

function * problems (entry: ServiceIntentions, legacy: boolean): Iterable<string | undefined> {
  if (entry.Name === '') yield 'Name is required'
  yield nameProblem(entry.Name)
  yield jwtProblem(entry.JWT)
  if (!legacy) yield metaProblem(entry.Meta)
  else if (Object.keys(entry.Meta ?? {}).length > 0) yield 'Meta must be omitted for legacy intention writes'
  if (entry.Sources === null || entry.Sources.length === 0) yield 'At least one source is required'
  const seen = new Set<string>()
  for (const [i, of] of (entry.Sources ?? []).entries()) {
    yield * sourceProblems(of, `Sources[${i}]`, entry.Name, legacy)
    const key = JSON.stringify([of.Peer, of.Name])
    if (seen.has(key)) yield `Sources[${i}] defines ${of.Peer === '' ? '' : `peer(${goQuote(of.Peer)}) `}${goQuote(of.Name)} more than once`
    seen.add(key)
  }
}

export const intentionsProblem = (entry: ServiceIntentions, legacy: boolean): string | undefined => first(problems(entry, legacy))

export const hasPermissions = (entry: ServiceIntentions): boolean => entry.Sources?.some(of => (of.Permissions?.length ?? 0) > 0) ?? false

export const serviceIntentions: EntryKind<ServiceIntentions> = {
  kind: 'service-intentions',
  shape: fields,
  normalize: entry => normalIntentions(entry, false),
  problem: entry => intentionsProblem(entry, false),
}
