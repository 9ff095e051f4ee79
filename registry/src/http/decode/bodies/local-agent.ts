// Body of PUT local-agent/report: what a local agent says of its node. Rows are those of catalog/register.

import { bodyDecoder } from '../body.js'
import { maybeDurationMs } from '../duration-kind.js'
import { listOrEmpty, optional, textMap } from '../collection-kinds.js'
import { flag, text } from '../scalar-kinds.js'
import { field, table } from '../table.js'
import { healthCheck, nodeService } from './catalog.js'
import { locality } from './service.js'
import type { Value } from '../kind.js'

export const localAgentReport = table({ name: 'LocalAgentReport', type: 'LocalAgentReport', own: 'strict' }, {
  datacenter: field('Datacenter', text),
  node: field('Node', text),
  /** Of the node: a UUID. */
  id: field('ID', text),
  /** '' when absent: the caller's address on the connection. */
  address: field('Address', text),
  taggedAddresses: field('TaggedAddresses', textMap),
  meta: field('Meta', textMap),
  locality: field('Locality', optional(locality)),
  /** ms without a sign of life after which the node is critical; null when absent. */
  ttlMs: field('TTL', maybeDurationMs),
  /** Consul's version that the agent tells its clients. */
  version: field('Version', text),
  /** Where the agent answers HTTP. */
  http: field('HTTP', text),
  /** To be put. */
  services: field('Services', listOrEmpty(nodeService)),
  checks: field('Checks', listOrEmpty(healthCheck)),
  /** Ids of what is not registered there any more. */
  goneServices: field('GoneServices', listOrEmpty(text)),
  goneChecks: field('GoneChecks', listOrEmpty(text)),
  /** Good-bye. */
  leave: field('Leave', flag),
})

export type LocalAgentReportBody = Value<typeof localAgentReport>

export const decodeLocalAgentReport = bodyDecoder(localAgentReport)
