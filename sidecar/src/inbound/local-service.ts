// The local service as an upstream: one instance that never changes. Its policy sends nothing twice but what cannot have arrived, since whoever calls has retries of his own, and puts nobody
// aside, since there is nobody else.

import { Balancer, noLag, systemClock } from '@roster/client'
import type { Instance } from '@roster/client'
import { resolvePolicy, ServiceMemory } from '@roster/client/calls'
import type { Upstream } from '../upstream/upstream.js'

export interface LocalServiceOptions {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Requests in progress at once. */
  readonly maxRequests: number
}

export function localService ({ name, host, port, maxRequests }: LocalServiceOptions): Upstream {
  const instance: Instance = { id: `local/${name}`, service: name, address: host, port, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 }
  const balancer = new Balancer(name, { policy: 'random', outlier: false, panicThreshold: 0 }, { clock: systemClock, lag: noLag })
  balancer.update([instance])
  return {
    name,
    balancer,
    source: { ready: () => Promise.resolve(), snapshot: () => ({ complete: true }) },
    policy: resolvePolicy([{ retry: { attempts: 2, methods: [], statuses: [] }, attemptTimeout: false, concurrency: maxRequests }]),
    memory: new ServiceMemory(),
  }
}
