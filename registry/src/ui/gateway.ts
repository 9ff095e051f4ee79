// A gateway's services and the intentions about them, as the web UI shows them.

import { defaults } from '../config/defaults.js'
import { instanceOf } from '../catalog/select.js'
import { servicesOfGateway, topicsOfGateway } from '../gateways/gateway-services.js'
import { KIND, toDestination } from '../intentions/intention.js'
import { Summaries, summaryJson } from './summary.js'
import { topics } from '../state/topic-names.js'
import type { Json } from '../catalog/wire.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { GatewayService } from '../gateways/gateway-services.js'
import type { Intention } from '../intentions/intention.js'
import type { State } from '../state/state.js'

/** Where an ingress gateway listens for a service, `host:port`: by the hosts of its entry, else by the names under which DNS knows it. */
function addressesOf ({ port, hosts, service }: GatewayService, { dns, datacenter }: RuntimeConfig): string[] {
  if (port === 0) return []
  // The second domain that this server has of itself is told to nobody who did not ask for it.
  const domains = dns.altDomain === '' || dns.altDomain === defaults.dns.altDomain ? [dns.domain] : [dns.domain, dns.altDomain]
  const names = hosts.length > 0 ? hosts : domains.map(domain => `${service}.ingress.${datacenter}.${domain}`)
  return names.map(name => `${name.replace(/\.+$/, '')}:${port}`)
}

export function gatewaySummaries (state: State, gateway: string, config: RuntimeConfig): Json[] {
  const summaries = new Summaries()
  const added = new Set<string>()
  for (const row of servicesOfGateway(state, gateway)) {
    const summary = summaries.of(row.service)
    for (const address of addressesOf(row, config)) summary.addresses.add(address)
    // A service has a row for each port of the gateway; its instances are there once.
    if (added.has(row.service)) continue
    added.add(row.service)
    for (const service of state.services.named(row.service)) {
      const instance = instanceOf(state, service)
      if (instance !== undefined) summaries.add(instance)
    }
  }
  return summaries.sorted().map(summaryJson)
}

export const gatewaySummaryTopics = (state: State, gateway: string): string[] =>
  [...topicsOfGateway(state, gateway), ...servicesOfGateway(state, gateway).map(row => topics.health(row.service))]

/** What concerns calls through a gateway; one about all services counts once. */
export function gatewayIntentions (state: State, gateway: string): Intention[] {
  const found = new Map<string, Intention>()
  for (const { service } of servicesOfGateway(state, gateway)) {
    for (const of of toDestination(state, service)) {
      const key = JSON.stringify([of.peer, of.source, of.destination])
      if (!found.has(key)) found.set(key, of)
    }
  }
  return [...found.values()]
}

export const gatewayIntentionTopics = (state: State, gateway: string): string[] => [...topicsOfGateway(state, gateway), topics.configKind(KIND)]
