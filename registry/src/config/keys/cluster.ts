// Keys of blocks about clusters and clouds: long lists of which one server reads little.

import { acts, ignores } from './key.js'

const client = ignores('for client agents')
const cloud = ignores('HCP is not connected to')
const enterprise = ignores('a matter of Consul Enterprise')

export const autopilotKeys = {
  cleanup_dead_servers: acts.bool(),
  last_contact_threshold: acts.string(),
  max_trailing_logs: acts.int(),
  min_quorum: acts.uint(),
  server_stabilization_time: acts.string(),
  disable_upgrade_migration: enterprise.bool(),
  redundancy_zone_tag: enterprise.string(),
  upgrade_version_tag: enterprise.string(),
}

export const autoConfigKeys = {
  enabled: client.bool(),
  intro_token: client.string(),
  intro_token_file: client.string(),
  server_addresses: client.strings(),
  dns_sans: client.strings(),
  ip_sans: client.strings(),
  authorization: client.block({
    enabled: client.bool(),
    static: client.block({
      claim_assertions: client.strings(),
      allow_reuse: client.bool(),
      jwt_supported_algs: client.strings(),
      bound_audiences: client.strings(),
      claim_mappings: client.stringMap(),
      list_claim_mappings: client.stringMap(),
      oidc_discovery_url: client.string(),
      oidc_discovery_ca_cert: client.string(),
      jwks_url: client.string(),
      jwks_ca_cert: client.string(),
      jwt_validation_pub_keys: client.strings(),
      bound_issuer: client.string(),
      expiration_leeway: client.string(),
      not_before_leeway: client.string(),
      clock_skew_leeway: client.string(),
    }),
  }),
}

export const cloudKeys = {
  resource_id: cloud.string(), client_id: cloud.string(), client_secret: cloud.string(), hostname: cloud.string(), auth_url: cloud.string(), scada_address: cloud.string(),
}

export const reportingKeys = {
  license: cloud.block({ enabled: cloud.bool() }),
  snapshot_retention_time: cloud.string(),
}
