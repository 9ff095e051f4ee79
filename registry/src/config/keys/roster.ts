// Keys of the `roster` block: settings that Consul does not have. Defaults and their reasons stand in defaults.ts, effects in runtime-config.ts.

import { acts } from './key.js'

export const rosterKeys = {
  engine: acts.string(),
  etcd_endpoints: acts.strings(),
  etcd_prefix: acts.string(),
  etcd_ca_file: acts.string(),
  etcd_cert_file: acts.string(),
  etcd_key_file: acts.string(),
  etcd_user: acts.string(),
  etcd_password: acts.string(),
  server_id: acts.string(),
  advertise_http: acts.string(),
  read_only: acts.bool(),
  allowed_hosts: acts.strings(),
  allowed_origins: acts.strings(),
  limits: acts.block({
    max_body_bytes: acts.int(),
    max_header_bytes: acts.int(),
    headers_timeout: acts.string(),
    request_timeout: acts.string(),
    max_blocking_readers: acts.int(),
    max_streams: acts.int(),
    max_subscriptions_per_stream: acts.int(),
    max_stream_backlog_bytes: acts.int(),
    dns_rate_per_source: acts.float(),
    dns_burst_per_source: acts.int(),
    request_rate_per_client: acts.float(),
    request_burst_per_client: acts.int(),
  }),
  leases: acts.block({
    min_ttl: acts.string(),
    max_ttl: acts.string(),
    default_deregister_after: acts.string(),
    min_deregister_after: acts.string(),
  }),
  local_agent: acts.block({
    lease_ttl: acts.string(),
  }),
  guard: acts.block({
    enabled: acts.bool(),
    ratio: acts.float(),
    min_owners: acts.int(),
    window: acts.string(),
    quiet: acts.string(),
    max_hold: acts.string(),
  }),
  checks: acts.block({
    denied_networks: acts.strings(),
    allowed_networks: acts.strings(),
    max_concurrent: acts.int(),
    docker_host: acts.string(),
    reap_interval: acts.string(),
    deregister_min: acts.string(),
  }),
}
