// Bodies of PUT catalog/register and catalog/deregister. They are rows as they shall stand in the catalog, not tasks: what a check here defines nobody
// runs. The agent's own bodies are service.ts and check.ts.

import { bodyDecoder } from '../body.js'
import { durationMs } from '../duration-kind.js'
import { flag, int, text, textOf, uint, uint64 } from '../scalar-kinds.js'
import { list, mapOf, optional, textMap, texts, textsMap } from '../collection-kinds.js'
import { beside, field, table, within } from '../table.js'
import { proxy } from './proxy.js'
import { connect, locality, serviceAddress, servicePort, weights } from './service.js'
import type { Value } from '../kind.js'

/** Indexes that bodies may carry, as in an answer sent back. */
const indexes = { createIndex: within('RaftIndex', field('CreateIndex', uint64)), modifyIndex: within('RaftIndex', field('ModifyIndex', uint64)) }

/** `Service` of catalog/register. Nothing is validated or defaulted beyond types. */
export const nodeService = table({ name: 'NodeService', type: 'structs.NodeService' }, {
  /** '' is an ordinary service. */
  kind: field('Kind', textOf('structs.ServiceKind')),
  /** '' when absent. */
  id: field('ID', text),
  /** The name. */
  service: field('Service', text),
  /** null when absent. */
  tags: field('Tags', texts),
  address: field('Address', text),
  taggedAddresses: field('TaggedAddresses', mapOf(serviceAddress)),
  meta: field('Meta', textMap),
  port: field('Port', int),
  ports: field('Ports', list(servicePort, 'structs.ServicePorts')),
  socketPath: field('SocketPath', text),
  weights: field('Weights', optional(weights)),
  enableTagOverride: field('EnableTagOverride', flag),
  locality: field('Locality', optional(locality)),
  proxy: field('Proxy', proxy),
  connect: field('Connect', connect),
  peerName: field('PeerName', text),
  ...indexes,
})

/** `Definition` of a catalog check: unknown fields are ignored, whatever the body around it does. */
export const checkDefinition = table({ name: '', type: 'structs.HealthCheckDefinition', own: 'tolerant', embed: 'Alias' }, {
  /** ms. */
  intervalMs: field('Interval', durationMs),
  /** ms. */
  timeoutMs: field('Timeout', durationMs),
  /** ms. */
  deregisterCriticalServiceAfterMs: field('DeregisterCriticalServiceAfter', durationMs),
  /** ms. */
  ttlMs: field('TTL', durationMs),
  http: field('HTTP', text),
  tlsServerName: field('TLSServerName', text),
  tlsSkipVerify: field('TLSSkipVerify', flag),
  header: field('Header', textsMap),
  method: field('Method', text),
  body: field('Body', text),
  disableRedirects: field('DisableRedirects', flag),
  tcp: field('TCP', text),
  tcpUseTls: field('TCPUseTLS', flag),
  udp: field('UDP', text),
  h2ping: field('H2PING', text),
  osService: field('OSService', text),
  h2pingUseTls: field('H2PingUseTLS', flag),
  /** Bytes. */
  outputMaxBytes: field('OutputMaxSize', uint),
  args: field('ScriptArgs', texts),
  dockerContainerId: field('DockerContainerID', text),
  shell: field('Shell', text),
  grpc: field('GRPC', text),
  grpcUseTls: field('GRPCUseTLS', flag),
  aliasNode: field('AliasNode', text),
  aliasService: field('AliasService', text),
  sessionName: field('SessionName', text),
})

/** `Check` and the members of `Checks` in catalog/register. */
export const healthCheck = table({ name: 'HealthCheck', type: 'structs.HealthCheck' }, {
  node: field('Node', text),
  checkId: field('CheckID', textOf('types.CheckID')),
  name: field('Name', text),
  /** Any text; '' when absent. */
  status: field('Status', text),
  notes: field('Notes', text),
  output: field('Output', text),
  serviceId: field('ServiceID', text),
  serviceName: field('ServiceName', text),
  /** null when absent. */
  serviceTags: field('ServiceTags', texts),
  type: field('Type', text),
  /** Text that is only shown. */
  interval: field('Interval', text),
  /** Text that is only shown. */
  timeout: field('Timeout', text),
  exposedPort: field('ExposedPort', int),
  peerName: field('PeerName', text),
  definition: field('Definition', checkDefinition),
  ...indexes,
})

/** PUT catalog/register. */
export const catalogRegister = table({ name: 'RegisterRequest', type: 'structs.RegisterRequest' }, {
  datacenter: field('Datacenter', text),
  /** Node id; '' when absent. */
  id: field('ID', textOf('types.NodeID')),
  node: field('Node', text),
  address: field('Address', text),
  taggedAddresses: field('TaggedAddresses', textMap),
  nodeMeta: field('NodeMeta', textMap),
  service: field('Service', optional(nodeService)),
  check: field('Check', optional(healthCheck)),
  /** null when absent. */
  checks: field('Checks', list(healthCheck, 'structs.HealthChecks')),
  locality: field('Locality', optional(locality)),
  skipNodeUpdate: field('SkipNodeUpdate', flag),
  peerName: field('PeerName', text),
  /** ACL token, where the request itself carries none. */
  token: within('WriteRequest', field('Token', text)),
  ...indexes,
})

/** PUT catalog/deregister. */
export const catalogDeregister = table({ name: '', type: 'structs.DeregisterRequest', own: 'strict', embed: 'Alias' }, {
  datacenter: field('Datacenter', text),
  node: field('Node', text),
  serviceId: field('ServiceID', text),
  checkId: field('CheckID', textOf('types.CheckID')),
  peerName: field('PeerName', text),
  /** ACL token, where the request itself carries none. */
  token: within('WriteRequest', field('Token', text)),
}, {
  // Accepted for old clients, and ignored.
  address: beside('Address', text),
})

export const decodeCatalogRegister = bodyDecoder(catalogRegister, { rewordNamespace: true })
export const decodeCatalogDeregister = bodyDecoder(catalogDeregister, { rewordNamespace: true })

export type NodeServiceBody = Value<typeof nodeService>
export type CatalogCheckDefinition = Value<typeof checkDefinition>
export type HealthCheckBody = Value<typeof healthCheck>
export type CatalogRegisterBody = Value<typeof catalogRegister>
export type CatalogDeregisterBody = Value<typeof catalogDeregister>
