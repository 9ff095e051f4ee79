// `roster nodes ls`: nodes with their health. The bare list, in the form that scripts know, is catalog/nodes.ts.

import { coloured } from '../colour.js'
import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords } from '../failure.js'
import { flags } from '../flags.js'
import { worstOf } from '../health-text.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import type { HealthCheck } from '@roster/client/api'

export const nodesLs = verb({
  usage: 'roster nodes ls [options]',
  text: `Lists nodes with their own health (the checks of the node, not those of what runs
on it) and how many of the checks there are in which state.

    $ roster nodes ls -near=_agent`,
  flags: flags([
    { name: 'filter', kind: 'string', help: 'Expression over the fields of a node, such as Meta.rack == "r1".' },
    { name: 'near', kind: 'string', help: 'Nearest to this node first; _agent is the node that answers.' },
    { name: 'node-meta', kind: 'pairs', help: 'Only nodes with this metadata, as key=value. May be given several times.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show, colours }) {
    expectWords(words, 0)
    const [{ value: nodes }, { value: checks }] = await attempt('Error listing nodes', Promise.all([
      api().catalog.nodes({ filter: values.filter || undefined, near: values.near || undefined, nodeMeta: values['node-meta'] }),
      api().health.state('any'),
    ]))
    const byNode = new Map<string, HealthCheck[]>()
    for (const check of checks) byNode.set(check.Node, [...byNode.get(check.Node) ?? [], check])
    const rows = nodes.map(node => {
      const own = byNode.get(node.Node) ?? []
      const count = (status: string): number => own.filter(check => check.Status === status).length
      return { ...node, Status: worstOf(own.filter(check => check.ServiceID === '')), Passing: count('passing'), Warning: count('warning'), Critical: count('critical') }
    })
    show(() => rows, () => rows.length === 0
      ? ''
      : table(['Node', 'Address', 'DC', 'Status', 'Passing', 'Warning', 'Critical'], rows.map(row =>
        [row.Node, row.Address, row.Datacenter, row.Status, String(row.Passing), String(row.Warning), String(row.Critical)]),
      (cell, y, x) => y > 0 && x === 3 ? coloured(cell, colours) : cell))
    return 0
  },
})
