// `roster members`: who is in the cluster, as the agent sees it.

import { memberStatus } from '@roster/client/api'
import { compileRegexp } from '../catalog/filter/regexp.js'
import { agentApiFlags, partitionFlag } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { table } from './table.js'
import { verb } from './verb.js'
import type { Member } from '@roster/client/api'

/** Scripts tell "nobody" from "failed" by this code. */
const NOBODY = 2

export const members = verb({
  usage: 'roster members [options]',
  text: 'Lists the members of the cluster as the agent knows them. Ends with 2 when\nnobody is left after filtering.',
  flags: flags([
    { name: 'detailed', kind: 'bool', default: false, help: 'Show each member\'s tags.' },
    { name: 'filter', kind: 'string', help: 'Expression over the fields of a member, such as Tags.role == "consul".' },
    { name: 'segment', kind: 'string', help: 'Network segment. There is one only.' },
    { name: 'status', kind: 'string', default: '.*', help: 'Only members whose status matches this regular expression.' },
    { name: 'wan', kind: 'bool', default: false, help: 'List the servers of all datacenters.' },
    ...partitionFlag,
    ...agentApiFlags,
  ]),
  async run ({ values, api, show }) {
    const matches = statusTest(values.status)
    const { value } = await attempt('Error retrieving members', api().agent.members({
      filter: values.filter, ...values.wan ? { wan: true } : { segment: values.segment || '_all' },
    }))
    const found = value.filter(member => matches(statusOf(member))).sort(byRoleThenName)
    if (found.length === 0) return NOBODY
    show(() => found.map(member => ({ ...member, StatusText: statusOf(member) })), () => values.detailed ? detailed(found) : brief(found))
    return 0
  },
})

function statusTest (pattern: string): (text: string) => boolean {
  try {
    return compileRegexp(pattern)
  } catch (error) {
    throw new Failure(`Failed to compile status regexp: ${(error as Error).message}`)
  }
}

const WORDS = new Map<number, string>(Object.entries(memberStatus).map(([word, number]) => [number, word]))
const statusOf = ({ Status }: Member): string => WORDS.get(Status) ?? 'none'

const isServer = ({ Tags }: Member): boolean => Tags['role'] === 'consul'

/** Servers first. */
const byRoleThenName = (a: Member, b: Member): number => Number(isServer(b)) - Number(isServer(a)) || (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0)

const address = ({ Addr, Port }: Member): string => Addr.includes(':') ? `[${Addr}]:${Port}` : `${Addr}:${Port}`

/** Servers are in every segment; everybody is in a partition. */
const withDefaults = (member: Member): Readonly<Record<string, string>> =>
  ({ ...member.Tags, ap: member.Tags['ap'] || 'default', segment: member.Tags['segment'] || (isServer(member) ? '<all>' : '<default>') })

function brief (found: readonly Member[]): string {
  return table(['Node', 'Address', 'Status', 'Type', 'Build', 'Protocol', 'DC', 'Partition', 'Segment'], found.map(member => {
    const { Name } = member
    const Tags = withDefaults(member)
    const tag = (name: string, otherwise: string): string => Tags[name] || otherwise
    const type = isServer(member) ? 'server' : Tags['role'] === 'node' ? 'client' : 'unknown'
    // A build tag is `version:revision`.
    return [Name, address(member), statusOf(member), type, tag('build', 'unknown').split(':')[0]!, tag('vsn', '?'), tag('dc', '?'), tag('ap', ''), tag('segment', '')]
  }))
}

const detailed = (found: readonly Member[]): string => table(['Node', 'Address', 'Status', 'Tags'], found.map(member => [
  member.Name, address(member), statusOf(member), Object.entries(withDefaults(member)).map(([key, value]) => `${key}=${value}`).sort().join(','),
]))
