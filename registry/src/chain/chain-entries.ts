// The entries that a discovery chain is made of: from the service's router over splitters to resolvers, each with its defaults. What is looked for and not
// there is part of the answer, as it would change the chain if it came.

import type { EntrySource } from '../config-entries/entry-source.js'
import type { ProxyDefaults } from '../config-entries/kinds/proxy-defaults.js'
import type { ServiceDefaults } from '../config-entries/kinds/service-defaults.js'
import type { ServiceResolver } from '../config-entries/kinds/service-resolver.js'
import type { ServiceRouter } from '../config-entries/kinds/service-router.js'
import type { ServiceSplitter } from '../config-entries/kinds/service-splitter.js'
import type { EntryOf } from '../config-entries/kinds.js'

export interface ChainEntries {
  readonly router: ServiceRouter | undefined
  /** By service, as its name is written where it is referred to. */
  readonly splitters: ReadonlyMap<string, ServiceSplitter>
  readonly resolvers: ReadonlyMap<string, ServiceResolver>
  readonly defaults: ReadonlyMap<string, ServiceDefaults>
  readonly proxyDefaults: ProxyDefaults | undefined
  /** Every entry that was looked for, there or not. */
  readonly looked: ReadonlyArray<readonly [kind: keyof EntryOf, name: string]>
}

/** Services that a router leads to, its own among them: it has a route for the rest. */
export const routedTo = (router: ServiceRouter): string[] => [router.Name, ...(router.Routes ?? []).map(route => route.Destination?.Service || router.Name)]

export const splitTo = (splitter: ServiceSplitter): string[] => (splitter.Splits ?? []).map(split => split.Service || splitter.Name)

/** Services of other clusters are not known here. */
export function resolvedTo ({ Name, Redirect, Failover }: ServiceResolver): string[] {
  const found = Redirect === null ? [] : [Redirect.Service || Name]
  for (const failover of Object.values(Failover ?? {})) {
    const targets = failover.Targets ?? []
    if (targets.length === 0) found.push(failover.Service || Name)
    for (const target of targets) if (target.Peer === '') found.push(target.Service || Name)
  }
  return found
}

/** Everything that the chain of `service` depends on. */
export function chainEntries (source: EntrySource, service: string): ChainEntries {
  const looked: Array<readonly [keyof EntryOf, string]> = []
  const look = <K extends keyof EntryOf> (kind: K, name: string): EntryOf[K] | undefined => {
    looked.push([kind, name])
    return source.entry(kind, name)
  }
  const splitters = new Map<string, ServiceSplitter>()
  const resolvers = new Map<string, ServiceResolver>()
  const defaults = new Map<string, ServiceDefaults>()
  const router = look('service-router', service)
  const split = reached(router === undefined ? [service] : routedTo(router), name => {
    const splitter = look('service-splitter', name)
    if (splitter === undefined) return []
    splitters.set(name, splitter)
    return splitTo(splitter)
  })
  const resolved = reached(split, name => {
    const resolver = look('service-resolver', name)
    if (resolver === undefined) return []
    resolvers.set(name, resolver)
    return resolvedTo(resolver)
  })
  for (const name of new Set([service, ...split, ...resolved])) {
    const of = look('service-defaults', name)
    if (of !== undefined) defaults.set(name, of)
  }
  return { router, splitters, resolvers, defaults, proxyDefaults: look('proxy-defaults', 'global'), looked }
}

/** All that is reached from `from`, each once. */
function reached (from: Iterable<string>, step: (name: string) => Iterable<string>): Set<string> {
  const seen = new Set(from)
  // A set that grows while it is walked is walked to its end.
  for (const name of seen) for (const next of step(name)) seen.add(next)
  return seen
}
