// Every kind of record that can be filtered, as the JSON that its endpoint answers. What is not listed here (indexes, `Locality`, `Ports`,
// `Definition`, opaque configuration) cannot be selected, which is part of the compatible behaviour.

import type { Field, Fields, Schema } from './schema.js'

const string: Field = { kind: 'string' }
const bool: Field = { kind: 'bool' }
const int: Field = { kind: 'int', bits: 64 }
const uint = (bits: number): Field => ({ kind: 'uint', bits })
const list = (of: Field): Field => ({ kind: 'list', of })
const map = (of: Field): Field => ({ kind: 'map', of })
const struct = (fields: Fields): Field => ({ kind: 'struct', fields })

const meshGateway = struct({ Mode: string })
const transparentProxy = struct({ DialedDirectly: bool, OutboundListenerPort: int })
const taggedAddresses = map(struct({ Address: string, Port: int }))
const weights = struct({ Passing: int, Warning: int })
const connect = struct({ Native: bool })
const envoyExtensions = list(struct({ ConsulVersion: string, EnvoyVersion: string, Name: string, Required: bool }))
const expose = struct({
  Checks: bool,
  Paths: list(struct({ ListenerPort: int, LocalPathPort: int, ParsedFromCheck: bool, Path: string, Protocol: string }))
})

const proxy = struct({
  AccessLogs: struct({ DisableListenerLogs: bool, Enabled: bool, JSONFormat: string, Path: string, TextFormat: string, Type: string }),
  DestinationServiceID: string,
  DestinationServiceName: string,
  EnvoyExtensions: envoyExtensions,
  Expose: expose,
  LocalServiceAddress: string,
  LocalServicePort: int,
  LocalServiceSocketPath: string,
  MeshGateway: meshGateway,
  Mode: string,
  TransparentProxy: transparentProxy,
  Upstreams: list(struct({
    Datacenter: string,
    DestinationName: string,
    DestinationNamespace: string,
    DestinationPartition: string,
    DestinationPeer: string,
    DestinationType: string,
    LocalBindAddress: string,
    LocalBindPort: int,
    LocalBindSocketMode: string,
    LocalBindSocketPath: string,
    MeshGateway: meshGateway
  }))
})

const nodeFields: Fields = { Address: string, ID: string, Meta: map(string), Node: string, Partition: string, PeerName: string, TaggedAddresses: map(string) }

const nodeServiceFields: Fields = {
  Address: string,
  Connect: connect,
  EnableTagOverride: bool,
  ID: string,
  Kind: string,
  Meta: map(string),
  PeerName: string,
  Port: int,
  Proxy: proxy,
  Service: string,
  SocketPath: string,
  TaggedAddresses: taggedAddresses,
  Tags: list(string),
  Weights: weights
}

const checkFields: Fields = {
  CheckID: string,
  ExposedPort: int,
  Interval: string,
  Name: string,
  Node: string,
  Notes: string,
  Output: string,
  PeerName: string,
  ServiceID: string,
  ServiceName: string,
  ServiceTags: list(string),
  Status: string,
  Timeout: string,
  Type: string
}

const upstreamConfig = struct({
  BalanceOutboundConnections: string,
  ConnectTimeoutMs: int,
  EnterpriseMeta: struct({}),
  EnvoyClusterJSON: string,
  EnvoyListenerJSON: string,
  Limits: struct({ MaxConcurrentRequests: int, MaxConnections: int, MaxPendingRequests: int }),
  MeshGateway: meshGateway,
  Name: string,
  PassiveHealthCheck: struct({ BaseEjectionTime: int, EnforcingConsecutive5xx: uint(32), Interval: int, MaxEjectionPercent: uint(32), MaxFailures: uint(32) }),
  Peer: string,
  Protocol: string
})

