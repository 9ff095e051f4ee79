// agent/service/register: a service, its checks and its sidecar, in one transaction: all of it or nothing.

import { errors } from '../errors.js'
import { keys } from '../state/keys.js'
import { command } from '../catalog/rows.js'
import { draftEntries } from '../config-entries/entry-source.js'
import { checksOf, embeddedChecks } from './check-record.js'
import { deleteAgentCheck, putAgentCheck, putAgentService } from './rows.js'
import { agentRefusal, serviceRefusal, sidecarRefusal } from './service-refusals.js'
import { settled } from './central-config.js'
import { serviceRecord } from './service-record.js'
import { sidecarDefaultChecks, sidecarOf, sidecarPort } from './sidecar.js'
import type { Command, Revision } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { CheckBody } from '../http/decode/bodies/check.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { AgentCheckRecord, AgentServiceRecord, RegistrationSource } from '../state/agent.js'
import type { AgentContext } from './rows.js'

export interface RegisterServiceOptions {
  /** Checks of the service that the body does not have go. */
  readonly replaceChecks: boolean
}

export interface RegisteredService {
  /** Ids of the checks that came with it. */
  readonly checks: readonly string[]
  /** Revision of the registration, if it changed anything. */
  readonly at: Revision
}

/**
 * @throws RosterError of the first fault, 400 or (for what only the agent objects to) 500; 409 when a lease owns the instance
 */
export function registerServiceCommand (body: ServiceBody, context: AgentContext, { replaceChecks }: RegisterServiceOptions): Command<RegisteredService> {
  const sidecar = sidecarOf(body)
  const refused = serviceRefusal(body) ??
    (sidecar === undefined ? undefined : sidecarRefusal(sidecar)) ??
    agentRefusal(body, 'api', context.config.checks) ??
    (sidecar === undefined ? undefined : agentRefusal(sidecar, 'api', context.config.checks))
  if (refused !== undefined) throw refused
  return command(draft => {
    const owned = [body.id === '' ? body.name : body.id, ...(sidecar === undefined ? [] : [sidecar.id])].find(id => draft.get(keys.leaseOf(context.config.node.name, id)) !== undefined)
    if (owned !== undefined) throw errors.SERVICE_OF_LEASE(owned)
    return { checks: putRegistration(draft, body, 'api', context, replaceChecks), at: draft.next }
  })
}

/** Puts a service with all that comes with it; gives the ids of its checks. @throws RosterError 500 when there is no port for the sidecar */
export function putRegistration (draft: Draft, body: ServiceBody, source: RegistrationSource, context: AgentContext, replaceChecks: boolean): readonly string[] {
  const ids = put(draft, body, checksOf(body), '', source, context, replaceChecks)
  const sidecar = sidecarOf(body)
  if (sidecar === undefined) return ids
  const parentId = body.id === '' ? body.name : body.id
  const placed = { ...sidecar, port: sidecarPort(draft, sidecar, context.config.ports) }
  const own = checksOf(placed)
  return [...ids, ...put(draft, placed, own.length > 0 ? own : sidecarDefaultChecks(placed, parentId), parentId, source, context, replaceChecks)]
}

function put (draft: Draft, body: ServiceBody, described: readonly CheckBody[], parentId: string, source: RegistrationSource, context: AgentContext, replaceChecks: boolean): string[] {
  const registered: AgentServiceRecord = { ...settled(draftEntries(draft), serviceRecord(body, context.config.node.name)), token: body.token, source, sidecarOf: parentId, nullTags: body.tags === null }
  putAgentService(draft, registered, context)
  const checks = embeddedChecks(registered, described)
  for (const check of checks) putAgentCheck(draft, check, context, false)
  if (replaceChecks) dropOthers(draft, registered.service.id, checks)
  return checks.map(({ check }) => check.checkId)
}

function dropOthers (draft: Draft, serviceId: string, kept: readonly AgentCheckRecord[]): void {
  const ids = new Set(kept.map(({ check }) => check.checkId))
  for (const [, pointer] of draft.range<{ check: string }>(keys.agentChecksOf(serviceId))) if (!ids.has(pointer.check)) deleteAgentCheck(draft, pointer.check)
}
