// What an agent makes of a proxy's or gateway's settings: config entries are laid under what was registered, now and with each change to one of them. What was
// registered is kept beside it, so that an entry that goes leaves nothing behind.

import { isGateway, proxyOrNull } from '../catalog/service-rules.js'
import { putService } from '../catalog/rows.js'
import { centralEntries, hasCentralConfig, mergedProxy } from '../config-entries/central.js'
import { draftEntries } from '../config-entries/entry-source.js'
import { same } from '../engine/draft.js'
import { fold, keys } from '../state/keys.js'
import type { EntrySource } from '../config-entries/entry-source.js'
import type { Draft } from '../engine/draft.js'
import type { ProxyBody } from '../http/decode/bodies/proxy.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { AgentServiceRecord } from '../state/agent.js'
import type { ServiceRecord } from '../state/services.js'

/** Proxies and gateways take settings from config entries, so what only those may hold is not taken from a registration. */
const isCentrallyConfigured = (kind: string): boolean => kind === 'connect-proxy' || isGateway(kind)

/** The settings as they were registered, with the type of its upstreams filled in. */
export function registeredProxy ({ kind, proxy }: ServiceBody): ProxyBody | null {
  if (proxy === null) return null
  const upstreams = proxy.Upstreams?.map(upstream => upstream.DestinationType === '' ? { ...upstream, DestinationType: 'service' } : upstream) ?? null
  return { ...proxy, Upstreams: upstreams, ...(isCentrallyConfigured(kind) ? { EnvoyExtensions: null } : {}) }
}

/** The instance as it is in force, and (`own`) its settings as they were registered where those are others. */
export function settled (source: EntrySource, service: ServiceRecord): Pick<AgentServiceRecord, 'service' | 'own'> {
  if (!hasCentralConfig(service)) return { service }
  const proxy = proxyOrNull(mergedProxy(source, service))
  return same(proxy, service.proxy) ? { service } : { service: { ...service, proxy }, own: { proxy: service.proxy } }
}

/** An entry has changed: instances of this agent that take settings from it follow, here and in the catalog. */
export function resettle (draft: Draft, kind: string, name: string): void {
  if (!SOURCES.includes(kind)) return
  const source = draftEntries(draft)
  for (const [key, { own, ...record }] of draft.range<AgentServiceRecord>(keys.agentServices)) {
    const registered = own === undefined ? record.service : { ...record.service, ...own }
    if (!hasCentralConfig(registered) || !centralEntries(registered).some(([of, named]) => of === kind && fold(named) === fold(name))) continue
    const next: AgentServiceRecord = { ...record, ...settled(source, registered) }
    if (same(next.service, record.service)) continue
    draft.put(key, next)
    // What a lease owns is left to it. Of a node that somebody took away, the sync brings everything back.
    const { node, id } = next.service
    if (draft.get(keys.leaseOf(node, id)) === undefined && draft.get(keys.node(node)) !== undefined) putService(draft, next.service)
  }
}

const SOURCES: readonly string[] = ['proxy-defaults', 'service-defaults']
