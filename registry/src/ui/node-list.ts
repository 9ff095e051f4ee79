// Nodes with their instances and checks, as lists of the web UI show them.

import { memberAddress } from '../agent/about/members.js'
import { checkJson, nodeServiceJson } from '../catalog/wire.js'
import { topics } from '../state/topic-names.js'
import type { Json } from '../catalog/wire.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { NodeEntry } from '../state/nodes.js'
import type { State } from '../state/state.js'

/** Every change of the catalog is one of the list. */
export const nodeListTopics: readonly string[] = [topics.nodes, topics.services, topics.checks]

export const nodeTopics = (node: string): readonly string[] => [topics.node(node), topics.nodeChecks(node)]

/** Of no tags this list says `null`, where others are empty. */
const nullWhenEmpty = (json: Json, tags: string): Json => (json[tags] as readonly string[] | null)?.length === 0 ? { ...json, [tags]: null } : json

export function nodeJson (state: State, { value: { id, name, address, taggedAddresses, meta } }: NodeEntry): Json {
  return {
    ID: id,
    Node: name,
    Address: address,
    TaggedAddresses: taggedAddresses,
    Meta: meta,
    Services: state.services.onNode(name).map(service => nullWhenEmpty(nodeServiceJson(service), 'Tags')),
    Checks: state.checks.onNode(name).map(check => nullWhenEmpty(checkJson(check), 'ServiceTags')),
  }
}

const VERSION = 'consul-version'

/** Members of the cluster say their version themselves; a node at such an address that does not is shown with it. */
export function withVersion (node: Json, config: RuntimeConfig): Json {
  const meta = node['Meta'] as Readonly<Record<string, string>> | null
  const addresses = (['lan', 'wan'] as const).map(network => memberAddress(config, network))
  if (meta?.[VERSION] !== undefined || !addresses.includes(String(node['Address']))) return node
  return { ...node, Meta: { ...meta, [VERSION]: config.version } }
}
