// Health: checks and instances with their checks (`/v1/health/…`). The rows of the catalog are in catalog.ts, what an agent knows of its own in agent.ts.

import { list, record, shaped, json } from './decode.js'
import type { Shape } from './decode.js'
import type { CatalogNode, NodeService } from './catalog.js'
import type { CheckDefinition } from './check-definition.js'
import { path } from './options.js'
import type { Cached, Filtered, Near, NodeMeta, ReadOptions } from './options.js'
import type { Answer } from './meta.js'
import type { Transport } from './transport.js'

/** What a check can say. A maintenance is a critical check. */
export type CheckStatus = 'passing' | 'warning' | 'critical'

/** One check with its last result. */
export interface HealthCheck {
  readonly Node: string
  readonly CheckID: string
  readonly Name: string
  readonly Status: CheckStatus
  readonly Notes: string
  readonly Output: string
  /** Empty: a check of the node. */
  readonly ServiceID: string
  readonly ServiceName: string
  readonly ServiceTags: readonly string[] | null
  /** `ttl`, `http`, `tcp`, …; empty when the registration did not say. */
  readonly Type: string
  /** Go duration, such as `10s`; empty when not set. */
  readonly Interval: string
  readonly Timeout: string
  readonly ExposedPort: number
  /** Filled only for checks that were registered in the catalog. */
  readonly Definition: CheckDefinition
  readonly CreateIndex: number
  readonly ModifyIndex: number
  readonly PeerName?: string
}

/** An instance, the node it is on, and the checks of both. */
export interface HealthEntry {
  readonly Node: CatalogNode
  readonly Service: NodeService
  readonly Checks: readonly HealthCheck[]
}

export interface HealthServiceOptions extends ReadOptions, Cached, Filtered, Near, NodeMeta {
  /** Instances that have all of these tags, in any letter case. */
  readonly tags?: readonly string[]
  /** Only instances whose every check, the node's included, is passing. */
  readonly passing?: boolean
  /** Fold the central configuration into proxies. */
  readonly mergeCentralConfig?: boolean
  /** Instances imported from this peer. */
  readonly peer?: string
}

/** What code follows without asking: a row without these is garbage, not an instance. */
export const healthEntry: Shape<HealthEntry> = shaped<HealthEntry>({ Node: record(), Service: record(), Checks: list(record<HealthCheck>()) })

export const healthApi = (http: Transport) => {
  const instances = (kind: 'service' | 'connect' | 'ingress') => (name: string, options: HealthServiceOptions = {}): Promise<Answer<readonly HealthEntry[]>> =>
    http.call({ method: 'GET', path: path`/v1/health/${kind}/${name}`, decode: json(list(healthEntry)) }, options)
  return {
    /** Instances of a service with their checks; none, or an unknown service, is an empty list. */
    service: instances('service'),
    /** Proxies for a service, and its instances that speak the mesh's TLS themselves. */
    connect: instances('connect'),
    /** Ingress gateways that let a service in. */
    ingress: instances('ingress'),
    /** Checks of a node, those of its services included. */
    node: (node: string, options: ReadOptions & Filtered = {}): Promise<Answer<readonly HealthCheck[]>> =>
      http.call({ method: 'GET', path: path`/v1/health/node/${node}`, decode: json(list(record<HealthCheck>())) }, options),
    /** Checks of a service on every node. */
    checks: (service: string, options: ReadOptions & Filtered & Near & NodeMeta = {}): Promise<Answer<readonly HealthCheck[]>> =>
      http.call({ method: 'GET', path: path`/v1/health/checks/${service}`, decode: json(list(record<HealthCheck>())) }, options),
    /** Checks in a state, or `any`. */
    state: (state: CheckStatus | 'any', options: ReadOptions & Filtered & Near & NodeMeta = {}): Promise<Answer<readonly HealthCheck[]>> =>
      http.call({ method: 'GET', path: path`/v1/health/state/${state}`, decode: json(list(record<HealthCheck>())) }, options),
  }
}
