// Start and reload: the registrations of the configuration files take the place of what files said before, next to what the API registered. An id that
// both have belongs to the file. One transaction, so that nobody sees a half-loaded agent.

import { keys } from '../state/keys.js'
import { command } from '../catalog/rows.js'
import { refusal } from '../health/permit.js'
import { checkTypeOf, standaloneCheck } from './check-record.js'
import { putRegistration } from './register-service.js'
import { deleteAgentCheck, deleteAgentService, pushCheck, pushService, putAgentCheck } from './rows.js'
import { agentRefusal, sidecarRefusal } from './service-refusals.js'
import { sidecarId, sidecarOf } from './sidecar.js'
import type { Command } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { AgentCheckRecord, AgentServiceRecord } from '../state/agent.js'
import type { AgentContext } from './rows.js'

export interface LoadOptions {
  /** What the API registered stays; else (an agent that keeps nothing) it goes, maintenance included. */
  readonly keepApi: boolean
  /** The process has just started: nothing but heartbeats vouches for a status that was only claimed. */
  readonly atStart: boolean
}

/**
 * Why the definitions cannot be taken over; `undefined` when they can. Their own laws were looked at when they were read: this is what depends on
 * the agent.
 */
export function definitionsRefusal ({ definitions, checks: permit }: RuntimeConfig): string | undefined {
  for (const body of definitions.services) {
    const sidecar = sidecarOf(body)
    const refused = (sidecar === undefined ? undefined : sidecarRefusal(sidecar) ?? agentRefusal(sidecar, 'file', permit)) ?? agentRefusal(body, 'file', permit)
    if (refused !== undefined) return `Failed to register service ${JSON.stringify(body.name)}: ${refused.message}`
  }
  for (const body of definitions.checks) {
    const refused = refusal(body, 'file', permit)
    if (refused !== undefined) return `Failed to register check ${JSON.stringify(body.name)}: ${refused.message}`
  }
  return undefined
}

/** Gives the ids of checks of the files whose service nobody registered: they are left out. */
export function loadDefinitionsCommand (given: AgentContext, { keepApi, atStart }: LoadOptions): Command<readonly string[]> {
  const context: AgentContext = atStart ? { ...given, forgets: isUnconfirmed } : given
  const { node, definitions: { services, checks } } = context.config
  return command(draft => {
    if (atStart) adoptNode(draft, context)
    dropServices(draft, new Set(services.flatMap(body => registeredIds(body.id === '' ? body.name : body.id, sidecarOf(body) !== undefined))), keepApi)
    const before = draft.range<AgentCheckRecord>(keys.agentChecks).map(([, row]) => row)
    const loaded = new Set<string>()
    for (const body of services) {
      for (const id of putRegistration(draft, body, 'file', context, false)) loaded.add(id)
    }
    const orphans: string[] = []
    for (const body of checks) {
      const owner = body.serviceId === '' ? undefined : draft.get<AgentServiceRecord>(keys.agentService(body.serviceId))
      const record = standaloneCheck(node.name, owner, body, 'file')
      if (body.serviceId !== '' && owner === undefined) orphans.push(record.check.checkId)
      else {
        putAgentCheck(draft, record, context, false)
        loaded.add(record.check.checkId)
      }
    }
    for (const { check: { checkId }, source } of before) {
      if (!loaded.has(checkId) && (source === 'file' || !keepApi)) deleteAgentCheck(draft, checkId)
      else if (atStart && !loaded.has(checkId)) doubt(draft, checkId)
    }
    return orphans
  })
}

const registeredIds = (id: string, withSidecar: boolean): string[] => withSidecar ? [id, sidecarId(id)] : [id]

/** Services that no file has any more, and what the API registered if it is not kept. */
function dropServices (draft: Draft, fromFiles: ReadonlySet<string>, keepApi: boolean): void {
  for (const [, { service, source }] of draft.range<AgentServiceRecord>(keys.agentServices)) {
    if (!fromFiles.has(service.id) && (source === 'file' || !keepApi)) deleteAgentService(draft, service.id)
  }
}

/**
 * A TTL check whose status was only claimed when it was registered. It does not survive a restart: the check begins as critical, or as its file says.
 * Confirmed ones have one whole TTL to be confirmed again, and active checks keep what they found until they are run.
 */
const isUnconfirmed = (check: AgentCheckRecord): boolean => !check.confirmed && checkTypeOf(check) === 'ttl'

/** At the agent alone: the catalog hears of it with the first sync, unless the heartbeat comes before. */
function doubt (draft: Draft, checkId: string): void {
  const key = keys.agentCheck(checkId)
  const row = draft.get<AgentCheckRecord>(key)
  if (row !== undefined && isUnconfirmed(row)) draft.put(key, { ...row, check: { ...row.check, status: 'critical', output: '' } })
}

/** The node has another name than when the registrations were made: they move to it. */
function adoptNode (draft: Draft, { config }: AgentContext): void {
  const node = config.node.name
  for (const [key, row] of draft.range<AgentServiceRecord>(keys.agentServices)) {
    if (row.service.node === node) continue
    const moved = { ...row, service: { ...row.service, node } }
    draft.put(key, moved)
    pushService(draft, moved.service, config)
  }
  for (const [key, row] of draft.range<AgentCheckRecord>(keys.agentChecks)) {
    if (row.check.node === node) continue
    const moved = { ...row, check: { ...row.check, node } }
    draft.put(key, moved)
    pushCheck(draft, moved.check, config)
  }
}
