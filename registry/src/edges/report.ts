// Judges a report of edges: what a stranger may say, and how much of it. Pure.

import { MAX_EDGES_PER_LEASE, MAX_EJECTED } from './edge-store.js'
import { LATENCY_BUCKETS } from './latency.js'
import { errors } from '../errors.js'
import type { ReportedEdge } from './edge-store.js'

/** Longest name of a service or an instance, characters. */
const MAX_NAME = 512
/** A window is at least and at most this long, ms. */
const MIN_WINDOW_MS = 100
const MAX_WINDOW_MS = 600_000

/** What a caller says, before and after it was judged. `from` may be '' before. */
interface Report { readonly windowMs: number, readonly edges: readonly ReportedEdge[] }

/**
 * @param own the service that calls, for edges that do not say
 * @throws RosterError 400
 */
export function edgeReport (body: Report, own: string): Report {
  const { windowMs, edges } = body
  if (!(windowMs >= MIN_WINDOW_MS && windowMs <= MAX_WINDOW_MS)) throw errors.EDGES_INVALID(`WindowMs must be between ${MIN_WINDOW_MS} and ${MAX_WINDOW_MS}`)
  if (edges.length > MAX_EDGES_PER_LEASE) throw errors.EDGES_INVALID(`a lease may report ${MAX_EDGES_PER_LEASE} edges at most`)
  return {
    windowMs,
    edges: edges.map(({ from: said, to, requests, errors: failed, latency, ejected }) => {
      const from = said === '' ? own : said
      if (to === '') throw errors.EDGES_INVALID('To is missing')
      if (from === '') throw errors.EDGES_INVALID('From is missing, and the lease has no service')
      if (from.length > MAX_NAME || to.length > MAX_NAME || ejected.some(id => id.length > MAX_NAME)) throw errors.EDGES_INVALID(`a name may have ${MAX_NAME} characters at most`)
      if (!Number.isSafeInteger(requests) || failed > requests) throw errors.EDGES_INVALID('Errors must not be more than Requests')
      if (latency.length > LATENCY_BUCKETS || !latency.every(Number.isSafeInteger)) throw errors.EDGES_INVALID(`Latency may have ${LATENCY_BUCKETS} counts at most`)
      if (ejected.length > MAX_EJECTED) throw errors.EDGES_INVALID(`an edge may name ${MAX_EJECTED} instances at most`)
      return { from, to, requests, errors: failed, latency, ejected }
    }),
  }
}
