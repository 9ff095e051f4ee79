// One service, ready to be called: its dispatcher and its fetch over one balancer and one set of connections. Made by the client (../client.ts), which owns the source
// and the balancer; this owns the connections.

import type { Dispatcher } from 'undici'
import type { Balancer } from '../balance/balancer.js'
import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import type { ServiceSource } from '../discovery/service-source.js'
import type { CallMetrics } from '../interceptors/metrics.js'
import type { TracingApi } from '../interceptors/tracing.js'
import { resolvePolicy } from '../policy/merge.js'
import type { ResolvedPolicy } from '../policy/merge.js'
import { InstancePools } from './instance-pools.js'
import type { PoolOptions } from './instance-pools.js'
import { OriginRouter } from './origin-router.js'
import { ServiceDispatcher } from './service-dispatcher.js'
import { originOf, serviceFetch } from './service-fetch.js'
import type { ServiceFetch } from './service-fetch.js'

export interface CallServiceOptions {
  readonly source: ServiceSource
  /** Kept up with the list by its owner. */
  readonly balancer: Balancer
  readonly policy?: ResolvedPolicy
  readonly clock?: Clock
  /** Uniform in [0, 1), for the jitter of pauses. */
  readonly random?: () => number
  readonly tracing?: TracingApi
  readonly metrics?: CallMetrics
  readonly pools?: Omit<PoolOptions, 'connections'>
  /** Where redirects to other origins go. Default: undici's own agent. */
  readonly elsewhere?: Dispatcher
}

export interface ServiceCalls {
  readonly fetch: ServiceFetch
  readonly dispatcher: ServiceDispatcher
  /** For calls that begin from now on. `balance` and `connections` are settled when the service is made. */
  setPolicy (policy: ResolvedPolicy): void
  /** Takes no calls any more; resolves when those under way have ended. The source and the balancer are left to their owner. */
  close (): Promise<void>
  /** Ends the calls under way. */
  destroy (reason?: Error): Promise<void>
}

export function callService ({ source, balancer, policy = resolvePolicy([]), clock = systemClock, random = Math.random, tracing, metrics, pools: poolOptions, elsewhere }: CallServiceOptions): ServiceCalls {
  const { connections } = policy.service
  const pools = new InstancePools({ ...poolOptions, ...connections !== undefined && { connections } })
  const origin = originOf(source.name)
  const parts = { source, balancer, clock, random, host: new URL(origin).host, ...tracing && { tracing }, ...metrics && { metrics } }
  const dispatcher = new ServiceDispatcher(source.name, policy, parts, pools)
  const own = new URL(origin).host.split('.')[0]
  const router = new OriginRouter({ service: name => name === own ? dispatcher : elsewhere ?? dispatcher, ...elsewhere && { elsewhere } })
  const unsubscribe = source.subscribe(instances => pools.retain(instances))
  return {
    fetch: serviceFetch(source.name, router),
    dispatcher,
    setPolicy: next => dispatcher.setPolicy(next),
    async close () {
      unsubscribe()
      // The router last: a redirect of a call under way may still lead elsewhere.
      await dispatcher.close()
      await router.close()
    },
    async destroy (reason) {
      unsubscribe()
      await Promise.all([dispatcher.destroy(reason ?? null), router.destroy(reason ?? null)])
    },
  }
}
