// The service of a transaction's operation, as the client library writes it: everything of an AgentService is known, little of it is kept.

import { any, flag, int, text, textOf, uint64 } from '../scalar-kinds.js'
import { anyMap, list, mapOf, optional, textMap, texts, textsMap } from '../collection-kinds.js'
import { field, table } from '../table.js'

const serviceAddress = table({ name: 'ServiceAddress', type: 'api.ServiceAddress' }, { address: field('Address', text), port: field('Port', int) })
const servicePort = table({ name: 'ServicePort', type: 'api.ServicePort' }, { name: field('Name', text), port: field('Port', int), default: field('Default', flag) })
const weights = table({ name: 'AgentWeights', type: 'api.AgentWeights' }, { passing: field('Passing', int), warning: field('Warning', int) })
const meshGateway = table({ name: 'MeshGatewayConfig', type: 'api.MeshGatewayConfig' }, { Mode: field('Mode', textOf('api.MeshGatewayMode')) })

export const txnLocality = table({ name: 'Locality', type: 'api.Locality' }, { region: field('Region', text), zone: field('Zone', text) })

const transparentProxy = table({ name: 'TransparentProxyConfig', type: 'api.TransparentProxyConfig' }, {
  OutboundListenerPort: field('OutboundListenerPort', int),
  DialedDirectly: field('DialedDirectly', flag),
})

const accessLogs = table({ name: 'AccessLogsConfig', type: 'api.AccessLogsConfig' }, {
  enabled: field('Enabled', flag),
  disableListenerLogs: field('DisableListenerLogs', flag),
  type: field('Type', textOf('api.LogSinkType')),
  path: field('Path', text),
  jsonFormat: field('JSONFormat', text),
  textFormat: field('TextFormat', text),
})

const upstream = table({ name: 'Upstream', type: 'api.Upstream' }, {
  destinationType: field('DestinationType', textOf('api.UpstreamDestType')),
  destinationPartition: field('DestinationPartition', text),
  destinationNamespace: field('DestinationNamespace', text),
  destinationPeer: field('DestinationPeer', text),
  destinationName: field('DestinationName', text),
  datacenter: field('Datacenter', text),
  localBindAddress: field('LocalBindAddress', text),
  localBindPort: field('LocalBindPort', int),
  localBindSocketPath: field('LocalBindSocketPath', text),
  localBindSocketMode: field('LocalBindSocketMode', text),
  config: field('Config', anyMap),
  meshGateway: field('MeshGateway', meshGateway),
  centrallyConfigured: field('CentrallyConfigured', flag),
})

const exposePath = table({ name: 'ExposePath', type: 'api.ExposePath' }, {
  listenerPort: field('ListenerPort', int),
  path: field('Path', text),
  localPathPort: field('LocalPathPort', int),
  protocol: field('Protocol', text),
  parsedFromCheck: field('ParsedFromCheck', flag),
})

const envoyExtension = table({ name: 'EnvoyExtension', type: 'api.EnvoyExtension' }, {
  name: field('Name', text),
  required: field('Required', flag),
  arguments: field('Arguments', mapOf(any)),
  consulVersion: field('ConsulVersion', text),
  envoyVersion: field('EnvoyVersion', text),
})

const expose = table({ name: 'ExposeConfig', type: 'api.ExposeConfig' }, { checks: field('Checks', flag), paths: field('Paths', list(exposePath)) })

/** Only these of a proxy's settings reach the catalog. Names are the compatible API's own, as in proxy.ts. */
const proxy = table({ name: 'AgentServiceConnectProxyConfig', type: 'api.AgentServiceConnectProxyConfig' }, {
  DestinationServiceName: field('DestinationServiceName', text),
  DestinationServiceID: field('DestinationServiceID', text),
  LocalServiceAddress: field('LocalServiceAddress', text),
  LocalServicePort: field('LocalServicePort', int),
  LocalServiceSocketPath: field('LocalServiceSocketPath', text),
  MeshGateway: field('MeshGateway', meshGateway),
  TransparentProxy: field('TransparentProxy', transparentProxy),
}, {
  envoyExtensions: field('EnvoyExtensions', list(envoyExtension)),
  mode: field('Mode', textOf('api.ProxyMode')),
  config: field('Config', anyMap),
  upstreams: field('Upstreams', list(upstream)),
  expose: field('Expose', expose),
  accessLogs: field('AccessLogs', optional(accessLogs)),
})

