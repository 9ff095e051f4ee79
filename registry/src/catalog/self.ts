// The server's own place in the catalog: its node, the service `consul` on it, and the check by which it vouches for the node.

import { command, deleteCheck, putCheck, putNode, putService, SERF_HEALTH } from './rows.js'
import { keys } from '../state/keys.js'
import type { Draft } from '../engine/draft.js'
import type { Command } from '../engine/engine.js'
import type { NodeRecord } from '../state/nodes.js'
import type { RuntimeConfig } from '../config/runtime-config.js'

/** Name of the service that stands for the servers themselves. */
export const SERVER_SERVICE = 'consul'

/** Idempotent: a restart with the same settings writes nothing. */
export const registerSelf = (config: RuntimeConfig): Command<void> => command(draft => putSelf(draft, config))

/** The rows of the server's own node, wherever one of them is missing or not as it should be. */
export function putSelf (draft: Draft, { node, addresses, ports, datacenter, version }: RuntimeConfig): void {
  // A catalog that came from another machine holds the name for that machine; here it is this server's, and nobody else vouches for it.
  const held = draft.get<NodeRecord>(keys.node(node.name))
  if (held !== undefined && held.id !== node.id) deleteCheck(draft, node.name, SERF_HEALTH)
  putNode(draft, {
    name: node.name,
    id: node.id,
    address: addresses.advertise,
    datacenter,
    taggedAddresses: addresses.tagged,
    meta: { 'consul-network-segment': '', 'consul-version': version, ...node.meta },
    ...(node.locality === undefined ? {} : { locality: node.locality }),
  })
  putService(draft, {
    node: node.name,
    kind: '',
    id: SERVER_SERVICE,
    name: SERVER_SERVICE,
    tags: [],
    address: '',
    taggedAddresses: null,
    meta: {
      ...(ports.grpc > 0 ? { grpc_port: String(ports.grpc) } : {}),
      ...(ports.grpcTls > 0 ? { grpc_tls_port: String(ports.grpcTls) } : {}),
      non_voter: 'false',
      raft_version: '3',
      read_replica: 'false',
      serf_protocol_current: '2',
      serf_protocol_max: '5',
      serf_protocol_min: '1',
      version,
    },
    port: ports.server,
    ports: null,
    socketPath: '',
    weights: { passing: 1, warning: 1 },
    enableTagOverride: false,
    proxy: null,
    connect: null,
    locality: null,
  })
  putCheck(draft, {
    node: node.name,
    checkId: SERF_HEALTH,
    name: 'Serf Health Status',
    status: 'passing',
    notes: '',
    output: 'Agent alive and reachable',
    serviceId: '',
    serviceName: '',
    serviceTags: [],
    type: '',
    interval: '',
    timeout: '',
    exposedPort: 0,
    definition: {},
  })
}