export const schemas = {
  /** Items of `catalog/nodes`. */
  node: { name: 'node', fields: { ...nodeFields, Datacenter: string } },

  /** Items of `catalog/service` and `catalog/connect`; for `catalog/services` the instances that its names are taken from. */
  catalogService: {
    name: 'catalogService',
    fields: {
      Address: string,
      Datacenter: string,
      ID: string,
      Node: string,
      NodeMeta: map(string),
      PeerName: string,
      ServiceAddress: string,
      ServiceConnect: connect,
      ServiceEnableTagOverride: bool,
      ServiceID: string,
      ServiceKind: string,
      ServiceMeta: map(string),
      ServiceName: string,
      ServicePort: int,
      ServiceProxy: proxy,
      ServiceSocketPath: string,
      ServiceTaggedAddresses: taggedAddresses,
      ServiceTags: list(string),
      ServiceWeights: weights,
      TaggedAddresses: map(string)
    }
  },

  /** The services inside `catalog/node` and `catalog/node-services`, and those of `agent/services`. */
  nodeService: { name: 'nodeService', fields: nodeServiceFields },

  /** Items of `health/node`, `health/checks`, `health/state` and `agent/checks`. */
  check: { name: 'check', fields: checkFields },

  /** Items of `health/service`, `health/connect`, `health/ingress`, and the instances behind `internal/ui/services`. */
  healthEntry: {
    name: 'healthEntry',
    fields: {
      Checks: list(struct(checkFields)),
      Node: struct({ ...nodeFields, Datacenter: string }),
      Service: struct(nodeServiceFields)
    }
  },

  /** Items of `internal/ui/nodes`. */
  uiNode: { name: 'uiNode', fields: { ...nodeFields, Checks: list(struct(checkFields)), Services: list(struct(nodeServiceFields)) } },

  /** Items of `agent/members`. */
  member: {
    name: 'member',
    fields: {
      Addr: { kind: 'address' },
      DelegateCur: uint(8),
      DelegateMax: uint(8),
      DelegateMin: uint(8),
      Name: string,
      Port: uint(16),
      ProtocolCur: uint(8),
      ProtocolMax: uint(8),
      ProtocolMin: uint(8),
      Status: int,
      Tags: map(string)
    }
  },

  /** Items of `connect/intentions`. */
  intention: {
    name: 'intention',
    fields: {
      Action: string,
      Description: string,
      DestinationNS: string,
      DestinationName: string,
      DestinationPartition: string,
      ID: string,
      Meta: map(string),
      Precedence: int,
      SourceNS: string,
      SourceName: string,
      SourcePartition: string,
      SourcePeer: string,
      SourceSamenessGroup: string,
      SourceType: string
    }
  },

  /** Items of `config/service-defaults`, the one kind of configuration entry that has filters. */
  serviceDefaults: {
    name: 'serviceDefaults',
    fields: {
      BalanceInboundConnections: string,
      Destination: struct({ Addresses: list(string), Port: int }),
      EnterpriseMeta: struct({}),
      EnvoyExtensions: envoyExtensions,
      Expose: expose,
      ExternalSNI: string,
      Hash: uint(64),
      Kind: string,
      LocalConnectTimeoutMs: int,
      LocalRequestTimeoutMs: int,
      MaxInboundConnections: int,
      MaxRequestHeadersKB: uint(32),
      MeshGateway: meshGateway,
      Meta: map(string),
      Mode: string,
      MutualTLSMode: string,
      Name: string,
      Protocol: string,
      RaftIndex: struct({}),
      RateLimits: struct({
        InstanceLevel: struct({
          RequestsMaxBurst: int,
          RequestsPerSecond: int,
          Routes: list(struct({ PathExact: string, PathPrefix: string, PathRegex: string, RequestsMaxBurst: int, RequestsPerSecond: int }))
        })
      }),
      TransparentProxy: transparentProxy,
      UpstreamConfig: struct({ Defaults: upstreamConfig, Overrides: list(upstreamConfig) })
    }
  }
} satisfies Record<string, Schema>
