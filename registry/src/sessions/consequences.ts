// What the catalog's changes do to sessions: one ends with its node, with a check that it depends on, and when such a check turns critical.
// Importing this puts it in force.

import { consequences } from '../catalog/rows.js'
import { keys } from '../state/keys.js'
import { endSession } from './end.js'
import type { Draft } from '../engine/draft.js'
import type { CheckRecord } from '../state/checks.js'

function endAll (draft: Draft, node: string, check: string): void {
  for (const [, { session }] of draft.range<{ session: string }>(keys.endingWith(node, check))) endSession(draft, session)
}

/** The name of the session that a check speaks for; `undefined` for all other checks. */
function sessionName (check: CheckRecord | undefined): string | undefined {
  if (check?.type !== 'session') return undefined
  const name = check.definition['SessionName']
  return typeof name === 'string' ? name : ''
}

consequences.push({
  checkPut (draft, check, before) {
    const was = sessionName(before)
    const is = sessionName(check)
    if (was !== undefined && was !== is) draft.delete(keys.sessionCheck(check.node, was, check.checkId))
    if (is !== undefined) draft.put(keys.sessionCheck(check.node, is, check.checkId), { check: check.checkId })
  },
  checkIsCritical: (draft, check) => endAll(draft, check.node, check.checkId),
  checkGone (draft, check) {
    const name = sessionName(check)
    if (name !== undefined) draft.delete(keys.sessionCheck(check.node, name, check.checkId))
    endAll(draft, check.node, check.checkId)
  },
  nodeGone: (draft, node) => endAll(draft, node, ''),
})
