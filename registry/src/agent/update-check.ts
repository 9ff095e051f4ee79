// What was learnt of a check, by a heartbeat or by looking: written at once when the status changes, with its output; an output alone waits
// (../health/sync-delay.ts), and what changes nothing is not written.

import { syncWhen } from '../health/sync-delay.js'
import { keys } from '../state/keys.js'
import { command } from '../catalog/rows.js'
import { pushCheck } from './rows.js'
import type { Command, Revision } from '../engine/engine.js'
import type { AgentCheckRecord } from '../state/agent.js'
import type { CheckResult } from '../health/kind.js'
import type { AgentContext } from './rows.js'

export interface CheckUpdate {
  /** `gone`: there is no such check any more. `later`: the output is to be kept in memory and written when its time comes. */
  readonly outcome: 'written' | 'later' | 'unchanged' | 'gone'
  /** For `later`: rows of this revision or a newer one have it, or something newer. */
  readonly since: Revision
}

export interface UpdateOptions {
  /** The service itself said so. */
  readonly heartbeat: boolean
}

export const updateCheckCommand = (checkId: string, result: CheckResult, context: AgentContext, { heartbeat }: UpdateOptions): Command<CheckUpdate> => command(draft => {
  const since = draft.next
  const key = keys.agentCheck(checkId)
  const row = draft.get<AgentCheckRecord>(key)
  if (row === undefined) return { outcome: 'gone', since }
  const shown = { status: row.check.status, output: context.liveOutput(checkId) ?? row.check.output }
  const when = syncWhen(shown, result, context.config.checks.updateIntervalMs)
  const confirmed = row.confirmed || heartbeat
  if (when === 'now') {
    const record: AgentCheckRecord = { ...row, confirmed, check: { ...row.check, ...result } }
    draft.put(key, record)
    pushCheck(draft, record.check, context.config)
    return { outcome: 'written', since }
  }
  // The first heartbeat is written in any case, so its output goes along as far as the agent's own row.
  if (confirmed !== row.confirmed) draft.put(key, { ...row, confirmed, check: { ...row.check, output: result.output } })
  return { outcome: when === 'later' ? 'later' : 'unchanged', since }
})

/** Brings the catalog up to the agent's view of a check. */
export const pushOutputCommand = (checkId: string, context: AgentContext): Command<void> => command(draft => {
  const key = keys.agentCheck(checkId)
  const row = draft.get<AgentCheckRecord>(key)
  if (row === undefined) return
  const record = { ...row, check: { ...row.check, output: context.liveOutput(checkId) ?? row.check.output } }
  draft.put(key, record)
  pushCheck(draft, record.check, context.config)
})
