// How entries must fit together: a change that would break a discovery chain, a gateway's listener or an intention that looks into requests is refused,
// a deletion too. Laws of one entry alone are its kind's.

import { severalErrors } from '../catalog/service-rules.js'
import { chainEntries, resolvedTo, routedTo, splitTo } from '../chain/chain-entries.js'
import { ChainError } from '../chain/chain.js'
import { compileChain } from '../chain/compile.js'
import { goQuote } from '../http/decode/go-text.js'
import { ANY } from './entry-kind.js'
import { withEntry } from './entry-source.js'
import { CHAIN_KINDS, exportedToPeers, exportProblem } from './exported.js'
import { hasPermissions } from './kinds/service-intentions.js'
import { isHttpLike } from './parts/http-parts.js'
import type { Chain } from '../chain/chain.js'
import type { EntrySource } from './entry-source.js'
import type { IngressGateway } from './kinds/ingress-gateway.js'
import type { ServiceIntentions } from './kinds/service-intentions.js'
import type { EntryOf } from './kinds.js'

/** A change to one entry; `entry` is `undefined` when it is deleted. */
export interface EntryChange {
  readonly kind: string
  readonly name: string
  readonly entry: object | undefined
}

/** Chains are compiled only to see whether they compile: neither word is told to anybody. */
const SOMEWHERE = { datacenter: 'dc1', trustDomain: 'consul' }

/** Kinds that are part of chains; a change to one concerns the chain of its service and those that lead to it. */
const IN_CHAINS: readonly string[] = ['service-defaults', ...CHAIN_KINDS]

/** What the change would break, in Consul's words; `undefined` when nothing. */
export function graphProblem (before: EntrySource, change: EntryChange): string | undefined {
  const after = withEntry(before, change.kind, change.name, change.entry)
  return ownProblem(before, change) ?? serviceProblem(before, after, change)
}

const typed = <K extends keyof EntryOf> (kind: K, { kind: of, entry }: EntryChange): EntryOf[K] | undefined => kind === of ? entry as EntryOf[K] | undefined : undefined

/** What concerns other entries, but no chain. */
function ownProblem (before: EntrySource, change: EntryChange): string | undefined {
  switch (change.kind) {
    case 'proxy-defaults':
    case 'service-defaults': return permissiveProblem(before, change.kind, change)
    case 'ingress-gateway': return clashProblem(before, change, 'terminating-gateway')
    case 'terminating-gateway': return clashProblem(before, change, 'ingress-gateway')
    case 'service-intentions': return missingProviders(before, typed('service-intentions', change))
    case 'jwt-provider': return change.entry === undefined ? usedProvider(before, change.name) : undefined
    default: return undefined
  }
}

/** Whether proxies may take calls without a certificate is said once for the whole mesh. What was permissive before may stay so. */
function permissiveProblem (before: EntrySource, kind: 'proxy-defaults' | 'service-defaults', change: EntryChange): string | undefined {
  if ((change.entry as { readonly MutualTLSMode: string } | undefined)?.MutualTLSMode !== 'permissive') return undefined
  if (before.entry(kind, change.name)?.MutualTLSMode === 'permissive' || before.entry('mesh', 'mesh')?.AllowEnablingPermissiveMutualTLS === true) return undefined
  return 'cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in the mesh config entry'
}

const clashProblem = (before: EntrySource, { kind, name }: EntryChange, other: 'ingress-gateway' | 'terminating-gateway'): string | undefined =>
  before.entry(other, name) === undefined ? undefined : `cannot create a ${goQuote(kind)} config entry with name ${goQuote(name)}, a ${goQuote(other)} config entry with that name already exists`

/** Providers of tokens that an entry asks for, each once. */
function providersOf (of: ServiceIntentions): Set<string> {
  const requirements = [of.JWT, ...(of.Sources ?? []).flatMap(source => (source.Permissions ?? []).map(permission => permission.JWT))]
  return new Set(requirements.flatMap(requirement => (requirement?.Providers ?? []).map(provider => provider.Name)))
}

function missingProviders (before: EntrySource, of: ServiceIntentions | undefined): string | undefined {
  if (of === undefined) return undefined
  const missing = [...providersOf(of)].filter(name => before.entry('jwt-provider', name) === undefined)
  return missing.length === 0 ? undefined : severalErrors(missing.map(name => `Referenced JWT Provider does not exist. Provider Name: ${name}`))
}

function usedProvider (before: EntrySource, provider: string): string | undefined {
  const user = before.entries('service-intentions').find(of => providersOf(of).has(provider))
  return user && `cannot delete jwt provider config entry referenced by an intention. Provider name: ${provider}, intention name: ${user.Name}`
}

/** What has to be looked at again. */
interface Concerned {
  readonly chains: Set<string>
  readonly ingresses: readonly IngressGateway[]
  readonly intentions: readonly ServiceIntentions[]
  /** A gateway that is changed itself must say the protocol of its services, whatever they are. */
  readonly strict: boolean
}

