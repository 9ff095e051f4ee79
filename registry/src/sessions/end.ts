// The end of a session, whoever brings it: everything that it held is given back or deleted in the same revision, and the lock-delays begin.

import { putCheck } from '../catalog/rows.js'
import { deleteKey, releaseKey } from '../kv/operations.js'
import { keys } from '../state/keys.js'
import { checkIds } from './depends.js'
import type { Draft } from '../engine/draft.js'
import type { CheckRecord } from '../state/checks.js'
import type { SessionRecord } from '../state/sessions.js'

/** Longer lock-delays are cut to this. */
const MAX_LOCK_DELAY_NS = 60e9

/** What else goes with a session, such as a prepared query that is bound to it. Families add themselves. */
export const sessionEnds: Array<(draft: Draft, session: SessionRecord) => void> = []

/** What is not there is no error. Gives whether it was. */
export function endSession (draft: Draft, id: string): boolean {
  const session = draft.get<SessionRecord>(keys.session(id))
  if (session === undefined) return false
  draft.delete(keys.session(id))
  for (const check of ['', ...checkIds(session)]) draft.delete(keys.endsWith(session.node, check, id))
  const delayMs = Math.min(session.lockDelayNs, MAX_LOCK_DELAY_NS) / 1e6
  for (const [, { key }] of draft.range<{ key: string }>(keys.heldBy(id))) {
    if (session.behavior === 'delete') deleteKey(draft, key)
    else releaseKey(draft, key)
    // Rewritten even when the same stands there: the delay counts from now.
    if (delayMs > 0) draft.rewrite(keys.lockDelay(key), { key, ms: delayMs })
  }
  for (const end of sessionEnds) end(draft, session)
  tellChecks(draft, session, 'critical', `Session '${session.id}' is invalid`)
  return true
}

/** Checks that only say whether a session of this name is in force. */
export function tellChecks (draft: Draft, session: SessionRecord, status: string, output: string): void {
  for (const [, { check }] of draft.range<{ check: string }>(keys.sessionChecks(session.node, session.name))) {
    const record = draft.get<CheckRecord>(keys.check(session.node, check))
    if (record !== undefined) putCheck(draft, { ...record, status, output })
  }
}
