// How a proxy treats what it calls: limits, timeouts, ejection of instances that fail. Part of service-defaults, in part of ingress gateways.

import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { optional } from '../../http/decode/weak/weak-lists.js'
import { durationNs, int, text, uint32 } from '../../http/decode/weak/weak-scalars.js'
import { meshGateway } from './proxy-parts.js'
import { ANY } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

export const passiveHealthCheck = shape('structs.PassiveHealthCheck', {
  /** ns */
  Interval: filled(durationNs),
  MaxFailures: filled(uint32, 'max_failures'),
  /** Percent. */
  EnforcingConsecutive5xx: filled(optional(uint32), 'enforcing_consecutive_5xx'),
  /** Percent. */
  MaxEjectionPercent: filled(optional(uint32), 'max_ejection_percent'),
  /** ns */
  BaseEjectionTime: filled(optional(durationNs), 'base_ejection_time'),
})

const limits = shape('structs.UpstreamLimits', {
  MaxConnections: filled(optional(int), 'max_connections'),
  MaxPendingRequests: filled(optional(int), 'max_pending_requests'),
  MaxConcurrentRequests: filled(optional(int), 'max_concurrent_requests'),
})

export const upstreamConfig = shape('structs.UpstreamConfig', {
  Name: filled(text),
  Peer: always(text),
  EnvoyListenerJSON: filled(text, 'envoy_listener_json'),
  EnvoyClusterJSON: filled(text, 'envoy_cluster_json'),
  Protocol: filled(text),
  ConnectTimeoutMs: filled(int, 'connect_timeout_ms'),
  Limits: filled(optional(limits)),
  PassiveHealthCheck: filled(optional(passiveHealthCheck), 'passive_health_check'),
  MeshGateway: filled(meshGateway, 'mesh_gateway'),
  BalanceOutboundConnections: filled(text, 'balance_outbound_connections'),
})

export type UpstreamConfig = WeakValue<typeof upstreamConfig>

export const isConnectionBalance = (text: string): boolean => text === '' || text === 'exact_balance'

export const normalUpstream = (upstream: UpstreamConfig): UpstreamConfig =>
  ({ ...upstream, Protocol: upstream.Protocol.toLowerCase(), ConnectTimeoutMs: Math.max(0, upstream.ConnectTimeoutMs) })

const LIMITS = [['MaxConnections', 'max connections'], ['MaxPendingRequests', 'max pending requests'], ['MaxConcurrentRequests', 'max concurrent requests']] as const

function passiveHealthCheckProblem (check: WeakValue<typeof passiveHealthCheck>): string | undefined {
  if (check.Interval < 0) return 'passive health check interval cannot be negative'
  if ((check.EnforcingConsecutive5xx ?? 0) > 100) return 'passive health check enforcing_consecutive_5xx must be a percentage between 0 and 100'
  if ((check.MaxEjectionPercent ?? 0) > 100) return 'passive health check max_ejection_percent must be a percentage between 0 and 100'
  if ((check.BaseEjectionTime ?? 0) < 0) return 'passive health check base_ejection_time cannot be negative'
  return undefined
}

/** @param named the upstream is one of several and has to say which; else it stands for all and must not. Wrong names are told alone. */
export function upstreamErrors (upstream: UpstreamConfig, named: boolean): string[] {
  if (named && upstream.Name === '') return ['Name is required']
  if (named && upstream.Name === ANY) return ['Wildcard name is not supported']
  if (!named && upstream.Name !== '') return ['Name must be empty']
  const found: string[] = []
  const check = upstream.PassiveHealthCheck === null ? undefined : passiveHealthCheckProblem(upstream.PassiveHealthCheck)
  if (check !== undefined) found.push(check)
  const negative = LIMITS.find(([field]) => (upstream.Limits?.[field] ?? 0) < 0)
  if (negative !== undefined) found.push(`${negative[1]} cannot be negative`)
  if (!isConnectionBalance(upstream.BalanceOutboundConnections)) found.push(`invalid value for balance_outbound_connections: ${upstream.BalanceOutboundConnections}`)
  return found
}
