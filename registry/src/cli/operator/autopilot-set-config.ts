// `roster operator autopilot set-config`

import { formatDuration, MILLISECOND_NS } from '../../http/decode/duration.js'
import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

export const autopilotSetConfig = verb({
  usage: 'roster operator autopilot set-config [options]',
  text: 'Changes how servers that fail or come are treated. What is not given stays.',
  flags: flags([
    { name: 'cleanup-dead-servers', kind: 'bool', help: 'Take dead servers out when new ones have come.' },
    { name: 'disable-upgrade-migration', kind: 'bool', help: 'Kept and shown; Roster does nothing with it.' },
    { name: 'last-contact-threshold', kind: 'duration', help: 'How long a server may not have heard from the leader and be healthy, such as 200ms.' },
    { name: 'max-trailing-logs', kind: 'uint', help: 'How many commits a server may be behind and be healthy.' },
    { name: 'min-quorum', kind: 'uint', help: 'Servers that must be left for dead ones to be taken out.' },
    { name: 'redundancy-zone-tag', kind: 'string', help: 'Kept and shown; Roster does nothing with it.' },
    { name: 'server-stabilization-time', kind: 'duration', help: 'How long a new server must be healthy to be counted in, such as 10s.' },
    { name: 'upgrade-version-tag', kind: 'string', help: 'Kept and shown; Roster does nothing with it.' },
    ...serverApiFlags,
  ]),
  async run ({ values, api, show }) {
    const { value: before } = await attempt('Error querying Autopilot configuration', api().operator.autopilotConfiguration())
    const duration = (ms: number | undefined, stays: string): string => ms === undefined ? stays : formatDuration(ms * MILLISECOND_NS)
    const number = (given: bigint | undefined, stays: number): number => given === undefined ? stays : Number(given)
    const { ModifyIndex: cas, CreateIndex, ...stays } = before
    const config = {
      ...stays,
      CleanupDeadServers: values['cleanup-dead-servers'] ?? before.CleanupDeadServers,
      LastContactThreshold: duration(values['last-contact-threshold'], before.LastContactThreshold),
      MaxTrailingLogs: number(values['max-trailing-logs'], before.MaxTrailingLogs),
      MinQuorum: number(values['min-quorum'], before.MinQuorum),
      ServerStabilizationTime: duration(values['server-stabilization-time'], before.ServerStabilizationTime),
      RedundancyZoneTag: values['redundancy-zone-tag'] ?? before.RedundancyZoneTag,
      DisableUpgradeMigration: values['disable-upgrade-migration'] ?? before.DisableUpgradeMigration,
      UpgradeVersionTag: values['upgrade-version-tag'] ?? before.UpgradeVersionTag,
    }
    const { value: written } = await attempt('Error setting Autopilot configuration', api().operator.setAutopilotConfiguration(config, { cas }))
    if (!written) throw new Failure('Configuration could not be atomically updated, please try again')
    show(() => config, () => 'Configuration updated!\n')
    return 0
  },
})
