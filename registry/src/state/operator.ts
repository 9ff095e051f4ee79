// The one row of what operators set over the API: autopilot's configuration. It says how servers of a cluster are kept; a single server keeps it and shows it.

import { keys } from './keys.js'
import type { Entry } from './entry.js'
import type { Table } from './state.js'

export interface AutopilotRecord {
  readonly cleanupDeadServers: boolean
  /** ms */
  readonly lastContactThresholdMs: number
  /** uint64 as decimal text: JSON numbers do not hold it. */
  readonly maxTrailingLogs: string
  readonly minQuorum: number
  /** ms */
  readonly serverStabilizationTimeMs: number
  readonly redundancyZoneTag: string
  readonly disableUpgradeMigration: boolean
  readonly upgradeVersionTag: string
}

/** `undefined` until the first start has written it. */
export class Operator {
  autopilot: Entry<AutopilotRecord> | undefined
}

export const operator: Table = {
  owns: key => key === keys.autopilot,
  fold (state, row) {
    state.operator.autopilot = row.value === undefined ? undefined : state.entry<AutopilotRecord>(row)
    return []
  },
  topics: () => [],
}
