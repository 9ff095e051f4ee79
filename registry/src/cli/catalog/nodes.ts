// `roster catalog nodes`: nodes of a datacenter, all or those that offer a service.

import { partitionFlag, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords } from '../failure.js'
import { flags } from '../flags.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import type { CatalogNode, RosterApi } from '@roster/client/api'

export const catalogNodes = verb({
  usage: 'roster catalog nodes [options]',
  text: 'Lists the nodes of a datacenter.\n\n    $ roster catalog nodes -service=web\n    $ roster catalog nodes -near=_agent -node-meta=rack=r1',
  flags: flags([
    { name: 'detailed', kind: 'bool', default: false, help: 'Show whole IDs, tagged addresses and metadata.' },
    { name: 'filter', kind: 'string', help: 'Expression over the fields of a node, such as Meta.rack == "r1".' },
    { name: 'near', kind: 'string', help: 'Nearest to this node first; _agent is the node that answers.' },
    { name: 'node-meta', kind: 'pairs', help: 'Only nodes with this metadata, as key=value. May be given several times.' },
    { name: 'service', kind: 'string', help: 'Only nodes with an instance of this service.' },
    ...partitionFlag,
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show, complain, json }) {
    expectWords(words, 0)
    const { near, filter, 'node-meta': nodeMeta, service = '' } = values
    const nodes = await attempt('Error listing nodes', service === ''
      ? api().catalog.nodes({ near: near || undefined, filter: filter || undefined, nodeMeta }).then(({ value }) => value)
      : nodesOf(api(), service, { near: near || undefined, filter: filter || undefined, nodeMeta }))
    if (nodes.length === 0 && !json) complain('No nodes match the given query - try expanding your search.')
    else show(() => nodes, () => values.detailed ? detailed(nodes) : brief(nodes))
    return 0
  },
})

/** Each node once, however many instances it has. */
async function nodesOf (api: RosterApi, service: string, options: Parameters<RosterApi['catalog']['service']>[1]): Promise<readonly CatalogNode[]> {
  const { value } = await api.catalog.service(service, options)
  const nodes = new Map<string, CatalogNode>()
  for (const { ID, Node, Address, Datacenter, TaggedAddresses, NodeMeta, CreateIndex, ModifyIndex } of value) {
    if (!nodes.has(Node)) nodes.set(Node, { ID, Node, Address, Datacenter, TaggedAddresses, Meta: NodeMeta, CreateIndex, ModifyIndex })
  }
  return [...nodes.values()]
}

const ID_LETTERS = 8

const brief = (nodes: readonly CatalogNode[]): string => table(['Node', 'ID', 'Address', 'DC'],
  nodes.map(({ Node, ID, Address, Datacenter }) => [Node, ID.slice(0, ID_LETTERS), Address, Datacenter]))

const detailed = (nodes: readonly CatalogNode[]): string => table(['Node', 'ID', 'Address', 'DC', 'TaggedAddresses', 'Meta'],
  nodes.map(({ Node, ID, Address, Datacenter, TaggedAddresses, Meta }) => [Node, ID, Address, Datacenter, pairsOf(TaggedAddresses), pairsOf(Meta)]))

const pairsOf = (map: Readonly<Record<string, string>> | null): string => Object.entries(map ?? {}).map(([key, value]) => `${key}=${value}`).sort().join(', ')
