// service-resolver: which instances stand for a service: subsets by filter, a redirect to another service, where to go when nobody is well, how to balance.

import { whyNotFilter } from '../../catalog/filter/filter.js'
import { goQuote } from '../../http/decode/go-text.js'
import { formatDuration } from '../../http/decode/duration.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, mapOf, optional, texts } from '../../http/decode/weak/weak-lists.js'
import { duration, durationNs, flag, text, uint32, uint64 } from '../../http/decode/weak/weak-scalars.js'
import { ANY, COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import { failoverPolicy, failoverPolicyProblem, localityProblem, prioritizeByLocality } from './proxy-defaults.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

/** A part of a service's instances; the discovery chain shows it too. */
export const resolverSubset = shape('structs.ServiceResolverSubset', {
  /** An expression of the filter language over health entries; '' is all. */
  Filter: filled(text),
  /** Leave out instances with a warning. */
  OnlyPassing: filled(flag, 'only_passing'),
})

const redirect = shape('structs.ServiceResolverRedirect', {
  Service: filled(text),
  ServiceSubset: filled(text, 'service_subset'),
  Namespace: filled(text),
  Partition: filled(text),
  Datacenter: filled(text),
  Peer: filled(text),
  SamenessGroup: filled(text),
})

const failoverTarget = shape('structs.ServiceResolverFailoverTarget', {
  Service: filled(text),
  ServiceSubset: filled(text, 'service_subset'),
  Partition: filled(text),
  Namespace: filled(text),
  Datacenter: filled(text),
  Peer: filled(text),
})

const failover = shape('structs.ServiceResolverFailover', {
  Service: filled(text),
  ServiceSubset: filled(text, 'service_subset'),
  Namespace: filled(text),
  Datacenters: filled(texts),
  Targets: filled(list(failoverTarget)),
  Policy: filled(optional(failoverPolicy)),
  SamenessGroup: filled(text),
})

/** The discovery chain shows it too. */
export const loadBalancer = shape('structs.LoadBalancer', {
  Policy: filled(text),
  RingHashConfig: filled(optional(shape('structs.RingHashConfig', {
    MinimumRingSize: filled(uint64, 'minimum_ring_size'),
    MaximumRingSize: filled(uint64, 'maximum_ring_size'),
  })), 'ring_hash_config'),
  LeastRequestConfig: filled(optional(shape('structs.LeastRequestConfig', { ChoiceCount: filled(uint32, 'choice_count') })), 'least_request_config'),
  HashPolicies: filled(list(shape('structs.HashPolicy', {
    Field: filled(text),
    FieldValue: filled(text, 'field_value'),
    CookieConfig: filled(optional(shape('structs.CookieConfig', { Session: filled(flag), TTL: filled(durationNs), Path: filled(text) })), 'cookie_config'),
    SourceIP: filled(flag, 'source_ip'),
    Terminal: filled(flag),
  })), 'hash_policies'),
})

const fields = shape('structs.ServiceResolverConfigEntry', {
  /** ns; 0 means: the usual one. */
  ConnectTimeout: filled(duration, 'connect_timeout'),
  /** ns */
  RequestTimeout: filled(duration, 'request_timeout'),
  Kind: always(text),
  Name: always(text),
  DefaultSubset: filled(text, 'default_subset'),
  Subsets: filled(mapOf(resolverSubset)),
  Redirect: filled(optional(redirect)),
  /** By subset; `*` for those that are not named. */
  Failover: filled(mapOf(failover)),
  PrioritizeByLocality: filled(optional(prioritizeByLocality), 'prioritize_by_locality'),
  LoadBalancer: filled(optional(loadBalancer), 'load_balancer'),
  ...COMMON,
})

export type ServiceResolver = WeakValue<typeof fields>
export type ResolverRedirect = WeakValue<typeof redirect>
export type ResolverFailover = WeakValue<typeof failover>
export type LoadBalancer = WeakValue<typeof loadBalancer>
type FailoverTarget = WeakValue<typeof failoverTarget>

export const hasSubset = (entry: Pick<ServiceResolver, 'Subsets'>, subset: string): boolean => entry.Subsets !== null && Object.hasOwn(entry.Subsets, subset)

/** RFC 1035 and 1123: a subset's name is a label of the server name by which it is called. */
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const MAX_LABEL = 63

function * subsetProblems (entry: ServiceResolver): Iterable<string | undefined> {
  for (const [name, { Filter }] of Object.entries(entry.Subsets ?? {})) {
    if (name === '') yield 'Subset defined with empty name'
    if (name.length > MAX_LABEL) yield `Subset ${goQuote(name)} is invalid: must be non-empty and 63 characters or fewer`
    if (!LABEL.test(name)) yield `Subset ${goQuote(name)} is invalid: must be 63 characters or fewer, begin or end with lower case alphanumeric characters, and contain lower case alphanumeric characters or '-' in between`
    // Only the syntax is judged: what a filter names may come later.
    const wrong = Filter === '' ? undefined : whyNotFilter(Filter)
    yield wrong === undefined ? undefined : `Filter for subset ${goQuote(name)} is not a valid expression: ${wrong}`
  }
  if (entry.DefaultSubset !== '' && !hasSubset(entry, entry.DefaultSubset)) yield `DefaultSubset ${goQuote(entry.DefaultSubset)} is not a valid subset`
}

/** Pairs of settings that exclude each other. */
type Exclusion<T> = readonly [a: keyof T & string, b: keyof T & string, text: string]

const REDIRECT_EXCLUDES: ReadonlyArray<Exclusion<ResolverRedirect>> = [
  ['Peer', 'ServiceSubset', 'Redirect.Peer cannot be set with Redirect.ServiceSubset'],
  ['Peer', 'Datacenter', 'Redirect.Peer cannot be set with Redirect.Datacenter'],
]

const TARGET_EXCLUDES: ReadonlyArray<Exclusion<FailoverTarget>> = [
  ['Peer', 'ServiceSubset', 'Peer cannot be set with ServiceSubset'],
  ['Peer', 'Datacenter', 'Peer cannot be set with Datacenter'],
]

const excluded = <T> (of: T, exclusions: ReadonlyArray<Exclusion<T>>): string | undefined => exclusions.find(([a, b]) => of[a] !== '' && of[b] !== '')?.[2]

/** Settings of the enterprise edition, in the order in which they are refused. */
const enterprise = (of: object, ...fields: readonly string[]): string | undefined => {
  const field = fields.find(name => ((of as Record<string, unknown>)[name] ?? '') !== '')
  return field === undefined ? undefined : `Setting ${field} requires Consul Enterprise`
}

function redirectProblem (entry: ServiceResolver, to: ResolverRedirect): string | undefined {
  const word = enterprise(to, 'Partition', 'Namespace', 'SamenessGroup')
  if (word !== undefined) return `Redirect: ${word}`
  if (Object.keys(entry.Failover ?? {}).length > 0) return 'Redirect and Failover cannot both be set'
  if (Object.values(to).every(value => value === '')) return 'Redirect is empty'
  const clash = excluded(to, REDIRECT_EXCLUDES)
  if (clash !== undefined) return clash
  if (to.Service === '') return to.ServiceSubset !== '' ? 'Redirect.ServiceSubset defined without Redirect.Service' : to.Peer !== '' ? 'Redirect.Peer defined without Redirect.Service' : undefined
  return to.ServiceSubset !== '' && to.Service === entry.Name && !hasSubset(entry, to.ServiceSubset) ? `Redirect.ServiceSubset ${goQuote(to.ServiceSubset)} is not a valid subset of ${goQuote(entry.Name)}` : undefined
}

function failoverProblem (entry: ServiceResolver, subset: string, to: ResolverFailover): string | undefined {
  const word = enterprise(to, 'Namespace', 'SamenessGroup')
  if (word !== undefined) return `: ${word}`
  if (subset !== ANY && !hasSubset(entry, subset)) return ': not a valid subset subset'
  const targets = to.Targets ?? []
  const datacenters = to.Datacenters ?? []
  if (to.Service === '' && to.ServiceSubset === '' && datacenters.length === 0 && targets.length === 0) return ': one of Service, ServiceSubset, Namespace, Targets, SamenessGroup, or Datacenters is required'
  if (to.Policy !== null && to.Policy.Mode !== '') return ': Setting failover policies requires Consul Enterprise'
  const policy = failoverPolicyProblem(to.Policy)
  if (policy !== undefined) return `: ${policy}`
  if (to.ServiceSubset !== '' && (to.Service === '' || to.Service === entry.Name) && !hasSubset(entry, to.ServiceSubset)) return `: ServiceSubset ${goQuote(to.ServiceSubset)} is not a valid subset of ${goQuote(to.Service)}`
  if (targets.length > 0) {
    if (datacenters.length > 0) return ': Targets cannot be set with Datacenters'
    if (to.ServiceSubset !== '') return ': Targets cannot be set with ServiceSubset'
    if (to.Service !== '') return ': Targets cannot be set with Service'
  }
  for (const [i, target] of targets.entries()) {
    const problem = enterprise(target, 'Partition', 'Namespace') ?? excluded(target, TARGET_EXCLUDES)
    if (problem !== undefined) return `.Targets[${i}]: ${problem}`
    if (target.ServiceSubset !== '' && (target.Service === '' || target.Service === entry.Name) && !hasSubset(entry, target.ServiceSubset)) return `.Targets[${i}]: ServiceSubset ${goQuote(target.ServiceSubset)} is not a valid subset of ${goQuote(entry.Name)}`
  }
  return datacenters.includes('') ? '.Datacenters: found empty datacenter' : undefined
}

function * failoverProblems (entry: ServiceResolver): Iterable<string | undefined> {
  for (const [subset, to] of Object.entries(entry.Failover ?? {})) {
    const problem = failoverProblem(entry, subset, to)
    yield problem === undefined ? undefined : `Bad Failover[${goQuote(subset)}]${problem}`
  }
}

const POLICIES: readonly string[] = ['', 'random', 'round_robin', 'least_request', 'ring_hash', 'maglev']
const HASHING: readonly string[] = ['ring_hash', 'maglev']
const HASHED: readonly string[] = ['header', 'cookie', 'query_parameter']

/** Whether a caller's requests keep to one instance. */
export const isHashBased = (balancer: LoadBalancer | null): boolean => balancer !== null && HASHING.includes(balancer.Policy)

function balancerProblem (balancer: LoadBalancer): string | undefined {
  const { Policy, RingHashConfig, LeastRequestConfig, HashPolicies } = balancer
  if (!POLICIES.includes(Policy)) return `Bad LoadBalancer policy: ${goQuote(Policy)} is not supported`
  if (Policy !== 'ring_hash' && RingHashConfig !== null) return `Bad LoadBalancer configuration. RingHashConfig specified for incompatible load balancing policy ${goQuote(Policy)}`
  if (Policy !== 'least_request' && LeastRequestConfig !== null) return `Bad LoadBalancer configuration. LeastRequestConfig specified for incompatible load balancing policy ${goQuote(Policy)}`
  const policies = HashPolicies ?? []
  if (!isHashBased(balancer) && policies.length > 0) return `Bad LoadBalancer configuration: HashPolicies specified for non-hash-based Policy: ${goQuote(Policy)}`
  for (const [i, { Field, FieldValue, SourceIP, CookieConfig }] of policies.entries()) {
    const at = `Bad LoadBalancer HashPolicy[${i}]:`
    if (Field !== '' && !HASHED.includes(Field)) return `${at} ${goQuote(Field)} is not a supported field`
    if (SourceIP && Field !== '') return `${at} A single hash policy cannot hash both a source address and a ${goQuote(Field)}`
    if (SourceIP && FieldValue !== '') return `${at} A FieldValue cannot be specified when hashing SourceIP`
    if (Field !== '' && FieldValue === '') return `${at} Field ${goQuote(Field)} was specified without a FieldValue`
    if (FieldValue !== '' && Field === '') return `${at} FieldValue requires a Field to apply to`
    if (CookieConfig === null) continue
    if (Field !== 'cookie') return `${at} cookie_config provided for ${goQuote(Field)}`
    if (CookieConfig.Session && CookieConfig.TTL !== 0) return `${at} a session cookie cannot have an associated TTL`
  }
  return undefined
}

function * problems (entry: ServiceResolver): Iterable<string | undefined> {
  yield entry.Name === '' ? 'Name is required' : metaProblem(entry.Meta)
  yield * subsetProblems(entry)
  yield localityProblem(entry.PrioritizeByLocality)
  yield entry.Redirect === null ? undefined : redirectProblem(entry, entry.Redirect)
  yield * failoverProblems(entry)
  for (const field of ['ConnectTimeout', 'RequestTimeout'] as const) yield entry[field] < 0 ? `Bad ${field} '${formatDuration(entry[field])}', must be >= 0` : undefined
  yield entry.LoadBalancer === null ? undefined : balancerProblem(entry.LoadBalancer)
}

export const serviceResolver: EntryKind<ServiceResolver> = { kind: 'service-resolver', shape: fields, problem: entry => first(problems(entry)) }
