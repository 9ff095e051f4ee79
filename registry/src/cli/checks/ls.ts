// `roster checks ls`: checks wherever they are, with their states.

import { coloured } from '../colour.js'
import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords, Failure } from '../failure.js'
import { flags } from '../flags.js'
import { firstLine } from '../health-text.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import type { CheckStatus, HealthCheck, RosterApi } from '@roster/client/api'

const STATES: ReadonlyArray<CheckStatus | 'any'> = ['any', 'passing', 'warning', 'critical']

export const checksLs = verb({
  usage: 'roster checks ls [options]',
  text: `Lists health checks of all nodes, of one node, or of one service.

    $ roster checks ls -state=critical
    $ roster checks ls -service=web`,
  flags: flags([
    { name: 'filter', kind: 'string', help: 'Expression over the fields of a check, such as Type == "ttl".' },
    { name: 'node', kind: 'string', default: '', help: 'Only checks of this node and what runs on it.' },
    { name: 'service', kind: 'string', default: '', help: 'Only checks of this service.' },
    { name: 'state', kind: 'string', default: 'any', values: STATES, help: 'Only checks in this state: passing, warning, critical or any. Default: any.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show, colours }) {
    expectWords(words, 0)
    const state = STATES.find(known => known === values.state)
    if (state === undefined) throw new Failure(`Unsupported state: ${values.state}`)
    const { node, service, filter } = values
    const all = await attempt('Error listing checks', list(api(), { node, service, state, filter: filter || undefined }))
    // Two questions at once have no endpoint: what the one asked left is looked through here.
    const found = all.filter(check => (state === 'any' || check.Status === state) && (service === '' || same(check.ServiceName, service)) && (node === '' || same(check.Node, node)))
    const order = ({ Node, ServiceID, CheckID }: HealthCheck): string => `${Node}\0${ServiceID}\0${CheckID}`
    const sorted = found.sort((a, b) => order(a) < order(b) ? -1 : 1)
    show(() => sorted, () => sorted.length === 0
      ? ''
      : table(['Node', 'CheckID', 'Status', 'Service', 'Output'], sorted.map(check =>
        [check.Node, check.CheckID, check.Status, check.ServiceID === check.ServiceName ? check.ServiceName : `${check.ServiceName} (${check.ServiceID})`, firstLine(check.Output)]),
      (cell, row, column) => row > 0 && column === 2 ? coloured(cell, colours) : cell))
    return 0
  },
})

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

async function list (api: RosterApi, { node, service, state, filter }: { readonly node: string, readonly service: string, readonly state: CheckStatus | 'any', readonly filter: string | undefined }): Promise<HealthCheck[]> {
  const { value } = node !== '' ? await api.health.node(node, { filter }) : service !== '' ? await api.health.checks(service, { filter }) : await api.health.state(state, { filter })
  return [...value]
}
