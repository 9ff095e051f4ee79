// The `Definition` of a catalog-registered check: kept for those who read it, run by nobody.

import { formatDuration } from '../http/decode/duration.js'
import type { CatalogCheckDefinition, HealthCheckBody } from '../http/decode/bodies/catalog.js'

type Field = readonly [name: string, read: (d: CatalogCheckDefinition) => unknown]

const duration = (ms: number): string => ms === 0 ? '' : formatDuration(ms * 1e6)

/** In the order of answers; zero values are left out. Durations are text, but for TTL, in ns. */
const FIELDS: readonly Field[] = [
  ['Interval', d => duration(d.intervalMs)],
  ['OutputMaxSize', d => d.outputMaxBytes],
  ['Timeout', d => duration(d.timeoutMs)],
  ['DeregisterCriticalServiceAfter', d => duration(d.deregisterCriticalServiceAfterMs)],
  ['HTTP', d => d.http],
  ['TLSServerName', d => d.tlsServerName],
  ['TLSSkipVerify', d => d.tlsSkipVerify],
  ['Header', d => d.header],
  ['Method', d => d.method],
  ['Body', d => d.body],
  ['DisableRedirects', d => d.disableRedirects],
  ['TCP', d => d.tcp],
  ['TCPUseTLS', d => d.tcpUseTls],
  ['UDP', d => d.udp],
  ['H2PING', d => d.h2ping],
  ['OSService', d => d.osService],
  ['H2PingUseTLS', d => d.h2pingUseTls],
  ['ScriptArgs', d => d.args],
  ['DockerContainerID', d => d.dockerContainerId],
  ['Shell', d => d.shell],
  ['GRPC', d => d.grpc],
  ['GRPCUseTLS', d => d.grpcUseTls],
  ['AliasNode', d => d.aliasNode],
  ['AliasService', d => d.aliasService],
  ['SessionName', d => d.sessionName],
  ['TTL', d => d.ttlMs * 1e6],
]

const isZero = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)

export function definitionJson (definition: CatalogCheckDefinition): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {}
  for (const [name, read] of FIELDS) {
    const value = read(definition)
    if (!isZero(value)) out[name] = value
  }
  return out
}

/** The kind that a definition describes, '' when it is not whole (an active kind needs its interval). */
export function definitionType ({ definition: d }: HealthCheckBody): string {
  const active = d.intervalMs > 0
  if (d.grpc !== '' && active) return 'grpc'
  if (d.http !== '' && active) return 'http'
  if (d.ttlMs > 0) return 'ttl'
  if (d.tcp !== '' && active) return 'tcp'
  if (d.udp !== '' && active) return 'udp'
  if (d.aliasNode !== '' || d.aliasService !== '') return 'alias'
  if (d.dockerContainerId !== '' && (d.args?.length ?? 0) > 0 && active) return 'docker'
  if ((d.args?.length ?? 0) > 0 && active) return 'script'
  if (d.h2ping !== '' && active) return 'h2ping'
  if (d.osService !== '' && active) return 'os_service'
  return ''
}
