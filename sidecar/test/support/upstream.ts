// Upstreams over a list that the test holds, with the SDK's balancer and policies.

import { Balancer } from '@roster/client'
import type { BalancerOptions, BalancerParts, Instance, ServicePolicy } from '@roster/client'
import { resolvePolicy, ServiceMemory } from '@roster/client/calls'
import type { ResolvedPolicy } from '@roster/client/calls'
import type { Upstream } from '../../src/upstream/upstream.js'

export interface TestUpstream extends Upstream {
  policy: ResolvedPolicy
  set (...ports: readonly number[]): void
}

export const instanceAt = (port: number, service = 'web', address = '127.0.0.1'): Instance => ({ id: `${service}-${port}`, service, address, port, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 })

export function testUpstream (ports: readonly number[], policy: ServicePolicy = {}, { name = 'web', parts = {} }: { readonly name?: string, readonly parts?: BalancerParts } = {}): TestUpstream {
  const resolved = resolvePolicy([policy])
  const balancer = new Balancer(name, resolved.service.balance as BalancerOptions, parts)
  const set = (...all: readonly number[]) => balancer.update(all.map(port => instanceAt(port, name)))
  set(...ports)
  return { name, balancer, source: { ready: async () => {}, snapshot: () => ({ complete: true }) }, policy: resolved, memory: new ServiceMemory(), set }
}
