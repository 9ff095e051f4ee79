// A service as the proxies see it: who can take a call, and by which rules. One object a name, for as long as the name is known; what changes inside (list, policy) changes in place, so
// that a request finds its upstream by one look into a map. Picking and rules are the SDK's; nothing is decided here.

import type { Balancer, Instance, ServiceSnapshot, ServiceSource } from '@roster/client'
import type { ResolvedPolicy, ServiceMemory } from '@roster/client/calls'

/** An instance that can be connected to. */
export type Endpoint = Instance

/** How connections to the endpoints of an upstream are encrypted; without it they are plain. */
export interface UpstreamTls {
  /** Name that the certificate must have, and that is sent as SNI. Default the host of the request. */
  readonly servername?: string
  /** PEM. Default Node's own roots. */
  readonly ca?: string | Buffer | ReadonlyArray<string | Buffer>
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  /** Default true: who cannot say who he is gets nothing. */
  readonly rejectUnauthorized?: boolean
}

export interface Upstream {
  /** The service's name: what metrics, logs and refusals call it. */
  readonly name: string
  readonly balancer: Balancer
  readonly source: Pick<ServiceSource, 'ready'> & { snapshot (): Pick<ServiceSnapshot, 'complete'> }
  /** The policy of this moment; another object after each change. A request keeps the one with which it began. */
  readonly policy: ResolvedPolicy
  /** What the policies remember of the service; outlives a change of policy. */
  readonly memory: ServiceMemory
  readonly tls?: UpstreamTls
}
