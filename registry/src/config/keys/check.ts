// Keys of a check: in `check`, in `checks`, and within a service.

import { acts, ignores } from './key.js'

const enterprise = ignores('namespaces and partitions are a matter of Consul Enterprise; only the default ones exist')

export const checkKeys = {
  id: acts.string(),
  name: acts.string(),
  notes: acts.string(),
  service_id: acts.string('serviceid'),
  token: acts.string(),
  status: acts.string(),
  args: acts.strings('scriptargs'),
  http: acts.string(),
  header: acts.stringsMap(),
  method: acts.string(),
  body: acts.string(),
  disable_redirects: acts.bool(),
  output_max_size: acts.int(),
  tcp: acts.string(),
  tcp_use_tls: acts.bool(),
  udp: acts.string(),
  interval: acts.string(),
  docker_container_id: acts.string('dockercontainerid'),
  shell: acts.string(),
  grpc: acts.string(),
  grpc_use_tls: acts.bool(),
  tls_server_name: acts.string(),
  tls_skip_verify: acts.bool('tlsskipverify'),
  alias_node: acts.string(),
  alias_service: acts.string(),
  timeout: acts.string(),
  ttl: acts.string(),
  h2ping: acts.string(),
  h2ping_use_tls: acts.bool(),
  os_service: acts.string(),
  success_before_passing: acts.int(),
  failures_before_warning: acts.int(),
  failures_before_critical: acts.int(),
  deregister_critical_service_after: acts.string('deregistercriticalserviceafter'),
  namespace: enterprise.string(),
  partition: enterprise.string(),
}
