// Operations of a transaction on nodes.

import { deleteNode, putNode } from '../catalog/rows.js'
import { uuidError } from '../catalog/uuid.js'
import { nodeJson } from '../catalog/wire.js'
import { errors } from '../errors.js'
import { goQuote } from '../http/decode/go-text.js'
import { fits, isKnown } from './cas.js'
import type { Json } from '../catalog/wire.js'
import type { Draft } from '../engine/draft.js'
import type { NodeEntry, NodeRecord } from '../state/nodes.js'
import type { NodeOperation } from './operation.js'
import type { View } from './view.js'

const show = (entry: NodeEntry | undefined): readonly Json[] => entry === undefined ? [] : [{ Node: nodeJson(entry) }]

/** By id where one is given (a beginning is enough), else by name. @throws RosterError when it can be no id */
function find ({ node: { id, node } }: NodeOperation, view: View): NodeEntry | undefined {
  if (id === '') return view.node(node)
  const problem = idPrefixError(id)
  if (problem !== undefined) throw errors.TXN_NODE_ID(problem)
  return view.nodeById(hyphened(id.replaceAll('-', '')))
}

function idPrefixError (id: string): string | undefined {
  if (id.length > 36) return `Invalid UUID length. UUID have 36 characters; got ${id.length}`
  const hyphens = id.split('-').length - 1
  if (hyphens > 4) return `UUID should have maximum of 4 "-"; got ${hyphens}`
  const digits = id.replaceAll('-', '')
  if (digits.length % 2 !== 0) return 'UUID (without hyphens) must be even length'
  const bad = /[^0-9a-f]/i.exec(digits)
  return bad === null ? undefined : `invalid UUID: encoding/hex: invalid byte: U+${bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad[0]}'`
}

/** Hex digits with the hyphens of a UUID, as far as they go. */
const hyphened = (digits: string): string => [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].filter(part => part !== '').join('-')

/** Why it cannot be tried at all. */
export function nodeProblem (op: NodeOperation): string | undefined {
  if (!isKnown(op.verb)) return `unknown node operation: ${op.verb}`
  if (op.verb === 'get') return undefined
  if (op.node.node === '') return 'Must provide node'
  const badId = op.node.id === '' ? undefined : uuidError(op.node.id)
  if (badId !== undefined) return `Bad node ID: ${badId}`
  // Nodes of peers are not kept here.
  return op.node.peerName === '' ? undefined : errors.PEER_NAME_IN_REQUEST().message
}

/** @throws RosterError with the words of the refusal */
export function readNode (op: NodeOperation, view: View): readonly Json[] {
  const entry = find(op, view)
  if (entry === undefined || op.node.peerName !== '') throw errors.TXN_NODE_ABSENT(goQuote(op.node.node))
  return show(entry)
}

/** @param datacenter our own, for a node that names none @throws RosterError with the words of the refusal */
export function changeNode (op: NodeOperation, view: View, draft: Draft, datacenter: string): readonly Json[] {
  const { verb, node: { node, modifyIndex } } = op
  if (verb === 'get') return readNode(op, view)
  const there = view.node(node)
  if (verb === 'delete-cas' && BigInt(there?.modifyIndex ?? -1) !== modifyIndex) throw errors.TXN_NODE_DELETE_STALE(goQuote(node))
  if (verb === 'delete' || verb === 'delete-cas') {
    deleteNode(draft, node)
    return []
  }
  if (verb === 'cas' && !fits(there, modifyIndex)) throw errors.TXN_NODE_STALE(goQuote(node))
  putNode(draft, recordOf(op, datacenter))
  return show(find(op, view))
}

function recordOf ({ node: n }: NodeOperation, datacenter: string): NodeRecord {
  return { name: n.node, id: n.id, address: n.address, datacenter: n.datacenter === '' ? datacenter : n.datacenter, taggedAddresses: n.taggedAddresses, meta: n.meta }
}
