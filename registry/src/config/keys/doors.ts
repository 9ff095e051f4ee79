// Keys about what is seen from outside: DNS, HTTP, limits, metrics, the page.

import { acts, ignores } from './key.js'

const enterprise = ignores('a matter of Consul Enterprise')
const elsewhere = ignores('metrics are fetched from /metrics, never sent')
const rpc = ignores('there is no RPC between agents')

export const dnsConfigKeys = {
  allow_stale: acts.bool(),
  a_record_limit: acts.int(),
  disable_compression: acts.bool(),
  enable_truncate: acts.bool(),
  max_stale: acts.string(),
  node_ttl: acts.string(),
  only_passing: acts.bool(),
  recursor_strategy: acts.string(),
  recursor_timeout: acts.string(),
  service_ttl: acts.stringMap(),
  udp_answer_limit: acts.int(),
  enable_additional_node_meta_txt: acts.bool(),
  soa: acts.block({ refresh: acts.uint32(), retry: acts.uint32(), expire: acts.uint32(), min_ttl: acts.uint32() }),
  use_cache: acts.bool(),
  cache_max_age: acts.string(),
  prefer_namespace: enterprise.bool(),
}

export const httpConfigKeys = {
  block_endpoints: acts.strings(),
  allow_write_http_from: acts.strings(),
  response_headers: acts.stringMap(),
  use_cache: acts.bool(),
  max_header_bytes: acts.int(),
}

export const limitsKeys = {
  http_max_conns_per_client: acts.int(),
  https_handshake_timeout: acts.string(),
  request_limits: acts.block({ mode: acts.string(), read_rate: acts.float(), write_rate: acts.float() }),
  rpc_client_timeout: rpc.string(),
  rpc_handshake_timeout: rpc.string(),
  rpc_max_burst: rpc.int(),
  rpc_max_conns_per_client: rpc.int(),
  rpc_rate: rpc.float(),
  kv_max_value_size: acts.uint(),
  txn_max_req_len: acts.uint(),
}

export const telemetryKeys = {
  circonus_api_app: elsewhere.string(),
  circonus_api_token: elsewhere.string(),
  circonus_api_url: elsewhere.string(),
  circonus_broker_id: elsewhere.string(),
  circonus_broker_select_tag: elsewhere.string(),
  circonus_check_display_name: elsewhere.string(),
  circonus_check_force_metric_activation: elsewhere.string(),
  circonus_check_id: elsewhere.string(),
  circonus_check_instance_id: elsewhere.string(),
  circonus_check_search_tag: elsewhere.string(),
  circonus_check_tags: elsewhere.string(),
  circonus_submission_interval: elsewhere.string(),
  circonus_submission_url: elsewhere.string(),
  disable_hostname: acts.bool(),
  disable_per_tenancy_usage_metrics: enterprise.bool(),
  enable_host_metrics: ignores('a node exporter does that better').bool(),
  dogstatsd_addr: elsewhere.string(),
  dogstatsd_tags: elsewhere.strings(),
  retry_failed_connection: elsewhere.bool(),
  filter_default: acts.bool(),
  prefix_filter: acts.strings(),
  metrics_prefix: acts.string(),
  prometheus_retention_time: acts.string(),
  statsd_address: elsewhere.string(),
  statsite_address: elsewhere.string(),
}

export const uiConfigKeys = {
  enabled: acts.bool(),
  read_only: acts.bool(),
  dir: acts.string(),
  content_path: acts.string(),
  metrics_provider: acts.string(),
  metrics_provider_files: acts.strings(),
  metrics_provider_options_json: acts.string(),
  metrics_proxy: acts.block({
    base_url: acts.string(),
    add_headers: acts.blocks({ name: acts.string(), value: acts.string() }),
    path_allowlist: acts.strings(),
  }),
  dashboard_url_templates: acts.stringMap(),
}
