// catalog/deregister: an instance, a check, or a node with all that is on it. What is not there is no error.

import { errors } from '../errors.js'
import { command, deleteCheck, deleteNode, deleteService } from './rows.js'
import type { CatalogDeregisterBody } from '../http/decode/bodies/catalog.js'
import type { Command } from '../engine/engine.js'

/** @throws RosterError 500 */
export function deregisterCommand (body: CatalogDeregisterBody, datacenter: string): Command<true> {
  if (body.datacenter !== '' && body.datacenter !== datacenter) throw errors.NO_PATH_TO_DATACENTER()
  if (body.node === '') throw errors.MUST_PROVIDE_NODE()
  return command(draft => {
    if (body.serviceId !== '') deleteService(draft, body.node, body.serviceId)
    else if (body.checkId !== '') deleteCheck(draft, body.node, body.checkId)
    else deleteNode(draft, body.node)
    return true
  })
}
