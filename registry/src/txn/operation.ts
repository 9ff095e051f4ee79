// The operations of a transaction, as the rules see them: out of the body, checked for size, numbered as refusals number them.

import { errors } from '../errors.js'
import { goQuote } from '../http/decode/go-text.js'
import type { TxnCheckBody, TxnKvBody, TxnNodeBody, TxnOpBody, TxnServiceBody } from '../http/decode/bodies/txn.js'

export interface KvOperation {
  readonly kind: 'kv'
  readonly verb: string
  readonly key: string
  /** Base64. */
  readonly value: string
  /** uint64 in decimal digits. */
  readonly flags: string
  readonly index: bigint
  readonly session: string
}

export type NodeOperation = { readonly kind: 'node' } & TxnNodeBody
export type ServiceOperation = { readonly kind: 'service' } & TxnServiceBody
export type CheckOperation = { readonly kind: 'check' } & TxnCheckBody
export type Operation = KvOperation | NodeOperation | ServiceOperation | CheckOperation

/** Operations in one transaction. */
const MAX_OPERATIONS = 128

/**
 * Of several kinds in one operation the first counts; one without any is left out, and those behind it move up.
 * @param maxValueBytes of one key's value
 * @throws RosterError 413
 */
export function operationsOf (body: readonly TxnOpBody[] | null, maxValueBytes: number): Operation[] {
  const list = body ?? []
  if (list.length > MAX_OPERATIONS) throw errors.TXN_TOO_MANY(list.length, MAX_OPERATIONS)
  const operations: Operation[] = []
  for (const { kv, node, service, check } of list) {
    if (kv !== null) operations.push(kvOperation(kv, maxValueBytes))
    else if (node !== null) operations.push({ kind: 'node', ...node })
    else if (service !== null) operations.push({ kind: 'service', ...service })
    else if (check !== null) operations.push({ kind: 'check', ...check })
  }
  return operations
}

function kvOperation ({ verb, key, value, flags, index, session }: TxnKvBody, maxValueBytes: number): KvOperation {
  const size = value?.length ?? 0
  if (size > maxValueBytes) throw errors.TXN_VALUE_TOO_LARGE(goQuote(key), size, maxValueBytes)
  return { kind: 'kv', verb, key, value: value?.toString('base64') ?? '', flags: String(flags), index, session }
}

const KV_WRITES: readonly string[] = ['set', 'delete', 'delete-cas', 'delete-tree', 'cas', 'lock', 'unlock']

/** Whether it changes anything, or would if its verb were known (not so for keys). A transaction without such is served as a read. */
export const isWrite = (operation: Operation): boolean => operation.kind === 'kv' ? KV_WRITES.includes(operation.verb) : operation.verb !== 'get'
