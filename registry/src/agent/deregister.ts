// agent/service/deregister and agent/check/deregister: what was registered here, by its id. Catalog-only instances are not the agent's to take away.

import { errors } from '../errors.js'
import { command } from '../catalog/rows.js'
import { deleteAgentCheck, deleteAgentService } from './rows.js'
import type { Command } from '../engine/engine.js'

/** A service with its checks and its sidecar. @throws RosterError 404 */
export const deregisterServiceCommand = (id: string): Command<void> => command(draft => {
  if (!deleteAgentService(draft, id)) throw errors.UNKNOWN_SERVICE_ID(id)
})

/** @throws RosterError 404 */
export const deregisterCheckCommand = (id: string): Command<void> => command(draft => {
  if (!deleteAgentCheck(draft, id)) throw errors.UNKNOWN_CHECK_ID(id)
})
