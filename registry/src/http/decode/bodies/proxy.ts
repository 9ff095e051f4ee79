// The `Proxy` part of a service body. The row keeps the compatible API's own names, because answers show it back as it came and nothing but the proxy
// itself looks inside; only the rules of registration read a few fields of it.

import { any, flag, int, text, textOf } from '../scalar-kinds.js'
import { anyMap, list, mapOf } from '../collection-kinds.js'
import { field, table } from '../table.js'
import type { Value } from '../kind.js'

export const meshGateway = table({ name: 'MeshGatewayConfig', type: 'structs.MeshGatewayConfig' }, {
  /** '', none, local or remote; not validated here. */
  Mode: field('Mode', textOf('structs.MeshGatewayMode')),
})

const transparentProxy = table({ name: 'TransparentProxyConfig', type: 'structs.TransparentProxyConfig' }, {
  OutboundListenerPort: field('OutboundListenerPort', int),
  DialedDirectly: field('DialedDirectly', flag),
})

const accessLogs = table({ name: 'AccessLogsConfig', type: 'structs.AccessLogsConfig' }, {
  Enabled: field('Enabled', flag),
  DisableListenerLogs: field('DisableListenerLogs', flag),
  /** '', file, stderr or stdout. */
  Type: field('Type', textOf('structs.LogSinkType')),
  Path: field('Path', text),
  JSONFormat: field('JSONFormat', text),
  TextFormat: field('TextFormat', text),
})

export const upstream = table({ name: '', type: 'structs.Upstream', own: 'strict', embed: 'Alias' }, {
  /** service, prepared_query or ''. */
  DestinationType: field('DestinationType', text, 'destination_type'),
  DestinationNamespace: field('DestinationNamespace', text, 'destination_namespace'),
  DestinationPartition: field('DestinationPartition', text, 'destination_partition'),
  DestinationPeer: field('DestinationPeer', text, 'destination_peer'),
  DestinationName: field('DestinationName', text, 'destination_name'),
  Datacenter: field('Datacenter', text),
  LocalBindAddress: field('LocalBindAddress', text, 'local_bind_address'),
  LocalBindPort: field('LocalBindPort', int, 'local_bind_port'),
  LocalBindSocketPath: field('LocalBindSocketPath', text, 'local_bind_socket_path'),
  /** Octal digits, as text. */
  LocalBindSocketMode: field('LocalBindSocketMode', text, 'local_bind_socket_mode'),
  Config: field('Config', anyMap),
  MeshGateway: field('MeshGateway', meshGateway, 'mesh_gateway'),
  CentrallyConfigured: field('CentrallyConfigured', flag),
})

const exposePath = table({ name: '', type: 'structs.ExposePath', own: 'strict', embed: 'Alias' }, {
  ListenerPort: field('ListenerPort', int, 'listener_port'),
  Path: field('Path', text),
  LocalPathPort: field('LocalPathPort', int, 'local_path_port'),
  /** '', http or http2. */
  Protocol: field('Protocol', text),
  ParsedFromCheck: field('ParsedFromCheck', flag, 'parsed_from_check'),
})

const expose = table({ name: 'ExposeConfig', type: 'structs.ExposeConfig' }, {
  Checks: field('Checks', flag),
  Paths: field('Paths', list(exposePath)),
})

const envoyExtension = table({ name: 'EnvoyExtension', type: 'structs.EnvoyExtension' }, {
  Name: field('Name', text),
  Required: field('Required', flag),
  Arguments: field('Arguments', mapOf(any)),
  ConsulVersion: field('ConsulVersion', text),
  EnvoyVersion: field('EnvoyVersion', text),
})

/** `Proxy` of agent/service/register, and of the service in catalog/register. */
export const proxy = table({ name: '', type: 'structs.ConnectProxyConfig', own: 'strict', embed: 'Alias' }, {
  EnvoyExtensions: field('EnvoyExtensions', list(envoyExtension)),
  DestinationServiceName: field('DestinationServiceName', text, 'destination_service_name'),
  DestinationServiceID: field('DestinationServiceID', text, 'destination_service_id'),
  LocalServiceAddress: field('LocalServiceAddress', text, 'local_service_address'),
  LocalServicePort: field('LocalServicePort', int, 'local_service_port'),
  LocalServiceSocketPath: field('LocalServiceSocketPath', text, 'local_service_socket_path'),
  /** '', transparent or direct; not validated here. */
  Mode: field('Mode', textOf('structs.ProxyMode')),
  /** Free settings, as sent; null when absent. */
  Config: field('Config', anyMap),
  Upstreams: field('Upstreams', list(upstream, 'structs.Upstreams')),
  MeshGateway: field('MeshGateway', meshGateway, 'mesh_gateway'),
  Expose: field('Expose', expose),
  TransparentProxy: field('TransparentProxy', transparentProxy, 'transparent_proxy'),
  AccessLogs: field('AccessLogs', accessLogs, 'access_logs'),
})

export type ProxyBody = Value<typeof proxy>
export type UpstreamBody = Value<typeof upstream>
export type ExposePathBody = Value<typeof exposePath>
