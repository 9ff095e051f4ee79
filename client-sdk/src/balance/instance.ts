// One instance of a service as a balancer sees it: where it is, what it says of itself, what the registry says of it. Made from a row of the registry's answer, or by whoever knows better.

import type { HealthCheck, HealthEntry } from '../api/health.js'

export interface Instance {
  /** Unique and lasting: node and service id. Statistics are kept under it. */
  readonly id: string
  readonly service: string
  readonly address: string
  readonly port: number
  readonly tags: readonly string[]
  readonly meta: Readonly<Record<string, string>>
  readonly zone?: string
  /** The worst of its checks. A critical one is still in the list: without it nobody could tell "one of two is sick" from "all of one are well". */
  readonly health: 'passing' | 'warning' | 'critical'
  /** It does not want calls, by its own word: maintenance, draining, not ready. Never called, whatever happens to the others. */
  readonly withdrawn: boolean
  /** Share of the calls at its present health, as registered. 0: none, as long as others have some. */
  readonly weight: number
}

/** Reads a row of `/v1/health/service/…` or of the `health` watch. An instance without an address of its own is at its node's. */
export function instanceOf ({ Node, Service, Checks }: HealthEntry): Instance {
  const health = Checks.some(check => check.Status === 'critical') ? 'critical' : Checks.some(check => check.Status === 'warning') ? 'warning' : 'passing'
  const weights = Service.Weights ?? { Passing: 1, Warning: 1 }
  const zone = Service.Locality?.Zone || Node.Locality?.Zone || Service.Meta?.['zone'] || Node.Meta?.['zone']
  return {
    id: instanceId(Node.Node, Service.ID),
    service: Service.Service,
    address: Service.Address || Node.Address,
    port: Service.Port ?? 0,
    tags: Service.Tags ?? [],
    meta: Service.Meta ?? {},
    ...zone && { zone },
    health,
    withdrawn: Checks.some(check => withdraws(check, Service.ID)),
    weight: health === 'warning' ? weights.Warning : weights.Passing,
  }
}

/** Ids are unique on their node only. */
export const instanceId = (node: string, serviceId: string): string => `${node}/${serviceId}`

/**
 * Maintenance has check ids of its own. A process that drains, or is not ready yet, says so in the output of the check that stands for itself; the status word of that is
 * critical, as it has to be for readers that know no better.
 */
function withdraws ({ CheckID, Status, Output }: HealthCheck, serviceId: string): boolean {
  if (Status !== 'critical') return false
  if (CheckID === '_node_maintenance' || CheckID === `_service_maintenance:${serviceId}`) return true
  return CheckID === `service:${serviceId}` && /^(draining|not ready)\b/.test(Output)
}
