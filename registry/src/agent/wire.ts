// The JSON shapes of what is registered at the agent. They differ from the catalog's (../catalog/wire.ts) in what is left out and what stands empty.

import { isGateway, portOf } from '../catalog/service-rules.js'
import type { CheckRecord } from '../state/checks.js'
import type { ServiceRecord } from '../state/services.js'

export type Json = Readonly<Record<string, unknown>>

/** AgentService, without its content hash. */
export function agentServiceJson (s: ServiceRecord, datacenter: string, contentHash?: string): Json {
  const out: Record<string, unknown> = {}
  if (s.kind !== '') out['Kind'] = s.kind
  out['ID'] = s.id
  out['Service'] = s.name
  out['Tags'] = s.tags
  out['Meta'] = s.meta ?? {}
  out['Port'] = portOf(s)
  if (s.ports !== null && s.ports.length > 0) out['Ports'] = s.ports.map(p => ({ Name: p.name, Port: p.port, Default: p.default }))
  out['Address'] = s.address
  if (s.socketPath !== '') out['SocketPath'] = s.socketPath
  if (s.taggedAddresses !== null) out['TaggedAddresses'] = Object.fromEntries(Object.entries(s.taggedAddresses).map(([tag, a]) => [tag, { Address: a.address, Port: a.port }]))
  out['Weights'] = { Passing: s.weights.passing, Warning: s.weights.warning }
  out['EnableTagOverride'] = s.enableTagOverride
  if (contentHash !== undefined) out['ContentHash'] = contentHash
  if (s.kind === 'connect-proxy' || isGateway(s.kind)) out['Proxy'] = proxyJson(s.proxy ?? {})
  if (s.connect?.['Native'] === true) out['Connect'] = { Native: true }
  out['Datacenter'] = datacenter
  if (s.locality !== null) out['Locality'] = { Region: s.locality.region, Zone: s.locality.zone }
  return out
}

/** Fields of upstreams that are left out when they are empty, as here they are not in the catalog. */
const EMPTY_IN_CATALOG: readonly string[] = ['DestinationType', 'DestinationName', 'Datacenter']

function proxyJson (proxy: Json): Json {
  const { Mode, MeshGateway, Expose, Upstreams, EnvoyExtensions: _hidden, ...rest } = proxy
  return {
    ...rest,
    ...(Mode === undefined || Mode === '' ? {} : { Mode }),
    ...(Upstreams === undefined ? {} : { Upstreams: (Upstreams as readonly Json[]).map(upstreamJson) }),
    MeshGateway: MeshGateway ?? {},
    Expose: exposeJson(Expose as Json | undefined ?? {}),
  }
}

function upstreamJson ({ CentrallyConfigured: _hidden, ...upstream }: Json): Json {
  return Object.fromEntries(Object.entries(upstream).filter(([name, value]) => value !== '' || !EMPTY_IN_CATALOG.includes(name)))
}

const exposeJson = (expose: Json): Json =>
  'Paths' in expose ? { ...expose, Paths: (expose['Paths'] as readonly Json[]).map(path => ({ ...path, ParsedFromCheck: path['ParsedFromCheck'] === true })) } : expose

/** HealthCheck, as agent/checks shows it. */
export const agentCheckJson = (c: CheckRecord): Json => ({
  Node: c.node,
  CheckID: c.checkId,
  Name: c.name,
  Status: c.status,
  Notes: c.notes,
  Output: c.output,
  ServiceID: c.serviceId,
  ServiceName: c.serviceName,
  ServiceTags: c.serviceTags,
  Type: c.type,
  Interval: c.interval,
  Timeout: c.timeout,
  ExposedPort: c.exposedPort,
  Definition: {},
  CreateIndex: 0,
  ModifyIndex: 0,
})

/** A definition that says nothing, in full. */
const NO_DEFINITION: Json = {
  Interval: '0s',
  Timeout: '0s',
  DeregisterCriticalServiceAfter: '0s',
  HTTP: '',
  Header: null,
  Method: '',
  Body: '',
  TLSServerName: '',
  TLSSkipVerify: false,
  TCP: '',
  TCPUseTLS: false,
  UDP: '',
  GRPC: '',
  OSService: '',
  GRPCUseTLS: false,
}

/** A check as agent/health shows it: without what a caller who only asks for health does not need. */
export const localHealthCheckJson = (c: CheckRecord, nullTags: boolean): Json => ({
  Node: c.node,
  CheckID: c.checkId,
  Name: c.name,
  Status: c.status,
  Notes: c.notes,
  Output: c.output,
  ServiceID: c.serviceId,
  ServiceName: c.serviceName,
  ServiceTags: nullTags && c.serviceTags.length === 0 ? null : c.serviceTags,
  Type: '',
  ExposedPort: 0,
  Definition: NO_DEFINITION,
  CreateIndex: 0,
  ModifyIndex: 0,
})
