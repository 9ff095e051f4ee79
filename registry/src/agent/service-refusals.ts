// What is wrong with a registration of a service over the API: the first fault, in the order and with the words that clients know. Files have words of
// their own for the same laws (../config/rules.ts).

import { errors } from '../errors.js'
import { serviceMetaError } from '../catalog/meta.js'
import { agentServiceErrors, isAnyAddress, serviceErrors, severalErrors } from '../catalog/service-rules.js'
import { definitionError } from '../health/definition-rules.js'
import { refusal } from '../health/permit.js'
import { ipFamily } from './service-record.js'
import { checksOf } from './check-record.js'
import type { RosterError } from '../errors.js'
import type { PermitConfig } from '../health/permit.js'
import type { ServiceBody, WeightsBody } from '../http/decode/bodies/service.js'
import type { CheckBody } from '../http/decode/bodies/check.js'
import type { RegistrationSource } from '../state/agent.js'

/** A fault of the registration itself, or of the sidecar as it is written inside; `undefined` when there is none. */
export function serviceRefusal (body: ServiceBody): RosterError | undefined {
  if (body.name === '') return errors.MISSING_SERVICE_NAME()
  if (isAnyAddress(body.address)) return errors.INVALID_SERVICE_ADDRESS()
  const weights = weightsError(body.weights)
  if (weights !== undefined) return errors.INVALID_WEIGHTS(weights)
  const meta = serviceMetaError(body.kind, body.meta)
  if (meta !== undefined) return errors.INVALID_SERVICE_META(meta)
  const wrong = serviceErrors(body)
  if (wrong.length > 0) return errors.SERVICE_VALIDATION(severalErrors(wrong))
  const sidecar = body.connect?.sidecarService ?? undefined
  return checksRefusal(checksOf(body), errors.INVALID_CHECK) ??
    (sidecar === undefined
      ? undefined
      : (body.ports?.length ?? 0) > 0 ? errors.MULTI_PORT_AND_CONNECT() : checksRefusal(checksOf(sidecar), errors.INVALID_SIDECAR_CHECK))
}

/** A fault of a sidecar once its defaults are filled in. */
export function sidecarRefusal (sidecar: ServiceBody): RosterError | undefined {
  const meta = serviceMetaError(sidecar.kind, sidecar.meta)
  if (meta !== undefined) return errors.INVALID_SIDECAR(meta)
  const wrong = agentServiceErrors(sidecar)
  return wrong.length > 0 ? errors.SIDECAR_VALIDATION(severalErrors(wrong)) : undefined
}

/** What the agent may not take over, wherever the registration came from. */
export function agentRefusal (body: ServiceBody, source: RegistrationSource, permit: PermitConfig): RosterError | undefined {
  for (const [tag, family] of FAMILY_OF_TAG) {
    const tagged = body.taggedAddresses?.[tag]
    if (tagged !== undefined && ipFamily(tagged.address) !== family) return errors.TAGGED_ADDRESS(tag, family)
  }
  for (const check of checksOf(body)) {
    const refused = refusal(check, source, permit)
    if (refused !== undefined) return refused
  }
  return undefined
}

/** `wan_ipv6` is taken as it is, as by Consul. */
const FAMILY_OF_TAG = [['lan_ipv4', 'ipv4'], ['wan_ipv4', 'ipv4'], ['lan_ipv6', 'ipv6']] as const

function weightsError (weights: WeightsBody | null): string | undefined {
  if (weights === null) return undefined
  if (weights.passing < 1) return 'Passing must be greater than 0'
  if (weights.warning < 0) return 'Warning must be greater or equal than 0'
  if (weights.passing > 65535 || weights.warning > 65535) return 'DNS Weight must be between 0 and 65535'
  return undefined
}

const STATUSES: readonly string[] = ['passing', 'warning', 'critical']

/** Whether a check may begin in (or be given) the status. */
export const isStatus = (status: string): boolean => STATUSES.includes(status)

/** All definitions are looked at before any status. */
function checksRefusal (checks: readonly CheckBody[], invalid: (why: string) => RosterError): RosterError | undefined {
  for (const check of checks) {
    const wrong = definitionError(check)
    if (wrong !== undefined) return invalid(wrong)
  }
  return checks.every(check => check.status === '' || isStatus(check.status)) ? undefined : errors.INVALID_CHECK_STATUSES()
}
