// `roster catalog services`: names of services, of a datacenter or of one node.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import type { RosterApi } from '@roster/client/api'

export const catalogServices = verb({
  usage: 'roster catalog services [options]',
  text: 'Lists the services of a datacenter by name.\n\n    $ roster catalog services -tags\n    $ roster catalog services -node=n1',
  flags: flags([
    { name: 'node', kind: 'string', help: 'Only services of this node, by name or ID.' },
    { name: 'node-meta', kind: 'pairs', help: 'Only services on nodes with this metadata, as key=value. May be given several times.' },
    { name: 'tags', kind: 'bool', default: false, help: 'Show the tags of each service, apart by commas.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show, complain, json }) {
    expectWords(words, 0)
    const { node = '', 'node-meta': nodeMeta } = values
    const services = await attempt('Error listing services', node === '' ? api().catalog.services({ nodeMeta }).then(({ value }) => value) : servicesOf(api(), node))
    const names = Object.keys(services).sort()
    if (names.length === 0 && !json) complain('No services match the given query - try expanding your search.')
    else show(() => services, () => values.tags ? withTags(services, names) : names.map(name => `${name}\n`).join(''))
    return 0
  },
})

const GAP = 6

/** Names padded alike, those without tags as well. */
function withTags (services: Readonly<Record<string, readonly string[]>>, names: readonly string[]): string {
  const width = Math.max(...names.map(name => name.length)) + GAP
  return names.map(name => `${name.padEnd(width)}${[...services[name]!].sort().join(',')}\n`).join('')
}

async function servicesOf (api: RosterApi, node: string): Promise<Record<string, readonly string[]>> {
  const { value } = await api.catalog.node(node)
  const services: Record<string, string[]> = Object.create(null) as Record<string, string[]>
  for (const { Service, Tags } of Object.values(value?.Services ?? {})) services[Service] = [...new Set([...services[Service] ?? [], ...Tags ?? []])]
  return services
}
