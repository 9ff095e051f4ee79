// Operations of a transaction on instances.

import { metaError } from '../catalog/meta.js'
import { serviceRecord } from '../catalog/register.js'
import { deleteService, putService } from '../catalog/rows.js'
import { nodeServiceJson } from '../catalog/wire.js'
import { RosterError, errors } from '../errors.js'
import { nodeService } from '../http/decode/bodies/catalog.js'
import { proxy } from '../http/decode/bodies/proxy.js'
import { goQuote } from '../http/decode/go-text.js'
import { fits, isKnown } from './cas.js'
import type { Json } from '../catalog/wire.js'
import type { Draft } from '../engine/draft.js'
import type { ServiceEntry, ServiceRecord } from '../state/services.js'
import type { ServiceOperation } from './operation.js'
import type { View } from './view.js'

/** Unlike in other answers, tags that nobody gave are `null`. */
const show = (entry: ServiceEntry | undefined): readonly Json[] =>
  entry === undefined ? [] : [{ Service: { ...nodeServiceJson(entry), Tags: entry.value.tags.length === 0 ? null : entry.value.tags } }]

/** The row that a body asks for. @throws RosterError with what is wrong with it */
function recordOf ({ node, service: s }: ServiceOperation): ServiceRecord {
  return serviceRecord({
    ...nodeService.zero(),
    kind: s.kind,
    id: s.id,
    service: s.service,
    tags: s.tags,
    address: s.address,
    taggedAddresses: s.taggedAddresses,
    meta: s.meta,
    port: s.port,
    weights: s.weights,
    enableTagOverride: s.enableTagOverride,
    proxy: { ...proxy.zero(), ...s.proxy, TransparentProxy: s.proxy?.TransparentProxy ?? proxy.zero().TransparentProxy },
  }, node)
}

/** Why it cannot be tried at all. A deletion has to name a service that could be registered, too. */
export function serviceProblem (op: ServiceOperation): string | undefined {
  if (!isKnown(op.verb)) return `unknown service operation: ${op.verb}`
  if (op.verb === 'get') return undefined
  try {
    recordOf(op)
    return undefined
  } catch (error) {
    if (error instanceof RosterError) return error.message
    throw error
  }
}

/** @throws RosterError with the words of the refusal */
export function readService ({ node, service: { id } }: ServiceOperation, view: View): readonly Json[] {
  const entry = view.service(node, id)
  if (entry === undefined) throw errors.TXN_SERVICE_ABSENT(goQuote(id), goQuote(node))
  return show(entry)
}

/** @throws RosterError with the words of the refusal */
export function changeService (op: ServiceOperation, view: View, draft: Draft): readonly Json[] {
  const { verb, node, service: { modifyIndex } } = op
  if (verb === 'get') return readService(op, view)
  const record = recordOf(op)
  const { id } = record
  const there = view.service(node, id)
  if (verb === 'delete-cas' && BigInt(there?.modifyIndex ?? -1) !== modifyIndex) throw errors.TXN_SERVICE_DELETE_STALE(goQuote(id), goQuote(node))
  if (verb === 'delete' || verb === 'delete-cas') {
    deleteService(draft, node, id)
    return []
  }
  if (verb === 'cas' && !fits(there, modifyIndex)) throw errors.TXN_SERVICE_STALE(goQuote(id), goQuote(node))
  const wrong = metaError(record.meta)
  if (wrong !== undefined) throw errors.TXN_SERVICE_META(node, id, wrong)
  putService(draft, record)
  return show(view.service(node, id))
}
