// Old names of keys, which Consul takes with a warning; ../old-keys.ts says what they are called now.

import { acts, ignores } from './key.js'

const oldTls = ignores('TLS between servers is not spoken; for HTTPS use `tls.https`')

export const oldKeys = {
  acl_agent_master_token: acts.string(),
  acl_agent_token: acts.string(),
  acl_token: acts.string(),
  acl_enable_key_list_policy: acts.bool(),
  acl_master_token: acts.string(),
  acl_replication_token: acts.string(),
  enable_acl_replication: acts.bool(),
  acl_datacenter: acts.string(),
  acl_default_policy: acts.string(),
  acl_down_policy: acts.string(),
  acl_ttl: acts.string(),
  ca_file: acts.string(),
  ca_path: acts.string(),
  cert_file: acts.string(),
  key_file: acts.string(),
  tls_cipher_suites: acts.string(),
  tls_min_version: acts.string(),
  verify_incoming: acts.bool(),
  verify_incoming_https: acts.bool(),
  verify_incoming_rpc: oldTls.bool(),
  verify_outgoing: acts.bool(),
  verify_server_hostname: oldTls.bool(),
  tls_prefer_server_cipher_suites: oldTls.bool(),
  start_join: acts.strings(),
  start_join_wan: acts.strings(),
  raft_boltdb: ignores('there is no Raft log: the engine keeps its own history').map(),
}
