// Keys of a service: in `service`, in `services`, and of the sidecar within one.

import { checkKeys } from './check.js'
import { acts, ignores } from './key.js'

const meshGateway = acts.block({ mode: acts.string() })

const upstreamKeys = {
  destination_type: acts.string(),
  destination_namespace: acts.string(),
  destination_partition: acts.string(),
  destination_peer: acts.string(),
  destination_name: acts.string(),
  datacenter: acts.string(),
  local_bind_address: acts.string(),
  local_bind_port: acts.int(),
  local_bind_socket_path: acts.string(),
  local_bind_socket_mode: acts.string(),
  config: acts.map(),
  mesh_gateway: meshGateway,
}

const proxyKeys = {
  destination_service_name: acts.string(),
  destination_service_id: acts.string(),
  local_service_address: acts.string(),
  local_service_port: acts.int(),
  local_service_socket_path: acts.string(),
  transparent_proxy: acts.block({ outbound_listener_port: acts.int(), dialed_directly: acts.bool() }),
  mode: acts.string(),
  config: acts.map(),
  upstreams: acts.blocks(upstreamKeys),
  mesh_gateway: meshGateway,
  expose: acts.block({
    checks: acts.bool(),
    port: ignores('Consul reads it and never uses it').int(),
    paths: acts.blocks({ listener_port: acts.int(), path: acts.string(), protocol: acts.string(), local_path_port: acts.int() }),
  }),
}

const ownKeys = {
  kind: acts.string(),
  id: acts.string(),
  name: acts.string(),
  tags: acts.strings(),
  address: acts.string(),
  tagged_addresses: acts.blockMap({ address: acts.string(), port: acts.int() }, 'config.ServiceAddress'),
  meta: acts.stringMap(),
  port: acts.int(),
  ports: acts.blocks({ name: acts.string(), port: acts.int(), default: acts.bool() }),
  socket_path: acts.string(),
  check: acts.block(checkKeys),
  checks: acts.blocks(checkKeys),
  token: acts.string(),
  weights: acts.block({ passing: acts.int(), warning: acts.int() }),
  enable_tag_override: acts.bool(),
  proxy: acts.block(proxyKeys),
}

const locality = acts.block({ region: acts.string(), zone: acts.string() })

/** A sidecar may not have one of its own; the key is there so that the refusal can say so. */
export const sidecarKeys = { ...ownKeys, connect: acts.block({ native: acts.bool(), sidecar_service: acts.map() }), locality }

export const serviceKeys = { ...ownKeys, connect: acts.block({ native: acts.bool(), sidecar_service: acts.block(sidecarKeys) }), locality }
