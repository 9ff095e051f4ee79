// Which services other clusters may call, and what their chains must not do then: what lies beyond this datacenter cannot be reached from there.

import { chainEntries } from '../chain/chain-entries.js'
import { goQuote } from '../http/decode/go-text.js'
import { ANY } from './entry-kind.js'
import type { EntrySource } from './entry-source.js'
import type { ExportedServices } from './kinds/exported-services.js'

/** Entries that make a chain of a service. */
export const CHAIN_KINDS = ['service-router', 'service-splitter', 'service-resolver'] as const

type ExportedService = NonNullable<ExportedServices['Services']>[number]

/** Services, by name, that some other cluster may call. Of a wildcard those that have chains: of all others nothing can be wrong. */
export function exportedToPeers (source: EntrySource): Set<string> {
  const found = new Set<string>()
  for (const { Name, Consumers } of source.entry('exported-services', 'default')?.Services ?? []) {
    if (!(Consumers ?? []).some(consumer => consumer.Peer !== '')) continue
    if (Name !== ANY) found.add(Name)
    else for (const kind of CHAIN_KINDS) for (const entry of source.entries(kind)) found.add(entry.Name)
  }
  return new Set([...found].sort())
}

/** What keeps a service from being exported; `undefined` when nothing does. */
export function exportProblem (source: EntrySource, service: string): string | undefined {
  for (const { Redirect, Failover } of chainEntries(source, service).resolvers.values()) {
    if (Redirect !== null && Redirect.Datacenter !== '') return `peer exported service ${goQuote(service)} contains cross-datacenter resolver redirect`
    if (Redirect !== null && Redirect.Peer !== '') return `peer exported service ${goQuote(service)} contains cross-peer resolver redirect`
    for (const { Datacenters, Targets } of Object.values(Failover ?? {})) {
      const away = (Datacenters ?? []).length > 0 || (Targets ?? []).some(target => target.Datacenter !== '')
      if (away) return `peer exported service ${goQuote(service)} contains cross-datacenter failover`
    }
  }
  return undefined
}

export interface ResolvedExport { readonly service: string, readonly peers: readonly string[] }

/**
 * What is exported to whom, each service once, by name. The servers' own service is never exported.
 * @param typical names of all ordinary services, for wildcards
 */
export function resolveExports (services: readonly ExportedService[], typical: () => Iterable<string>): ResolvedExport[] {
  const found = new Map<string, Set<string>>()
  for (const { Name, Consumers } of services) {
    for (const name of Name === ANY ? typical() : [Name]) {
      if (name === 'consul' || Consumers === null || Consumers.length === 0) continue
      const peers = found.get(name) ?? new Set()
      for (const { Peer } of Consumers) if (Peer !== '') peers.add(Peer)
      found.set(name, peers)
    }
  }
  return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([service, peers]) => ({ service, peers: [...peers].sort() }))
}