const check = table({ name: 'AgentServiceCheck', type: 'api.AgentServiceCheck' }, {
  ...Object.fromEntries([
    'CheckID', 'Name', 'DockerContainerID', 'Shell', 'Interval', 'Timeout', 'TTL', 'HTTP', 'Method', 'Body', 'TCP', 'UDP', 'Status', 'Notes', 'TLSServerName', 'GRPC',
    'H2PING', 'AliasNode', 'AliasService', 'DeregisterCriticalServiceAfter',
  ].map(key => [key, field(key, text)])),
  ...Object.fromEntries(['TCPUseTLS', 'TLSSkipVerify', 'GRPCUseTLS', 'H2PingUseTLS'].map(key => [key, field(key, flag)])),
  ...Object.fromEntries(['SuccessBeforePassing', 'FailuresBeforeWarning', 'FailuresBeforeCritical'].map(key => [key, field(key, int)])),
  scriptArgs: field('ScriptArgs', texts),
  header: field('Header', textsMap),
})

/** A sidecar inside is read, so that it is refused like the rest, and dropped. It does not nest a second time. */
const sidecar = table({ name: 'AgentServiceRegistration', type: 'api.AgentServiceRegistration' }, {
  kind: field('Kind', textOf('api.ServiceKind')),
  id: field('ID', text),
  name: field('Name', text),
  tags: field('Tags', texts),
  port: field('Port', int),
  ports: field('Ports', list(servicePort, 'api.ServicePorts')),
  address: field('Address', text),
  socketPath: field('SocketPath', text),
  taggedAddresses: field('TaggedAddresses', mapOf(serviceAddress)),
  enableTagOverride: field('EnableTagOverride', flag),
  meta: field('Meta', textMap),
  weights: field('Weights', optional(weights)),
  check: field('Check', optional(check)),
  checks: field('Checks', list(check, 'api.AgentServiceChecks')),
  proxy: field('Proxy', optional(proxy)),
  connect: field('Connect', any),
  namespace: field('Namespace', text),
  partition: field('Partition', text),
  locality: field('Locality', optional(txnLocality)),
})

const connect = table({ name: 'AgentServiceConnect', type: 'api.AgentServiceConnect' }, {
  native: field('Native', flag),
  sidecarService: field('SidecarService', optional(sidecar)),
})

/** `Service` of a service operation. Ports, socket path, locality and Connect are read and dropped. */
export const txnService = table({ name: 'AgentService', type: 'api.AgentService' }, {
  kind: field('Kind', textOf('api.ServiceKind')),
  id: field('ID', text),
  /** The name. */
  service: field('Service', text),
  tags: field('Tags', texts),
  meta: field('Meta', textMap),
  port: field('Port', int),
  address: field('Address', text),
  taggedAddresses: field('TaggedAddresses', mapOf(serviceAddress)),
  /** Zeros when absent. */
  weights: field('Weights', weights),
  enableTagOverride: field('EnableTagOverride', flag),
  proxy: field('Proxy', optional(proxy)),
  namespace: field('Namespace', text),
  partition: field('Partition', text),
  modifyIndex: field('ModifyIndex', uint64),
}, {
  ports: field('Ports', list(servicePort, 'api.ServicePorts')),
  socketPath: field('SocketPath', text),
  createIndex: field('CreateIndex', uint64),
  contentHash: field('ContentHash', text),
  connect: field('Connect', optional(connect)),
  peerName: field('PeerName', text),
  datacenter: field('Datacenter', text),
  locality: field('Locality', optional(txnLocality)),
})
