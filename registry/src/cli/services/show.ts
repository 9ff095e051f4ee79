// `roster services show`: the instances of one service, each with its checks.

import { coloured } from '../colour.js'
import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { addressOf, firstLine, worstOf } from '../health-text.js'
import { columns, pairs } from '../table.js'
import { verb } from '../verb.js'
import type { HealthEntry } from '@roster/client/api'

export const servicesShow = verb({
  usage: 'roster services show [options] NAME',
  text: `Shows the instances of a service: where they are, how they are, and what their
checks say. A service without instances is an error.

    $ roster services show web`,
  flags: flags([
    { name: 'filter', kind: 'string', help: 'Expression over the fields of an instance, such as Service.Meta.version == "2".' },
    { name: 'near', kind: 'string', help: 'Nearest to this node first; _agent is the node that answers.' },
    { name: 'passing', kind: 'bool', default: false, help: 'Only instances whose every check is passing. Default: false.' },
    { name: 'tag', kind: 'list', help: 'Only instances with this tag. May be given several times; all must be there.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { filter, near, passing, tag }, words, api, show, colours }) {
    if (words.length !== 1) throw new Failure(`Must specify one service (got ${words.length})`)
    const name = words[0]!
    const { value } = await attempt(`Error reading service ${JSON.stringify(name)}`, api().health.service(name, { filter: filter || undefined, near: near || undefined, passing, tags: tag }))
    if (value.length === 0) throw new Failure(`No instances of service ${JSON.stringify(name)} found`)
    show(() => value, () => value.map(entry => block(entry, colours)).join('\n'))
    return 0
  },
})

const LABEL_WIDTH = 10

function block (entry: HealthEntry, colours: boolean): string {
  const { Node, Service, Checks } = entry
  const rows: Array<readonly [string, string]> = [
    ['ID', Service.ID],
    ['Node', Node.Node],
    ['Address', addressOf(entry)],
    ['Status', coloured(worstOf(Checks), colours)],
  ]
  if (Service.Tags !== null && Service.Tags.length > 0) rows.push(['Tags', Service.Tags.join(', ')])
  const meta = Object.entries(Service.Meta ?? {})
  if (meta.length > 0) rows.push(['Meta', meta.map(([key, value]) => `${key}=${value}`).sort().join(', ')])
  if (Service.Weights.Passing !== 1 || Service.Weights.Warning !== 1) rows.push(['Weights', `passing ${Service.Weights.Passing}, warning ${Service.Weights.Warning}`])
  const checks = columns(Checks.map(check => [`  ${check.CheckID}`, check.Status, firstLine(check.Output)]), (cell, _row, column) => column === 1 ? coloured(cell, colours) : cell)
  return pairs(rows, LABEL_WIDTH) + (Checks.length === 0 ? '' : `Checks:\n${checks.replace(/ +$/gm, '')}`)
}
