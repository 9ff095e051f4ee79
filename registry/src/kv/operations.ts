// What can be done to a key, as steps on a draft: the laws of flags, check-and-set and locks. PUT and DELETE are one step each, a transaction is many.
// Reads are the state's; what ends a lock without its holder's doing is ../sessions/.
//
//   free => held      lock: LockIndex + 1
//   held => held      lock by the holder, or a plain or cas write (LockIndex 0): the session stays
//   held => free      unlock by the holder, the end of the session
//   any  => absent    delete: holder and LockIndex are forgotten

import { errors } from '../errors.js'
import { goQuote } from '../http/decode/go-text.js'
import { keys } from '../state/keys.js'
import type { Draft } from '../engine/draft.js'
import type { KvRecord } from '../state/kv.js'

/** What a caller wants a key to hold. */
export interface KvInput {
  readonly key: string
  /** Base64. */
  readonly value: string
  /** uint64 in decimal digits. */
  readonly flags: string
}

const recordAt = (draft: Draft, key: string): KvRecord | undefined => draft.get<KvRecord>(keys.kv(key))

/** ModifyIndex of a live key. @param base see State.base */
export const modifyIndexOf = (draft: Draft, base: number, key: string): bigint | undefined => {
  const row = draft.row(keys.kv(key))
  return row === undefined ? undefined : BigInt(base + row.revision)
}

/** Writes unless the same stands there, and keeps the pointer from the session to what it holds. */
function write (draft: Draft, before: KvRecord | undefined, after: KvRecord): void {
  if (before !== undefined && before.value === after.value && before.flags === after.flags && before.session === after.session && before.lockIndex === after.lockIndex) return
  // Not `put`: a key that is changed and changed back within one transaction has been changed.
  draft.rewrite(keys.kv(after.key), after)
  const from = before?.session ?? ''
  if (from === after.session) return
  if (from !== '') draft.delete(keys.held(from, after.key))
  if (after.session !== '') draft.put(keys.held(after.session, after.key), { key: after.key })
}

/** A plain write: a holder stays, its LockIndex does not. */
export function setKey (draft: Draft, input: KvInput): void {
  const before = recordAt(draft, input.key)
  write(draft, before, { ...input, lockIndex: 0, session: before?.session ?? '' })
}

/** Writes only when the key's ModifyIndex is `index`; 0: only when there is no such key. */
export function casKey (draft: Draft, base: number, input: KvInput, index: bigint): boolean {
  if ((modifyIndexOf(draft, base, input.key) ?? 0n) !== index) return false
  setKey(draft, input)
  return true
}

/** Takes the lock, or writes as its holder. False: another holds it. @throws RosterError `LOCK_WITHOUT_SESSION`, `LOCK_UNKNOWN_SESSION` */
export function lockKey (draft: Draft, input: KvInput, session: string): boolean {
  if (session === '') throw errors.LOCK_WITHOUT_SESSION()
  if (draft.get(keys.session(session)) === undefined) throw errors.LOCK_UNKNOWN_SESSION(goQuote(session))
  const before = recordAt(draft, input.key)
  if (before !== undefined && before.session !== '' && before.session !== session) return false
  const lockIndex = before === undefined ? 1 : before.session === session ? before.lockIndex : before.lockIndex + 1
  write(draft, before, { ...input, lockIndex, session })
  return true
}

/** Gives the lock back and writes. False: this session does not hold it. @throws RosterError `LOCK_WITHOUT_SESSION` */
export function unlockKey (draft: Draft, input: KvInput, session: string): boolean {
  if (session === '') throw errors.LOCK_WITHOUT_SESSION()
  const before = recordAt(draft, input.key)
  if (before === undefined || before.session !== session) return false
  write(draft, before, { ...input, lockIndex: before.lockIndex, session: '' })
  return true
}

/** Takes the lock away from a session that is gone; value, flags and LockIndex stay. */
export function releaseKey (draft: Draft, key: string): void {
  const before = recordAt(draft, key)
  if (before !== undefined) write(draft, before, { ...before, session: '' })
}

/** What is not there is no error. */
export function deleteKey (draft: Draft, key: string): void {
  const before = recordAt(draft, key)
  if (before === undefined) return
  draft.delete(keys.kv(key))
  if (before.session !== '') draft.delete(keys.held(before.session, key))
}

/** Deletes only when the ModifyIndex is `index`. An absent key is what was wanted, whatever the index. */
export function deleteKeyCas (draft: Draft, base: number, key: string, index: bigint): boolean {
  const now = modifyIndexOf(draft, base, key)
  if (now !== undefined && now !== index) return false
  deleteKey(draft, key)
  return true
}

/** Deletes every key that begins with `prefix`. */
export function deleteTree (draft: Draft, prefix: string): void {
  for (const [, record] of draft.range<KvRecord>(keys.kv(prefix))) deleteKey(draft, record.key)
}
