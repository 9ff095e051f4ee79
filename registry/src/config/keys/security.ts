// Keys about who may do what, and over which wires.

import { acts, ignores } from './key.js'

const enterprise = ignores('a matter of Consul Enterprise')

export const aclKeys = {
  enabled: acts.bool(),
  enable_token_replication: acts.bool(),
  policy_ttl: acts.string(),
  role_ttl: acts.string(),
  token_ttl: acts.string(),
  down_policy: acts.string(),
  default_policy: acts.string(),
  enable_key_list_policy: acts.bool(),
  tokens: acts.block({
    initial_management: acts.string(),
    replication: acts.string(),
    agent_recovery: acts.string(),
    default: acts.string(),
    agent: acts.string(),
    config_file_service_registration: acts.string(),
    dns: acts.string(),
    managed_service_provider: enterprise.blocks({ accessor_id: enterprise.string(), secret_id: enterprise.string() }),
    master: acts.string(),
    agent_master: acts.string(),
  }),
  enable_token_persistence: acts.bool(),
  msp_disable_bootstrap: enterprise.bool(),
}

export const tlsKeys = {
  ca_file: acts.string(),
  ca_path: acts.string(),
  cert_file: acts.string(),
  key_file: acts.string(),
  tls_min_version: acts.string(),
  tls_cipher_suites: acts.string(),
  verify_incoming: acts.bool(),
  verify_outgoing: acts.bool(),
  verify_server_hostname: ignores('TLS between servers is not spoken').bool(),
  use_auto_cert: ignores('certificates are not made by the agent').bool(),
}
