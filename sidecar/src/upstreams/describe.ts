// Upstreams as people see them on the admin port: what is known, how old it is, who would be called and why.

import type { RequestFacts, RosterClient } from '@roster/client'
import { routePolicy } from '@roster/client/calls'
import type { NamedUpstream } from './named-upstream.js'
import type { Telemetry } from '../telemetry/telemetry.js'

/** Every upstream with its instances. */
export const describeUpstreams = (upstreams: readonly NamedUpstream[]): object => ({ upstreams: upstreams.map(upstream => describe(upstream)) })

function describe (upstream: NamedUpstream, request?: RequestFacts): object {
  const { name, pinned, ways } = upstream
  const { source, ageMs, index, complete } = upstream.source.snapshot()
  const { policy, panic, instances, ways: shares } = upstream.service.explain(request)
  return {
    service: name,
    pinned,
    speaks: [...new Set(ways.map(({ speaks, tls }) => `${speaks}${tls === undefined ? '' : ' over TLS'}`))].join(', '),
    source,
    // Infinity is not JSON; what is not known has no age.
    ageMs: Number.isFinite(ageMs) ? Math.round(ageMs) : null,
    revision: index,
    complete,
    balancing: policy,
    panic,
    ways: shares,
    instances: instances.map(({ instance, destination, candidate, reason, weight, load, pending, costMs, success }) => ({
      id: instance.id,
      address: instance.address,
      port: instance.port,
      destination,
      health: instance.health,
      ...instance.zone !== undefined && { zone: instance.zone },
      candidate,
      reason,
      weight,
      load: Number.isFinite(load) ? round(load) : null,
      pending,
      costMs: round(costMs),
      success: round(success),
    })),
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000

/** One of them, with the policy of a request, the registry's own word and what became of the last calls. `undefined`: it is not known. */
export async function explainUpstream (upstream: NamedUpstream | undefined, { method, path }: { readonly method: string, readonly path: string }, client: RosterClient, telemetry: Telemetry): Promise<object | undefined> {
  if (upstream === undefined) return undefined
  let registry: unknown
  try { registry = (await client.api.explain.service(upstream.name, { timeoutMs: 2000 })).value } catch (error) { registry = { error: (error as Error).message } }
  const request: RequestFacts = { method, path, header: () => undefined }
  return { ...describe(upstream, request), request: { method, path, policy: routePolicy(upstream.registered ? upstream.way(request).policy : upstream.service.policy, method, path) }, recent: telemetry.recent(upstream.name), registry }
}
