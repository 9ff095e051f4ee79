// Operations of a transaction on keys. What each does is ../kv/operations.ts; here are verbs, answers and refusals.

import { errors } from '../errors.js'
import { uint64 } from '../exact-json.js'
import { goQuote } from '../http/decode/go-text.js'
import { casKey, deleteKey, deleteKeyCas, deleteTree, lockKey, setKey, unlockKey } from '../kv/operations.js'
import { kvJson } from '../kv/wire.js'
import type { Json } from '../catalog/wire.js'
import type { Draft } from '../engine/draft.js'
import type { KvEntry } from '../state/kv.js'
import type { KvOperation } from './operation.js'
import type { View } from './view.js'

type Read = (op: KvOperation, view: View) => readonly Json[]
type Write = (op: KvOperation, draft: Draft, base: number) => void

const show = (entry: KvEntry, withValue: boolean): Json => ({ KV: kvJson(entry, withValue) })

const reads: Readonly<Record<string, Read>> = {
  get (op, view) {
    const entry = view.kv(op.key)
    if (entry === undefined) throw errors.TXN_KEY_ABSENT(goQuote(op.key))
    return [show(entry, true)]
  },
  'get-or-empty' (op, view) {
    const entry = view.kv(op.key)
    return [entry === undefined ? { KV: emptyJson(op) } : show(entry, true)]
  },
  'get-tree': (op, view) => view.kvBelow(op.key).map(entry => show(entry, true)),
  'check-index' (op, view) {
    const entry = view.kv(op.key)
    if (entry === undefined) throw errors.TXN_CHECK_INDEX_ABSENT(goQuote(op.key))
    if (BigInt(entry.modifyIndex) !== op.index) throw errors.TXN_CHECK_INDEX(goQuote(op.key), entry.modifyIndex, String(op.index))
    return [show(entry, false)]
  },
  'check-session' (op, view) {
    const entry = view.kv(op.key)
    if (entry === undefined) throw errors.TXN_CHECK_SESSION_ABSENT(goQuote(op.key))
    if (entry.value.session !== op.session) throw errors.TXN_CHECK_SESSION(goQuote(op.key), goQuote(entry.value.session), goQuote(op.session))
    return [show(entry, false)]
  },
  'check-not-exists' (op, view) {
    if (view.kv(op.key) !== undefined) throw errors.TXN_KEY_EXISTS(goQuote(op.key))
    return []
  },
}

/** What was asked for, as it was asked for, with nothing in it. */
const emptyJson = ({ key, flags, session, index }: KvOperation): Json => ({
  LockIndex: 0, Key: key, Flags: uint64(flags), Value: null, ...(session === '' ? {} : { Session: session }), CreateIndex: 0, ModifyIndex: uint64(String(index)),
})

const writes: Readonly<Record<string, Write>> = {
  set: (op, draft) => setKey(draft, inputOf(op)),
  cas (op, draft, base) {
    if (!casKey(draft, base, inputOf(op), op.index)) throw errors.TXN_SET_STALE(goQuote(op.key))
  },
  lock (op, draft) {
    if (!lockKey(draft, inputOf(op), op.session)) throw errors.TXN_LOCK_HELD(goQuote(op.key))
  },
  unlock (op, draft) {
    if (!unlockKey(draft, inputOf(op), op.session)) throw errors.TXN_UNLOCK(goQuote(op.key))
  },
}

const deletes: Readonly<Record<string, Write>> = {
  delete: (op, draft) => deleteKey(draft, op.key),
  'delete-cas' (op, draft, base) {
    if (!deleteKeyCas(draft, base, op.key, op.index)) throw errors.TXN_DELETE_STALE(goQuote(op.key))
  },
  'delete-tree': (op, draft) => deleteTree(draft, op.key),
}

const inputOf = ({ key, value, flags }: KvOperation) => ({ key, value, flags })

/** Why it cannot be tried at all. Delays of locks are looked at by run.ts. */
export function kvProblem (op: KvOperation): string | undefined {
  if (op.key === '' && op.verb !== 'delete-tree') return 'Must provide key'
  return [reads, writes, deletes].some(verbs => Object.hasOwn(verbs, op.verb)) ? undefined : `unknown KV operation: ${op.verb}`
}

/** @throws RosterError with the words of the refusal */
export const readKv = (op: KvOperation, view: View): readonly Json[] => reads[op.verb]!(op, view)

/** A written key is shown without its value, a deleted one not at all. @throws RosterError with the words of the refusal */
export function changeKv (op: KvOperation, view: View, draft: Draft, base: number): readonly Json[] {
  if (Object.hasOwn(reads, op.verb)) return readKv(op, view)
  if (Object.hasOwn(deletes, op.verb)) {
    deletes[op.verb]!(op, draft, base)
    return []
  }
  writes[op.verb]!(op, draft, base)
  return [show(view.kv(op.key)!, false)]
}
