// One service, ready to be called: its dispatcher and its fetch over one set of legs and one of connections. Made by the service (../service.ts), which
// owns the legs and their sources; this owns the connections.

import type { Dispatcher } from 'undici'
import type { Legs } from '../chain/lanes.js'
import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import type { ServiceSource } from '../discovery/service-source.js'
import type { CallMetrics } from '../interceptors/metrics.js'
import type { TracingApi } from '../interceptors/tracing.js'
import { InstancePools } from './instance-pools.js'
import type { PoolOptions } from './instance-pools.js'
import { OriginRouter } from './origin-router.js'
import { ServiceDispatcher } from './service-dispatcher.js'
import { originOf, serviceFetch } from './service-fetch.js'
import type { ServiceFetch } from './service-fetch.js'

export interface CallServiceOptions {
  readonly name: string
  /** All instances that calls may lead to: connections to others are closed. */
  readonly source: Pick<ServiceSource, 'subscribe'>
  /** Kept up with lists, policies and config entries by their owner. */
  readonly legs: Legs
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
  /** Takes no calls any more; resolves when those under way have ended. Source and legs are left to their owner. */
  close (): Promise<void>
  /** Ends the calls under way. */
  destroy (reason?: Error): Promise<void>
}

export function callService ({ name, source, legs, clock = systemClock, random = Math.random, tracing, metrics, pools: poolOptions, elsewhere }: CallServiceOptions): ServiceCalls {
  const pools = new InstancePools({ ...poolOptions, connections: () => legs.early.service.connections })
  const origin = originOf(name)
  const parts = { clock, random, host: new URL(origin).host, ...tracing && { tracing }, ...metrics && { metrics } }
  const dispatcher = new ServiceDispatcher(name, legs, parts, pools)
  const own = new URL(origin).host.split('.')[0]
  const router = new OriginRouter({ service: asked => asked === own ? dispatcher : elsewhere ?? dispatcher, ...elsewhere && { elsewhere } })
  const unsubscribe = source.subscribe(instances => pools.retain(instances))
  return {
    fetch: serviceFetch(name, router),
    dispatcher,
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
