// What works and is yet worth a word at the start.

import type { RuntimeConfig } from './runtime-config.js'

const DNS_LABEL = /^[A-Za-z0-9-]+$/
const PKI_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const DNS_LETTERS = 'Valid characters include all alpha-numerics and dashes.'

/** In the order in which they are said. */
export function settingWarnings (config: RuntimeConfig): string[] {
  const { node, datacenter, checks, acl, http, addresses, definitions } = config
  const found: string[] = []
  if (!PKI_LABEL.test(datacenter)) found.push(`Datacenter : "${datacenter}" will not be PKI X.509 compatible due to invalid characters. Valid characters include lowercase alphanumeric characters with dashes in between.`)
  if (!DNS_LABEL.test(node.name)) found.push(`Node name ${JSON.stringify(node.name)} will not be discoverable via DNS due to invalid characters. ${DNS_LETTERS}`)
  else if (node.name.length > 63) found.push(`Node name ${JSON.stringify(node.name)} will not be discoverable via DNS due to it being too long. Valid lengths are between 1 and 63 bytes.`)
  if (config.bootstrapExpect > 0) found.push(`bootstrap_expect = ${config.bootstrapExpect}: servers do not wait for one another; this one leads at once`)
  if (!config.server && config.join.lan.length === 0) found.push('server = false and no retry_join: until it is told to join a server, this agent knows nobody')
  for (const service of definitions.services) {
    for (const { name } of service.ports ?? []) {
      if (!DNS_LABEL.test(name)) found.push(`Service ${JSON.stringify(service.name)} port name ${JSON.stringify(name)} will not be discoverable via DNS due to invalid characters. ${DNS_LETTERS}`)
    }
  }
  if (checks.enableScripts && !acl.enabled && http.allowWriteFrom.length === 0) {
    found.push('using enable-script-checks without ACLs and without allow_write_http_from is DANGEROUS, use enable-local-script-checks instead: whoever reaches the HTTP port may run programs here')
  }
  if (addresses.reachableByStrangers && !acl.enabled) {
    found.push('The API listens beyond loopback and ACLs are off: whoever reaches it may register, change and remove everything. Set client_addr to 127.0.0.1, or http_config.allow_write_http_from to the networks that may write.')
  }
  return found
}
