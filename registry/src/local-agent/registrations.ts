// What a local agent tells its server: who it is, and of what is registered here that which the server may not know. Pure: state in, bodies out.

import { nodeServiceJson, checkJson } from '../catalog/wire.js'
import { formatMs } from '../http/decode/duration.js'
import { fold } from '../state/keys.js'
import type { Json } from '../catalog/wire.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { CheckRecord } from '../state/checks.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'
import type { Unsaid } from './own-rows.js'

/** Services and checks in one report: with the largest outputs still some MiB less than a server takes. */
const ROWS_A_REPORT = 200

/** Of a RuntimeConfig, who an agent is. */
export type Identity = Pick<RuntimeConfig, 'addresses' | 'datacenter' | 'localAgent' | 'node' | 'version'>

/** Who the agent is; alone a sign of life. @param http where it answers, `host:port` */
export function identityJson ({ node, addresses, datacenter, version, localAgent }: Identity, http: string): Json {
  return {
    Datacenter: datacenter,
    Node: node.name,
    ID: node.id,
    Address: addresses.advertise,
    TaggedAddresses: addresses.tagged,
    Meta: { 'consul-network-segment': '', 'consul-version': version, ...node.meta },
    ...(node.locality === undefined ? {} : { Locality: { Region: node.locality.region, Zone: node.locality.zone } }),
    TTL: formatMs(localAgent.leaseTtlMs),
    Version: version,
    HTTP: http,
  }
}

export interface ReportContext {
  readonly state: State
  readonly node: string
  /** The check with its newest output; `undefined` when it is not registered any more. */
  readonly check: (id: string) => CheckRecord | undefined
}

/** Reports, in the order in which they are to be sent, on what the server has not heard of. Each is to be laid over the identity. */
export function reports (unsaid: Unsaid, { state, node, check }: ReportContext): Json[] {
  const services: Json[] = []
  const checks: Json[] = []
  const goneServices: string[] = []
  const goneChecks: string[] = []
  const told = new Set<string>()
  const tell = (service: ServiceRecord): void => {
    if (told.has(service.id)) return
    told.add(service.id)
    services.push(rowJson(service))
  }
  for (const id of unsaid.services) {
    const service = state.agent.services.get(id)?.value.service
    if (service !== undefined) tell(service)
    else if (!hasTwin(state.agent.services, id)) goneServices.push(id)
  }
  for (const id of unsaid.checks) {
    const record = check(id)
    if (record === undefined) {
      if (!hasTwin(state.agent.checks, id)) goneChecks.push(id)
      continue
    }
    // Its service goes with it where somebody took that away; one whose tags may be overridden is otherwise left as it is.
    const service = record.serviceId === '' ? undefined : state.agent.services.get(record.serviceId)?.value.service
    if (service !== undefined && state.services.get(node, service.id) === undefined) tell(service)
    checks.push(rowOfCheck(record))
  }
  const out: Json[] = []
  if (goneServices.length + goneChecks.length > 0) out.push({ GoneServices: goneServices, GoneChecks: goneChecks })
  for (let i = 0; i < services.length; i += ROWS_A_REPORT) out.push({ Services: services.slice(i, i + ROWS_A_REPORT) })
  for (let i = 0; i < checks.length; i += ROWS_A_REPORT) out.push({ Checks: checks.slice(i, i + ROWS_A_REPORT) })
  // Few of each go together.
  if (out.length > 1 && services.length + checks.length <= ROWS_A_REPORT) return [Object.assign({}, ...out) as Json]
  return out
}

/** Ids that differ in letter case alone share one row of the catalog, which is not gone while one of them is there. */
function hasTwin (registered: ReadonlyMap<string, unknown>, id: string): boolean {
  for (const other of registered.keys()) if (other !== id && fold(other) === fold(id)) return true
  return false
}

const rowJson = (value: ServiceRecord): Json => withoutIndexes(nodeServiceJson({ value, createIndex: 0, modifyIndex: 0 }))
const rowOfCheck = (value: CheckRecord): Json => withoutIndexes(checkJson({ value, createIndex: 0, modifyIndex: 0 }))

function withoutIndexes ({ CreateIndex: _created, ModifyIndex: _modified, ...json }: Json): Json { return json }
