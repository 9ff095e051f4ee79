// `roster resolve`: whom callers of a service are given, and with -explain why, candidate by candidate.

import { coloured } from './colour.js'
import { serverApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { addressOf, worstOf } from './health-text.js'
import { table } from './table.js'
import { verb } from './verb.js'
import type { Explanation, HealthEntry } from '@roster/client/api'

export const resolve = verb({
  usage: 'roster resolve NAME [options]',
  text: `Shows the instances that callers of a service are given: those whose every check
is passing. With -explain also every candidate that is left out, and by which step.
Ends with 1 when nobody is left. Flags may stand before or behind the name.

    $ roster resolve web
    $ roster resolve web -explain -tag=primary`,
  mixed: true,
  flags: flags([
    { name: 'explain', kind: 'bool', default: false, help: 'Show every candidate, what became of it and why. Default: false.' },
    { name: 'filter', kind: 'string', default: '', help: 'Expression over the fields of an instance, such as Service.Meta.version == "2".' },
    { name: 'near', kind: 'string', default: '', help: 'Nearest to this node first; _agent is the node that answers.' },
    { name: 'node-meta', kind: 'pairs', help: 'Only on nodes with this metadata, as key=value. May be given several times.' },
    { name: 'passing', kind: 'bool', default: true, help: 'Only instances whose every check is passing. Default: true.' },
    { name: 'tag', kind: 'list', help: 'Only instances with this tag. May be given several times; all must be there.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show, complain, colours, json }) {
    if (words.length !== 1 || words[0] === '') throw new Failure(`Must specify one service (got ${words.length})`)
    const name = words[0]!
    const question = { passing: values.passing, filter: values.filter || undefined, near: values.near || undefined, nodeMeta: values['node-meta'], tags: values.tag }
    const what = `Error resolving ${JSON.stringify(name)}`
    let kept: number
    if (values.explain) {
      const { value } = await attempt(what, api().explain.service(name, question))
      kept = value.Candidates.filter(candidate => candidate.Kept).length
      show(() => value, () => explained(value, colours))
    } else {
      const { value } = await attempt(what, api().health.service(name, question))
      kept = value.length
      show(() => value, () => value.length === 0 ? '' : instances(value, colours))
    }
    if (kept > 0) return 0
    if (!json) complain(`No instance of ${JSON.stringify(name)} is given to callers`)
    return 1
  },
})

const statusColumn = (column: number, colours: boolean) => (cell: string, y: number, x: number): string => y > 0 && x === column ? coloured(cell, colours) : cell

function instances (entries: readonly HealthEntry[], colours: boolean): string {
  return table(['ServiceID', 'Node', 'Address', 'Status', 'Weight'], entries.map(entry => {
    const status = worstOf(entry.Checks)
    return [entry.Service.ID, entry.Node.Node, addressOf(entry), status, String(status === 'warning' ? entry.Service.Weights.Warning : entry.Service.Weights.Passing)]
  }), statusColumn(3, colours))
}

function explained ({ Service, Index, Steps, Candidates }: Explanation, colours: boolean): string {
  const steps = table(['Step', 'Kept', 'Dropped', 'Note'], Steps.map(({ Step, Kept, Dropped, Note = '' }) => [Step, String(Kept), String(Dropped), Note])).replace(/ +$/gm, '')
  const address = (host: string, port: number): string => port === 0 ? host : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const candidates = Candidates.length === 0
    ? ''
    : '\n' + table(['ServiceID', 'Node', 'Address', 'Status', 'Weight', 'Kept', 'Reason'], Candidates.map(c =>
      [c.ServiceID, c.Node, address(c.Address, c.Port), c.Status, String(c.Weight), c.Kept ? 'yes' : 'no', c.Reason]), statusColumn(3, colours))
  return `Service ${JSON.stringify(Service)} at index ${Index}\n\n${steps}${candidates}`
}
