// What of a request decides where it goes, as a service-resolver's hash policies say it. Pure; the ring is ../balance/choices/ring-hash.ts.

import type { LoadBalancer } from '../api/config-entries.js'
import { cookieValue, queryParam } from './request-changes.js'
import type { RequestFacts } from './request-facts.js'

type HashPolicy = NonNullable<LoadBalancer['HashPolicies']>[number]

/** The key of a request; `undefined`: it has none of what is asked for, and may go anywhere. @param source address of the caller, for a proxy that has callers */
export type HashKey = (request: RequestFacts, source?: string) => string | undefined

/** @returns `undefined` when nothing is asked for */
export function hashKey (policies: LoadBalancer['HashPolicies'] | null): HashKey | undefined {
  if (policies === undefined || policies === null || policies.length === 0) return undefined
  return (request, source) => {
    const found: string[] = []
    for (const policy of policies) {
      const value = valueOf(policy, request, source)
      if (value === undefined) continue
      found.push(value)
      if (policy.Terminal === true) break
    }
    return found.length === 0 ? undefined : found.join('\n')
  }
}

function valueOf ({ Field, FieldValue = '', SourceIP }: HashPolicy, request: RequestFacts, source: string | undefined): string | undefined {
  if (SourceIP === true) return source
  if (Field === 'header') return request.header(FieldValue)
  if (Field === 'cookie') return cookieValue(request.header('cookie'), FieldValue)
  return Field === 'query_parameter' ? queryParam(request.path, FieldValue) : undefined
}
