// The bodies of operator/autopilot/configuration and operator/keyring.

import { bodyDecoder } from '../body.js'
import type { Value } from '../kind.js'
import { readableDurationMs } from '../duration-kind.js'
import { flag, intOf, text, uint, uint64 } from '../scalar-kinds.js'
import { sent } from '../collection-kinds.js'
import { field, table } from '../table.js'

/** What is left out falls back to its default, whatever is in force. */
export const autopilotConfiguration = table({ name: 'AutopilotConfiguration', type: 'api.AutopilotConfiguration' }, {
  cleanupDeadServers: field('CleanupDeadServers', sent(flag)),
  lastContactThresholdMs: field('LastContactThreshold', sent(readableDurationMs)),
  maxTrailingLogs: field('MaxTrailingLogs', sent(uint64)),
  minQuorum: field('MinQuorum', uint),
  serverStabilizationTimeMs: field('ServerStabilizationTime', sent(readableDurationMs)),
  redundancyZoneTag: field('RedundancyZoneTag', text),
  disableUpgradeMigration: field('DisableUpgradeMigration', flag),
  upgradeVersionTag: field('UpgradeVersionTag', text),
  createIndex: field('CreateIndex', uint64),
  modifyIndex: field('ModifyIndex', uint64),
})

export type AutopilotBody = Value<typeof autopilotConfiguration>

export const decodeAutopilot = bodyDecoder(autopilotConfiguration, { prefix: 'Error parsing autopilot config: ' })

export const keyring = table({ name: 'keyringArgs', type: 'agent.keyringArgs' }, {
  /** Base64. */
  key: field('Key', text),
  token: field('Token', text),
  relayFactor: field('RelayFactor', intOf('uint8')),
  localOnly: field('LocalOnly', flag),
})

export const decodeKeyring = bodyDecoder(keyring)
