// `roster operator autopilot get-config`

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

export const autopilotGetConfig = verb({
  usage: 'roster operator autopilot get-config [options]',
  text: 'Shows how servers that fail or come are treated.',
  flags: flags(serverApiFlags),
  async run ({ api, show }) {
    const { value: config } = await attempt('Error querying Autopilot configuration', api().operator.autopilotConfiguration())
    show(() => config, () => [
      `CleanupDeadServers = ${config.CleanupDeadServers}`,
      `LastContactThreshold = ${config.LastContactThreshold}`,
      `MaxTrailingLogs = ${config.MaxTrailingLogs}`,
      `MinQuorum = ${config.MinQuorum}`,
      `ServerStabilizationTime = ${config.ServerStabilizationTime}`,
      `RedundancyZoneTag = ${JSON.stringify(config.RedundancyZoneTag)}`,
      `DisableUpgradeMigration = ${config.DisableUpgradeMigration}`,
      `UpgradeVersionTag = ${JSON.stringify(config.UpgradeVersionTag)}`,
    ].map(line => `${line}\n`).join(''))
    return 0
  },
})
