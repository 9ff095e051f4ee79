// catalog/register: rows written straight into the catalog, for what no agent looks after. The agent's own registrations are ../agent/.

import { errors } from '../errors.js'
import { command, putCheck, putNode, putService } from './rows.js'
import { catalogWeights, connectJson, emptyToNull, isAnyAddress, proxyJson, serviceErrors, severalErrors } from './service-rules.js'
import { serviceMetaError } from './meta.js'
import { uuidError } from './uuid.js'
import { definitionJson, definitionType } from './check-definition.js'
import { fold, keys } from '../state/keys.js'
import type { CatalogRegisterBody, HealthCheckBody, NodeServiceBody } from '../http/decode/bodies/catalog.js'
import type { Command } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'
import type { CheckRecord } from '../state/checks.js'

/** All of the request or nothing of it. @throws RosterError 500 of everything that the contract refuses */
export function registerCommand (body: CatalogRegisterBody, datacenter: string): Command<true> {
  if (body.peerName !== '' || body.service?.peerName || [body.check, ...(body.checks ?? [])].some(c => c != null && c.peerName !== '')) throw errors.PEER_NAME_IN_REQUEST()
  if (body.datacenter !== '' && body.datacenter !== datacenter) throw errors.NO_PATH_TO_DATACENTER()
  if (body.node === '') throw errors.MUST_PROVIDE_NODE()
  const badId = body.id === '' ? undefined : uuidError(body.id)
  if (badId !== undefined) throw errors.BAD_NODE_ID(badId)
  if (body.address === '' && !body.skipNodeUpdate) throw errors.MUST_PROVIDE_ADDRESS()
  const service = body.service === null ? undefined : serviceRecord(body.service, body.node)
  const checks = [...(body.checks ?? []), ...(body.check === null ? [] : [body.check])].map(check => checkRecord(check, body.node))
  return command(draft => {
    for (const check of checks) {
      if (fold(check.node) !== fold(body.node)) throw errors.CHECK_NODE_DIFFERS(check.node, check.checkId, body.node)
      // A check names its service in the very letter case of its id.
      if (check.serviceId === '' || check.serviceId === service?.id) continue
      if (draft.get<ServiceRecord>(keys.service(body.node, check.serviceId))?.id !== check.serviceId) throw errors.UNKNOWN_SERVICE_FOR_CHECK(check.serviceId, check.checkId)
    }
    registerNode(draft, body, datacenter)
    if (service !== undefined) {
      const wrong = serviceMetaError(service.kind, service.meta)
      if (wrong !== undefined) throw errors.CATALOG_SERVICE_META(body.node, service.id, wrong)
      putService(draft, service)
    }
    for (const check of checks) {
      if (check.checkId === '') throw errors.CHECK_WITHOUT_ID(body.node)
      putCheck(draft, check)
    }
    return true
  })
}

function registerNode (draft: Draft, body: CatalogRegisterBody, datacenter: string): void {
  // SkipNodeUpdate leaves an existing node alone, and makes one that is not there.
  if (body.skipNodeUpdate && draft.get(keys.node(body.node)) !== undefined) return
  const node: NodeRecord = {
    name: body.node,
    id: body.id,
    address: body.address,
    datacenter,
    taggedAddresses: body.taggedAddresses,
    meta: body.nodeMeta,
    ...(body.locality === null ? {} : { locality: body.locality }),
  }
  putNode(draft, node)
}

/** @throws RosterError 500 */
export function serviceRecord (body: NodeServiceBody, node: string): ServiceRecord {
  const wrong = serviceErrors(body)
  if (wrong.length > 0) throw errors.SERVICE_INVALID(severalErrors(wrong))
  if (body.id === '' && body.service === '') throw errors.SERVICE_NAME_AND_ID_EMPTY()
  if (body.service === '') throw errors.SERVICE_NAME_MISSING()
  if (isAnyAddress(body.address)) throw errors.CATALOG_SERVICE_ADDRESS()
  return {
    node,
    kind: body.kind,
    id: body.id === '' ? body.service : body.id,
    name: body.service,
    tags: body.tags ?? [],
    address: body.address,
    taggedAddresses: emptyToNull(body.taggedAddresses),
    meta: body.meta,
    port: body.port,
    ports: body.ports,
    socketPath: body.socketPath,
    weights: catalogWeights(body.weights),
    enableTagOverride: body.enableTagOverride,
    proxy: proxyJson(body.proxy),
    connect: connectJson(body.connect.native),
    locality: body.locality,
  }
}

export function checkRecord (body: HealthCheckBody, node: string): CheckRecord {
  return {
    node: body.node === '' ? node : body.node,
    checkId: body.checkId === '' ? body.name : body.checkId,
    name: body.name,
    status: body.status === '' ? 'critical' : body.status,
    notes: body.notes,
    output: body.output,
    serviceId: body.serviceId,
    serviceName: body.serviceName,
    serviceTags: body.serviceTags ?? [],
    type: body.type === '' ? definitionType(body) : body.type,
    interval: body.interval,
    timeout: body.timeout,
    exposedPort: body.exposedPort,
    definition: definitionJson(body.definition),
  }
}