function concerned (after: EntrySource, change: EntryChange): Concerned {
  const { kind, name } = change
  const none: Concerned = { chains: new Set(), ingresses: [], intentions: [], strict: false }
  const ingress = typed('ingress-gateway', change)
  if (ingress !== undefined) return { ...none, ingresses: [ingress], strict: true }
  const intentions = typed('service-intentions', change)
  if (intentions !== undefined) return { ...none, intentions: [intentions] }
  if (kind === 'proxy-defaults') {
    const chains = CHAIN_KINDS.flatMap(of => after.entries(of).map(entry => entry.Name))
    return { ...none, chains: new Set(chains), ingresses: after.entries('ingress-gateway'), intentions: after.entries('service-intentions') }
  }
  if (!IN_CHAINS.includes(kind)) return none
  const chains = new Set([name])
  for (const router of after.entries('service-router')) if (routedTo(router).includes(name)) chains.add(router.Name)
  for (const splitter of after.entries('service-splitter')) if (splitTo(splitter).includes(name)) chains.add(splitter.Name)
  for (const resolver of after.entries('service-resolver')) if (resolvedTo(resolver).includes(name)) chains.add(resolver.Name)
  return {
    ...none,
    chains,
    ingresses: after.entries('ingress-gateway').filter(gateway => servicesOf(gateway).includes(name)),
    intentions: after.entries('service-intentions').filter(of => chains.has(of.Name)),
  }
}

/** Services that a gateway names. Wildcards stand for services that fit anyway. */
const servicesOf = (gateway: IngressGateway): string[] =>
  (gateway.Listeners ?? []).flatMap(listener => (listener.Services ?? []).map(service => service.Name)).filter(name => name !== ANY)

function serviceProblem (before: EntrySource, after: EntrySource, change: EntryChange): string | undefined {
  if (change.kind === 'exported-services') return change.entry === undefined ? undefined : firstProblem(exportedToPeers(after), service => exportProblem(after, service))
  const { chains, ingresses, intentions, strict } = concerned(after, change)
  const looking = intentions.filter(of => of.Name !== ANY && hasPermissions(of))
  for (const gateway of ingresses) for (const service of servicesOf(gateway)) chains.add(service)
  for (const of of looking) chains.add(of.Name)
  const compiled = new Map<string, Chain>()
  try {
    for (const service of chains) compiled.set(service, compile(after, service))
  } catch (error) {
    if (error instanceof ChainError) return error.message
    throw error
  }
  const exported = exportedToPeers(after)
  return firstProblem(compiled, ([service, chain]) => exported.has(service) ? exportProblem(after, service) ?? newTargetProblem(before, service, chain) : undefined) ??
    firstProblem(ingresses, gateway => listenerProblem(gateway, compiled, strict)) ??
    firstProblem(looking, of => permissionsProblem(of, compiled.get(of.Name)!))
}

function firstProblem<T> (of: Iterable<T>, problem: (each: T) => string | undefined): string | undefined {
  for (const each of of) {
    const found = problem(each)
    if (found !== undefined) return found
  }
  return undefined
}

const compile = (source: EntrySource, service: string): Chain => compileChain(chainEntries(source, service), { service, ...SOMEWHERE })

/** Callers in other clusters know an L4 service by the identities of its targets: no new ones may come while it is exported. */
function newTargetProblem (before: EntrySource, service: string, chain: Chain): string | undefined {
  if (isHttpLike(chain.protocol)) return undefined
  const identity = ({ service, datacenter, external, peer }: { readonly service: string, readonly datacenter: string, readonly external: boolean, readonly peer: string }): string | undefined =>
    external || peer !== '' ? undefined : `${service}/${datacenter}`
  const known = new Set([...compile(before, service).targets.values()].map(identity))
  const stranger = [...chain.targets.values()].find(target => !known.has(identity(target)))
  return stranger && `peer exported service ${goQuote(service)} uses protocol=${goQuote(chain.protocol)} and cannot introduce new discovery chain targets like ${goQuote(stranger.id)}`
}

function listenerProblem (gateway: IngressGateway, chains: ReadonlyMap<string, Chain>, strict: boolean): string | undefined {
  for (const { Protocol, Services } of gateway.Listeners ?? []) {
    for (const { Name } of Services ?? []) {
      const chain = Name === ANY ? undefined : chains.get(Name)
      if (chain === undefined || chain.protocol === Protocol) continue
      // A listener that does not look into requests carries any, as long as nobody on the way has to.
      const carries = !strict && Protocol === 'tcp' && chain.nodes.get(chain.start)?.type === 'resolver'
      if (!carries) return `service ${goQuote(Name)} has protocol ${goQuote(chain.protocol)}, which does not match defined listener protocol ${goQuote(Protocol)}`
    }
  }
  return undefined
}

const permissionsProblem = ({ Name }: ServiceIntentions, { protocol }: Chain): string | undefined =>
  isHttpLike(protocol) ? undefined : `service ${goQuote(Name)} has protocol ${goQuote(protocol)}, which is incompatible with L7 intentions permissions`
