// Bodies of PUT lease, PUT lease/:id/status and PUT lease/:id/edges: the registry's own endpoints, read by the same rules as the compatible ones.

import { bodyDecoder } from '../body.js'
import { maybeDurationMs } from '../duration-kind.js'
import type { Value } from '../kind.js'
import { float, text, uint } from '../scalar-kinds.js'
import { list, listOrEmpty } from '../collection-kinds.js'
import { field, table } from '../table.js'
import { leaseService } from './service.js'

export const lease = table({ name: 'Lease', type: 'Lease', own: 'strict' }, {
  /** '' when absent: the server gives one. */
  id: field('ID', text),
  /** ms; null when absent. Bounds are not checked here. */
  ttlMs: field('TTL', maybeDurationMs),
  /** ms; null when absent. Bounds are not checked here. */
  deregisterAfterMs: field('DeregisterAfter', maybeDurationMs),
  /** '' when absent. */
  node: field('Node', text),
  /** '' when absent: the caller's address on the connection. */
  address: field('Address', text),
  /** What instances say of which nothing was said before; '' when absent: passing. Not validated here. */
  status: field('Status', text),
  /** Output of the checks when the lease lapses; '' when absent. */
  lapseOutput: field('LapseOutput', text),
  services: field('Services', listOrEmpty(leaseService)),
})

export const leaseStatus = table({ name: 'LeaseStatus', type: 'LeaseStatus', own: 'strict' }, {
  /** passing, warning, critical; not validated here. */
  status: field('Status', text),
  output: field('Output', text),
  /** Instances meant; null when absent: all of the lease. */
  serviceIds: field('ServiceIDs', list(text)),
})

export const leaseEdges = table({ name: 'LeaseEdges', type: 'LeaseEdges', own: 'strict' }, {
  /** ms that the counts are of. Not validated here. */
  windowMs: field('WindowMs', float),
  edges: field('Edges', listOrEmpty(table({ name: 'Edge', type: 'Edge' }, {
    /** '' when absent: the lease's first service. */
    from: field('From', text),
    to: field('To', text),
    requests: field('Requests', uint),
    errors: field('Errors', uint),
    /** Counts by bucket: bucket i is of times up to 2^((i-4)/2) ms. */
    latency: field('Latency', listOrEmpty(uint)),
    /** `node/service id`. */
    ejected: field('Ejected', listOrEmpty(text)),
  }))),
})

export type LeaseBody = Value<typeof lease>
export type LeaseStatusBody = Value<typeof leaseStatus>

export const decodeLease = bodyDecoder(lease)
export const decodeLeaseStatus = bodyDecoder(leaseStatus)
export const decodeLeaseEdges = bodyDecoder(leaseEdges)
