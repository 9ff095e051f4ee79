// The content hash of a service at the agent: equal definitions have equal hashes, and the same as a compatible agent gives, so that clients which kept
// one over a change of servers go on waiting. It is what `?hash=` blocks on; how it is compared belongs to the route.

import { hashAny, hashFlag, hashInt, hashList, hashMap, hashStruct, hashText, hexOf, NIL, ZERO, type Hash } from './struct-hash.js'
import type { ServiceRecord } from '../state/services.js'

type Wire = Readonly<Record<string, unknown>>

const textIn = (of: Wire, key: string): Hash => hashText(typeof of[key] === 'string' ? of[key] : '')
const intIn = (of: Wire, key: string): Hash => hashInt(typeof of[key] === 'number' ? of[key] : 0)
const flagIn = (of: Wire, key: string): Hash => hashFlag(of[key] === true)
const wireIn = (of: Wire, key: string): Wire => typeof of[key] === 'object' && of[key] !== null ? of[key] as Wire : {}
const listIn = (of: Wire, key: string): readonly Wire[] => Array.isArray(of[key]) ? of[key] as readonly Wire[] : []

/** A pointer to a part that is left out while it says nothing. */
const partIn = (of: Wire, key: string, hash: (part: Wire) => Hash): Hash => {
  const part = wireIn(of, key)
  return Object.values(part).every(value => value === undefined || value === '' || value === 0 || value === false) ? NIL : hash(part)
}

const meshGateway = (of: Wire): Hash => hashStruct('MeshGatewayConfig', { Mode: textIn(wireIn(of, 'MeshGateway'), 'Mode') })

const upstream = (of: Wire): Hash => hashStruct('Upstream', {
  DestinationType: textIn(of, 'DestinationType'),
  DestinationPartition: textIn(of, 'DestinationPartition'),
  DestinationNamespace: textIn(of, 'DestinationNamespace'),
  DestinationPeer: textIn(of, 'DestinationPeer'),
  DestinationName: textIn(of, 'DestinationName'),
  Datacenter: textIn(of, 'Datacenter'),
  LocalBindAddress: textIn(of, 'LocalBindAddress'),
  LocalBindPort: intIn(of, 'LocalBindPort'),
  LocalBindSocketPath: textIn(of, 'LocalBindSocketPath'),
  LocalBindSocketMode: textIn(of, 'LocalBindSocketMode'),
  Config: hashAny(wireIn(of, 'Config')),
  MeshGateway: meshGateway(of),
  // Never shown by an agent, so always false in what is hashed.
  CentrallyConfigured: hashFlag(false),
})

const exposePath = (of: Wire): Hash => hashStruct('ExposePath', {
  ListenerPort: intIn(of, 'ListenerPort'),
  Path: textIn(of, 'Path'),
  LocalPathPort: intIn(of, 'LocalPathPort'),
  Protocol: textIn(of, 'Protocol'),
  ParsedFromCheck: flagIn(of, 'ParsedFromCheck'),
})

const transparentProxy = (of: Wire): Hash => hashStruct('TransparentProxyConfig', {
  OutboundListenerPort: intIn(of, 'OutboundListenerPort'),
  DialedDirectly: flagIn(of, 'DialedDirectly'),
})

const accessLogs = (of: Wire): Hash => hashStruct('AccessLogsConfig', {
  Enabled: flagIn(of, 'Enabled'),
  DisableListenerLogs: flagIn(of, 'DisableListenerLogs'),
  Type: textIn(of, 'Type'),
  Path: textIn(of, 'Path'),
  JSONFormat: textIn(of, 'JSONFormat'),
  TextFormat: textIn(of, 'TextFormat'),
})

const proxy = (of: Wire): Hash => hashStruct('AgentServiceConnectProxyConfig', {
  // The extensions themselves are not shown by an agent.
  EnvoyExtensions: ZERO,
  DestinationServiceName: textIn(of, 'DestinationServiceName'),
  DestinationServiceID: textIn(of, 'DestinationServiceID'),
  LocalServiceAddress: textIn(of, 'LocalServiceAddress'),
  LocalServicePort: intIn(of, 'LocalServicePort'),
  LocalServiceSocketPath: textIn(of, 'LocalServiceSocketPath'),
  Mode: textIn(of, 'Mode'),
  TransparentProxy: partIn(of, 'TransparentProxy', transparentProxy),
  Config: hashAny(wireIn(of, 'Config')),
  Upstreams: hashList(listIn(of, 'Upstreams'), upstream),
  MeshGateway: meshGateway(of),
  Expose: hashStruct('ExposeConfig', { Checks: flagIn(wireIn(of, 'Expose'), 'Checks'), Paths: hashList(listIn(wireIn(of, 'Expose'), 'Paths'), exposePath) }),
  AccessLogs: partIn(of, 'AccessLogs', accessLogs),
})

const PROXIES: ReadonlySet<string> = new Set(['connect-proxy', 'mesh-gateway', 'terminating-gateway', 'ingress-gateway', 'api-gateway'])

/** The hash of a service as the agent shows it, in hex. Node, datacenter, locality and indexes have no part in it. */
export const contentHash = (service: ServiceRecord): string => hexOf(hashStruct('AgentService', {
  Kind: hashText(service.kind),
  ID: hashText(service.id),
  Service: hashText(service.name),
  Tags: hashList(service.tags, hashText),
  Meta: hashMap(service.meta ?? {}, hashText),
  Port: hashInt(service.port),
  Ports: hashList(service.ports ?? [], port => hashStruct('ServicePort', { Name: hashText(port.name), Port: hashInt(port.port), Default: hashFlag(port.default) })),
  Address: hashText(service.address),
  SocketPath: hashText(service.socketPath),
  TaggedAddresses: hashMap(service.taggedAddresses ?? {}, ({ address, port }) => hashStruct('ServiceAddress', { Address: hashText(address), Port: hashInt(port) })),
  Weights: hashStruct('AgentWeights', { Passing: hashInt(service.weights.passing), Warning: hashInt(service.weights.warning) }),
  EnableTagOverride: hashFlag(service.enableTagOverride),
  CreateIndex: NIL,
  ModifyIndex: NIL,
  ContentHash: hashText(''),
  Proxy: PROXIES.has(service.kind) ? proxy(service.proxy ?? {}) : NIL,
  Connect: service.connect?.['Native'] === true ? hashStruct('AgentServiceConnect', { Native: hashFlag(true), SidecarService: NIL }) : NIL,
  PeerName: hashText(''),
}))
