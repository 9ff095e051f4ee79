// agent/check/register: a check of the node, or one more of a service.

import { errors } from '../errors.js'
import { definitionError } from '../health/definition-rules.js'
import { refusal } from '../health/permit.js'
import { keys } from '../state/keys.js'
import { command } from '../catalog/rows.js'
import { standaloneCheck } from './check-record.js'
import { deleteAgentCheck, putAgentCheck } from './rows.js'
import { isStatus } from './service-refusals.js'
import type { RosterError } from '../errors.js'
import type { Command } from '../engine/engine.js'
import type { CheckBody } from '../http/decode/bodies/check.js'
import type { AgentServiceRecord } from '../state/agent.js'
import type { AgentContext } from './rows.js'

export interface RegisteredCheck {
  readonly checkId: string
  /** The check may not run here: what stood under its id is gone, as in Consul, and this is the answer. */
  readonly refused: RosterError | undefined
}

/** @throws RosterError 400 of the first fault; 404 when its service is not registered here */
export function registerCheckCommand (body: CheckBody, context: AgentContext): Command<RegisteredCheck> {
  if (body.name === '') throw errors.MISSING_CHECK_NAME()
  if (body.status !== '' && !isStatus(body.status)) throw errors.BAD_CHECK_STATUS()
  const wrong = definitionError(body)
  if (wrong !== undefined) throw errors.INVALID_CHECK(wrong)
  const refused = refusal(body, 'api', context.config.checks)
  return command(draft => {
    const owner = body.serviceId === '' ? undefined : draft.get<AgentServiceRecord>(keys.agentService(body.serviceId))
    if (body.serviceId !== '' && owner === undefined) throw errors.SERVICE_DOES_NOT_EXIST(body.serviceId)
    const record = standaloneCheck(context.config.node.name, owner, body, 'api')
    if (refused === undefined) putAgentCheck(draft, record, context, true)
    else deleteAgentCheck(draft, record.check.checkId)
    return { checkId: record.check.checkId, refused }
  })
}
