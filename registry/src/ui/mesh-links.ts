// Who calls whom as far as registrations and gateways say it: proxies name the upstreams of their service, ingress gateways the services behind them.

import { readChain } from '../chain/read.js'
import { resolvedTo, routedTo, splitTo } from '../chain/chain-entries.js'
import { stateEntries } from '../config-entries/entry-source.js'
import { RosterError } from '../errors.js'
import { gatewayRows } from '../gateways/gateway-services.js'
import { fold } from '../state/keys.js'
import { proxyTarget } from '../state/services.js'
import type { State } from '../state/state.js'

/** One calls the other. Names as they are written where it is said. */
interface Link { readonly upstream: string, readonly downstream: string }

interface Upstream { readonly DestinationType?: string, readonly DestinationName?: string }

function * links (state: State): Iterable<Link> {
  for (const { value } of state.services.ofKind('connect-proxy')) {
    for (const upstream of (value.proxy?.['Upstreams'] ?? []) as readonly Upstream[]) {
      // What a query finds is known only when it is asked.
      if (upstream.DestinationType !== 'prepared_query') yield { upstream: upstream.DestinationName ?? '', downstream: proxyTarget(value) }
    }
  }
  for (const { kind, service, gateway } of gatewayRows(state)) if (kind === 'ingress-gateway') yield { upstream: service, downstream: gateway }
}

/** Each name once, whatever letter case it has. */
const distinct = (names: Iterable<string>): string[] => [...new Map(Array.from(names, name => [fold(name), name])).values()]

/** Services that one is registered to call. */
export const upstreamsOf = (state: State, service: string): string[] =>
  distinct([...links(state)].filter(({ downstream }) => fold(downstream) === fold(service)).map(({ upstream }) => upstream))

/** Services that are registered to call one, by its own name or by one whose discovery chain leads to it. */
export function downstreamsOf (state: State, service: string, datacenter: string): string[] {
  const names = new Set(leadingTo(state, service, datacenter).map(fold))
  return distinct([...links(state)].filter(({ upstream }) => names.has(fold(upstream))).map(({ downstream }) => downstream))
}

/** Services whose discovery chain has this one among its targets; it itself as long as its own chain does not lead away. */
function leadingTo (state: State, service: string, datacenter: string): string[] {
  const entries = stateEntries(state)
  const steps: Array<readonly [from: string, to: string]> = []
  for (const entry of entries.entries('service-router')) for (const to of routedTo(entry)) steps.push([entry.Name, to])
  for (const entry of entries.entries('service-splitter')) for (const to of splitTo(entry)) steps.push([entry.Name, to])
  for (const entry of entries.entries('service-resolver')) for (const to of resolvedTo(entry)) steps.push([entry.Name, to])
  const candidates = new Set([service])
  // A set that grows while it is walked is walked to its end.
  for (const name of candidates) for (const [from, to] of steps) if (fold(to) === fold(name)) candidates.add(from)
  return [...candidates].filter(name => {
    try {
      return [...readChain(state, name, datacenter).chain().targets.values()].some(target => fold(target.service) === fold(service))
    } catch (error) {
      if (error instanceof RosterError) return false
      throw error
    }
  })
}
