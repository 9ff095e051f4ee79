// `roster operator autopilot state`

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { goJson } from '../go-json.js'
import { verb } from '../verb.js'
import type { AutopilotState } from '@roster/client/api'

export const autopilotState = verb({
  usage: 'roster operator autopilot state [options]',
  text: 'Shows the servers, who leads, and how many may fail.',
  flags: flags([
    { name: 'format', kind: 'string', default: 'pretty', values: ['pretty', 'json'], help: 'How to write it: pretty or json. Default: pretty.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { format }, api, io, json }) {
    if (format !== 'pretty' && format !== 'json') throw new Failure(`Unknown format: ${format}`)
    const { value } = await attempt('Error querying Autopilot state', api().operator.autopilotState())
    io.out(format === 'json' || json ? goJson(value, '    ') + '\n' : pretty(value))
    return 0
  },
})

type Server = AutopilotState['Servers'][string]

function pretty (state: AutopilotState): string {
  const list = (ids: readonly string[] | null): string => (ids ?? []).map(id => `   ${id}\n`).join('')
  return `Healthy:                      ${state.Healthy}
Failure Tolerance:            ${state.FailureTolerance}
Optimistic Failure Tolerance: ${state.OptimisticFailureTolerance}
Leader:                       ${state.Leader}
Voters:
${list(state.Voters)}Servers:
${Object.entries(state.Servers).sort(([a], [b]) => a < b ? -1 : 1).map(([id, server]) => `   ${id}\n${serverBlock(server)}`).join('')}
`
}

/** Label and field, in the order in which they are shown. */
const ROWS: ReadonlyArray<readonly [label: string, field: string]> = [
  ['Name', 'Name'], ['Address', 'Address'], ['Version', 'Version'], ['Status', 'Status'], ['Node Type', 'NodeType'], ['Node Status', 'NodeStatus'],
  ['Healthy', 'Healthy'], ['Last Contact', 'LastContact'], ['Last Term', 'LastTerm'], ['Last Index', 'LastIndex'],
]

function serverBlock (server: Server): string {
  const rows = ROWS.map(([label, field]) => `      ${`${label}:`.padEnd(17)}${String(server[field] ?? '')}\n`)
  const meta = Object.entries(server['Meta'] as Readonly<Record<string, string>> | null ?? {}).sort(([a], [b]) => a < b ? -1 : 1)
  const metaRows = meta.map(([key, value]) => `         ${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
  return rows.join('') + (meta.length === 0 ? '' : `      Meta\n${metaRows.join('')}`)
}
