// Operations of a transaction on checks. They are rows: what a definition describes nobody runs.

import { definitionJson } from '../catalog/check-definition.js'
import { deleteCheck, putCheck } from '../catalog/rows.js'
import { checkJson } from '../catalog/wire.js'
import { RosterError, errors } from '../errors.js'
import { checkDefinition } from '../http/decode/bodies/catalog.js'
import { goQuote } from '../http/decode/go-text.js'
import { fits, isKnown } from './cas.js'
import type { Json } from '../catalog/wire.js'
import type { Draft } from '../engine/draft.js'
import type { CheckEntry, CheckRecord } from '../state/checks.js'
import type { CheckOperation } from './operation.js'
import type { View } from './view.js'

/** Unlike in other answers, tags that the service does not have are `null`. */
const show = (entry: CheckEntry | undefined): readonly Json[] =>
  entry === undefined ? [] : [{ Check: { ...checkJson(entry), ServiceTags: entry.value.serviceTags.length === 0 ? null : entry.value.serviceTags } }]

/** The name stands in for the id, but not in what is only read. */
const idOf = ({ verb, check: { checkId, name } }: CheckOperation): string => checkId === '' && verb !== 'get' ? name : checkId

/** Why it cannot be tried at all. */
export const checkProblem = (op: CheckOperation): string | undefined => isKnown(op.verb) ? undefined : `unknown check operation: ${op.verb}`

/** What the lookup of a check without a node or an id is called, verb by verb. */
const LOOKUPS: Readonly<Record<string, string>> = {
  get: 'failed check lookup',
  set: 'failed health check lookup',
  cas: 'failed check lookup',
  delete: 'check lookup failed',
  'delete-cas': 'check lookup failed: failed check lookup',
}

/** @throws RosterError when there is nothing to look up */
function find (op: CheckOperation, view: View): CheckEntry | undefined {
  if (op.check.node === '' || idOf(op) === '') throw errors.TXN_CHECK_LOOKUP(LOOKUPS[op.verb]!)
  return view.check(op.check.node, idOf(op))
}

/** @throws RosterError with the words of the refusal */
export function readCheck (op: CheckOperation, view: View): readonly Json[] {
  const entry = find(op, view)
  if (entry === undefined) throw errors.TXN_CHECK_ABSENT(goQuote(op.check.checkId), goQuote(op.check.node))
  return show(entry)
}

/** @throws RosterError with the words of the refusal */
export function changeCheck (op: CheckOperation, view: View, draft: Draft): readonly Json[] {
  const { verb, check: { node, modifyIndex } } = op
  if (verb === 'get') return readCheck(op, view)
  const there = find(op, view)
  const id = idOf(op)
  if (verb === 'delete-cas' && BigInt(there?.modifyIndex ?? -1) !== modifyIndex) throw errors.TXN_CHECK_DELETE_STALE(goQuote(id), goQuote(node))
  if (verb === 'delete' || verb === 'delete-cas') {
    deleteCheck(draft, node, id)
    return []
  }
  if (verb === 'cas' && !fits(there, modifyIndex)) throw errors.TXN_CHECK_STALE(goQuote(id), goQuote(node))
  try {
    putCheck(draft, recordOf(op))
  } catch (error) {
    if (error instanceof RosterError && error.code === 'UNKNOWN_SERVICE_FOR_CHECK') throw errors.TXN_CHECK_SERVICE()
    throw error
  }
  return show(view.check(node, id))
}

function recordOf (op: CheckOperation): CheckRecord {
  const { check: c } = op
  return {
    node: c.node,
    checkId: idOf(op),
    name: c.name,
    status: c.status === '' ? 'critical' : c.status,
    notes: c.notes,
    output: c.output,
    serviceId: c.serviceId,
    serviceName: c.serviceName,
    serviceTags: c.serviceTags ?? [],
    type: c.type,
    interval: '',
    timeout: '',
    exposedPort: c.exposedPort,
    definition: definitionJson({ ...checkDefinition.zero(), ...c.definition }),
  }
}
