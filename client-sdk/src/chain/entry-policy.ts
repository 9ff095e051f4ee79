// What a chain says of how calls are made, in the words of a policy: timeouts, retries, balancing. It stands between what the policy file says of the service and the file's defaults.
// Pure.

import type { RouteDestination } from '../api/config-entries.js'
import { parseDuration } from '../duration.js'
import type { CallPolicy, RetryPolicy, ServicePolicy } from '../policy/policy.js'
import { policies } from '../balance/policies.js'
import type { PolicyName } from '../balance/policies.js'
import type { Way } from './ways.js'

/** Most times a request is sent, whatever an entry says: the same bound as in a policy file. */
const MAX_ATTEMPTS = 10

/** @returns an empty policy when the way says nothing */
export function entryPolicy ({ route, loadBalancer, requestTimeout }: Way): ServicePolicy {
  const timeoutMs = positive(route?.RequestTimeout) ?? positive(requestTimeout)
  const retry = route === undefined ? undefined : retryOf(route)
  const policy = loadBalancer?.Policy
  const call: CallPolicy = { ...timeoutMs !== undefined && { timeoutMs }, ...retry !== undefined && { retry } }
  return { ...call, ...isPolicy(policy) && { balance: { policy } } }
}

const isPolicy = (name: string | undefined): name is PolicyName => name !== undefined && name !== '' && Object.hasOwn(policies, name)

function positive (duration: string | undefined): number | undefined {
  const ms = duration === undefined ? undefined : parseDuration(duration)
  return ms !== undefined && ms > 0 ? Math.max(1, Math.round(ms)) : undefined
}

/**
 * An entry says when and how often; which methods may be sent twice stays with the caller: an entry's author need not know that a POST of this service moves money.
 * Conditions are Envoy's (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on); those that mean a lost connection hold anyway.
 */
function retryOf ({ NumRetries = 0, RetryOnStatusCodes, RetryOn, RetryOnConnectFailure = false }: RouteDestination): RetryPolicy | undefined {
  const conditions = RetryOn ?? []
  const statuses = new Set(RetryOnStatusCodes ?? [])
  for (const condition of conditions) for (const status of CONDITIONS[condition] ?? []) statuses.add(status)
  if (NumRetries === 0 && statuses.size === 0 && conditions.length === 0 && !RetryOnConnectFailure) return undefined
  // Envoy's number where the entry gives none.
  const attempts = Math.min(MAX_ATTEMPTS, 1 + (NumRetries || 1))
  return { attempts, ...statuses.size > 0 && { statuses: [...statuses].sort((a, b) => a - b) } }
}

const CONDITIONS: Readonly<Record<string, readonly number[]>> = {
  '5xx': Array.from({ length: 100 }, (_, i) => 500 + i),
  'gateway-error': [502, 503, 504],
  'retriable-4xx': [409],
}
