// Autopilot: how servers of a cluster are kept. A single server has nobody to keep, so the configuration is stored and shown, and health is its own.

import { command } from '../catalog/rows.js'
import { uint64 } from '../exact-json.js'
import { formatMs } from '../http/decode/duration.js'
import { keys } from '../state/keys.js'
import { clusterHealth } from './servers.js'
import { serverAddress } from './server-address.js'
import type { Json } from '../catalog/wire.js'
import type { AutopilotConfig } from '../config/runtime-config.js'
import type { Command } from '../engine/engine.js'
import type { AutopilotBody } from '../http/decode/bodies/operator.js'
import type { Entry } from '../state/entry.js'
import type { AutopilotRecord } from '../state/operator.js'
import type { Roster } from '../roster.js'

/** What a body that says nothing stands for. */
const DEFAULTS: AutopilotRecord = {
  cleanupDeadServers: true,
  lastContactThresholdMs: 200,
  maxTrailingLogs: '250',
  minQuorum: 0,
  serverStabilizationTimeMs: 10_000,
  redundancyZoneTag: '',
  disableUpgradeMigration: false,
  upgradeVersionTag: '',
}

export const autopilotRecord = (body: AutopilotBody): AutopilotRecord => ({
  cleanupDeadServers: body.cleanupDeadServers ?? DEFAULTS.cleanupDeadServers,
  lastContactThresholdMs: body.lastContactThresholdMs ?? DEFAULTS.lastContactThresholdMs,
  maxTrailingLogs: body.maxTrailingLogs?.toString() ?? DEFAULTS.maxTrailingLogs,
  minQuorum: body.minQuorum,
  serverStabilizationTimeMs: body.serverStabilizationTimeMs ?? DEFAULTS.serverStabilizationTimeMs,
  redundancyZoneTag: body.redundancyZoneTag,
  disableUpgradeMigration: body.disableUpgradeMigration,
  upgradeVersionTag: body.upgradeVersionTag,
})

/** Writes the settings of the files, the first time that a server starts on its data. */
export const beginAutopilot = (config: AutopilotConfig): Command<void> => command(draft => {
  if (draft.get(keys.autopilot) === undefined) draft.put(keys.autopilot, { ...DEFAULTS, ...config, maxTrailingLogs: String(config.maxTrailingLogs) })
})

/**
 * Every write counts as a change, as clients know it.
 * @param cas only when the ModifyIndex is this one
 * @returns whether it was written
 */
export const putAutopilot = (record: AutopilotRecord, cas: bigint | undefined, base: number): Command<boolean> => command(draft => {
  const row = draft.row(keys.autopilot)
  if (cas !== undefined && (row === undefined || cas !== BigInt(base + row.revision))) return false
  draft.rewrite(keys.autopilot, record)
  return true
})

export const autopilotJson = ({ value: a, createIndex, modifyIndex }: Entry<AutopilotRecord>): Json => ({
  CleanupDeadServers: a.cleanupDeadServers,
  LastContactThreshold: formatMs(a.lastContactThresholdMs),
  MaxTrailingLogs: uint64(a.maxTrailingLogs),
  MinQuorum: a.minQuorum,
  ServerStabilizationTime: formatMs(a.serverStabilizationTimeMs),
  RedundancyZoneTag: a.redundancyZoneTag,
  DisableUpgradeMigration: a.disableUpgradeMigration,
  UpgradeVersionTag: a.upgradeVersionTag,
  CreateIndex: createIndex,
  ModifyIndex: modifyIndex,
})

/** There are no elections among one. */
const TERM = 1

export async function healthJson (roster: Roster): Promise<Json> {
  const { config, state, startedAt } = roster
  if (roster.cluster !== undefined) {
    const { healthy, failureTolerance, servers } = await clusterHealth(roster)
    return { Healthy: healthy, FailureTolerance: failureTolerance, Servers: servers }
  }
  const { node, version } = config
  return {
    Healthy: true,
    FailureTolerance: 0,
    Servers: [{
      ID: node.id,
      Name: node.name,
      Address: serverAddress(config),
      SerfStatus: 'alive',
      Version: version,
      Leader: true,
      LastContact: '0s',
      LastTerm: TERM,
      LastIndex: state.base + state.revision,
      Healthy: true,
      Voter: true,
      StableSince: new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    }],
  }
}

export function stateJson ({ config, state, startedAt }: Roster): Json {
  const { node, version } = config
  const server: Json = {
    ID: node.id,
    Name: node.name,
    Address: serverAddress(config),
    NodeStatus: 'alive',
    Version: version,
    LastContact: '0s',
    LastTerm: TERM,
    LastIndex: state.base + state.revision,
    Healthy: true,
    StableSince: new Date(startedAt).toISOString(),
    ReadReplica: false,
    Status: 'leader',
    Meta: state.nodes.get(node.name)?.value.meta ?? {},
    NodeType: 'voter',
  }
  return { Healthy: true, FailureTolerance: 0, OptimisticFailureTolerance: 0, Servers: { [node.id]: server }, Leader: node.id, Voters: [node.id] }
}
