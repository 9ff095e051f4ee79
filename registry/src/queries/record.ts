// What a body says as a record: everything that can be refused without looking at other queries. What others have to say is commands.ts' affair.

import { metaError } from '../catalog/meta.js'
import { errors } from '../errors.js'
import { DurationError, parseDuration } from '../http/decode/duration.js'
import type { PreparedQueryBody } from '../http/decode/bodies/query.js'
import type { QueryRecord } from '../state/queries.js'

/** What stands for a token that the reader may not see. */
export const HIDDEN_TOKEN = '<hidden>'

/** @throws RosterError 500 of the first thing that is wrong */
export function queryRecord (body: PreparedQueryBody, id: string): QueryRecord {
  const { name, session, token, template, service, dns } = body
  if (name === '' && template.type === '' && session === '') throw errors.QUERY_INVALID('Must be bound to a session')
  if (token === HIDDEN_TOKEN) throw errors.QUERY_INVALID(`Bad Token '${token}', it looks like a query definition with a redacted token was submitted`)
  const wrong = serviceError(service) ?? ttlError(dns.ttl)
  if (wrong !== undefined) throw errors.QUERY_INVALID(wrong)
  const { samenessGroup, ...asked } = service
  return { id, name, session, token, template, service: asked, dns }
}

function serviceError ({ service, failover, nodeMeta, samenessGroup }: PreparedQueryBody['service']): string | undefined {
  if (service === '') return 'Must provide a Service name to query'
  const { nearestN, datacenters, targets } = failover
  if (nearestN < 0) return `Bad NearestN '${nearestN}', must be >= 0`
  if ((nearestN !== 0 || (datacenters ?? []).length > 0) && (targets ?? []).length > 0) return 'Targets cannot be populated with NearestN or Datacenters'
  // Nodes may have metadata under reserved keys, so queries may ask for it.
  const meta = metaError(nodeMeta, Object.keys(nodeMeta ?? {}))
  if (meta !== undefined) return meta
  return samenessGroup === '' ? undefined : 'sameness-groups are an enterprise-only feature'
}

function ttlError (ttl: string): string | undefined {
  if (ttl === '') return undefined
  try {
    const ns = parseDuration(ttl)
    return ns < 0 ? `DNS TTL '${ns}', must be >=0` : undefined
  } catch (error) {
    if (error instanceof DurationError) return `Bad DNS TTL '${ttl}': ${error.message}`
    throw error
  }
}
