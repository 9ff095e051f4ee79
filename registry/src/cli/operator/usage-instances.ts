// `roster operator usage instances`: how many services, instances and nodes there are.

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords, Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import type { RosterApi } from '@roster/client/api'

export const usageInstances = verb({
  usage: 'roster operator usage instances [options]',
  text: `Counts services, their instances and nodes. "Billable" are ordinary services, without
those of the servers and without proxies.

    $ roster operator usage instances -billable`,
  flags: flags([
    { name: 'all-datacenters', kind: 'bool', default: false, help: 'Count in all datacenters. Default: false.' },
    { name: 'billable', kind: 'bool', default: false, help: 'Ordinary services and nodes alone. Default: false.' },
    { name: 'connect', kind: 'bool', default: false, help: 'Proxies and gateways alone. Default: false.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show }) {
    expectWords(words, 0)
    const { billable, connect, 'all-datacenters': all } = values
    if (billable && connect) throw new Failure('Cannot specify both -billable and -connect flags')
    const { value: usage } = await attempt('Error fetching usage information', api().operator.usage({ global: all }))
    show(() => usage, () => (connect ? '' : `${billableText(usage, all)}\n\n${nodesText(usage)}\n\n`) + (billable ? '' : connectText(usage, all)))
    return 0
  },
})

type Usage = Awaited<ReturnType<RosterApi['operator']['usage']>>['value']

const datacenters = (usage: Usage): Array<[string, Usage[string]]> => Object.entries(usage).sort(([a], [b]) => a < b ? -1 : 1)

const BLANKS = 6

/** Columns six blanks apart, every one but the last padded. */
function wide (rows: ReadonlyArray<readonly string[]>): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(row => row[i]!.length)))
  return rows.map(row => row.map((cell, i) => i === row.length - 1 ? cell : cell.padEnd(widths[i]! + BLANKS)).join('').replace(/ +$/, '') + '\n').join('')
}

function billableText (usage: Usage, all: boolean): string {
  const dcs = datacenters(usage)
  const sum = (pick: (row: Usage[string]) => number): number => dcs.reduce((total, [, row]) => total + pick(row), 0)
  const head = [`Billable Service Instances Total: ${sum(row => row.BillableServiceInstances)}`, ...dcs.map(([dc, row]) => `${dc} Billable Service Instances: ${row.BillableServiceInstances}`)]
  const counts = dcs.map(([dc, row]) => [...all ? [dc] : [], String(row.Services), String(row.BillableServiceInstances)])
  const total = all ? [['', '', ''], ['Total', String(sum(row => row.Services)), String(sum(row => row.BillableServiceInstances))]] : []
  return `${head.join('\n')}\n\nBillable Services\n${wide([[...all ? ['Datacenter'] : [], 'Services', 'Service instances'], ...counts, ...total])}`
}

function nodesText (usage: Usage): string {
  const dcs = datacenters(usage)
  return `Nodes\n${wide([['Datacenter', 'Count'], ...dcs.map(([dc, row]) => [dc, String(row.Nodes)]), ['', ''], ['Total', String(dcs.reduce((sum, [, row]) => sum + row.Nodes, 0))]])}`
}

function connectText (usage: Usage, all: boolean): string {
  const rows = datacenters(usage).flatMap(([dc, row]) => Object.entries(row.ConnectServiceInstances).sort(([a], [b]) => a < b ? -1 : 1).map(([kind, count]) => [...all ? [dc] : [], kind, String(count)]))
  const total = all ? [['', '', ''], ['Total', '', String(rows.reduce((sum, row) => sum + Number(row[2]), 0))]] : []
  return `Connect Services\n${wide([[...all ? ['Datacenter'] : [], 'Type', 'Service instances'], ...rows, ...total])}`
}
