// Whether a policy can be used: the check at the door, for code and file alike. Says which key is wrong and what would be right.

import { InvalidPolicyError } from '../api/errors.js'
import { policyFile, servicePolicy } from './policy-rules.js'
import type { CallPolicy, PolicyFile, ServicePolicy } from './policy.js'

/** @throws InvalidPolicyError such as `Invalid policy: "retry.attempts" must be between 1 and 10, not 0` */
export function checkServicePolicy (value: unknown): ServicePolicy {
  servicePolicy.check(value, '')
  checkService(value as ServicePolicy, '')
  return value as ServicePolicy
}

/** @throws InvalidPolicyError such as `Invalid policy: "services.payments.retry.attempts" must be between 1 and 10, not 0` */
export function checkPolicyFile (value: unknown): PolicyFile {
  policyFile.check(value, '')
  const file = value as PolicyFile
  if (file.defaults !== undefined) checkService(file.defaults, 'defaults.')
  for (const [name, policy] of Object.entries(file.services ?? {})) checkService(policy, `services.${name}.`)
  return file
}

/** What no single field can say. */
function checkService (policy: ServicePolicy, prefix: string): void {
  checkCall(policy, prefix)
  policy.routes?.forEach((route, i) => checkCall(route, `${prefix}routes[${i}].`))
}

function checkCall ({ attemptTimeout, retry }: CallPolicy, prefix: string): void {
  if (attemptTimeout && (attemptTimeout.minMs ?? 0) > (attemptTimeout.maxMs ?? Infinity)) throw new InvalidPolicyError(`${prefix}attemptTimeout.minMs`, `must not be more than maxMs, ${attemptTimeout.maxMs}`)
  const { baseMs = 0, maxMs = Infinity } = (retry || undefined)?.backoff ?? {}
  if (baseMs > maxMs) throw new InvalidPolicyError(`${prefix}retry.backoff.baseMs`, `must not be more than maxMs, ${maxMs}`)
}
