// The JSON shapes of nodes, instances and checks, field by field as Consul's clients know them: what is null, what is empty, what is left out.

import { portOf } from './service-rules.js'
import type { NodeEntry, NodeRecord } from '../state/nodes.js'
import type { ServiceAddress, ServiceEntry, ServiceRecord } from '../state/services.js'
import type { CheckEntry } from '../state/checks.js'
import type { Instance } from './select.js'

export type Json = Readonly<Record<string, unknown>>

const locality = (record: { readonly locality?: { readonly region: string, readonly zone: string } | null }): Json | undefined =>
  record.locality == null ? undefined : { ...(record.locality.region === '' ? {} : { Region: record.locality.region }), ...(record.locality.zone === '' ? {} : { Zone: record.locality.zone }) }

const addresses = (map: Readonly<Record<string, ServiceAddress>> | null): Json | undefined =>
  map === null || Object.keys(map).length === 0 ? undefined : Object.fromEntries(Object.entries(map).map(([tag, a]) => [tag, { Address: a.address, Port: a.port }]))

const ports = (record: ServiceRecord): readonly Json[] | null =>
  record.ports === null || record.ports.length === 0 ? null : record.ports.map(p => ({ Name: p.name, Port: p.port, Default: p.default }))

const NO_PROXY: Json = { Mode: '', MeshGateway: {}, Expose: {} }

function put (target: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) target[name] = value
}

/** A node as lists of nodes show it. */
export function nodeJson ({ value: n, createIndex, modifyIndex }: NodeEntry): Json {
  const out: Record<string, unknown> = { ID: n.id, Node: n.name, Address: n.address, Datacenter: n.datacenter, TaggedAddresses: n.taggedAddresses, Meta: n.meta }
  put(out, 'Locality', locality(n))
  out['CreateIndex'] = createIndex
  out['ModifyIndex'] = modifyIndex
  return out
}

/** An instance as health and node answers show it (NodeService). */
export function nodeServiceJson ({ value: s, createIndex, modifyIndex }: ServiceEntry): Json {
  const out: Record<string, unknown> = {}
  if (s.kind !== '') out['Kind'] = s.kind
  out['ID'] = s.id
  out['Service'] = s.name
  out['Tags'] = s.tags
  out['Address'] = s.address
  put(out, 'TaggedAddresses', addresses(s.taggedAddresses))
  out['Meta'] = s.meta
  if (s.port !== 0) out['Port'] = s.port
  put(out, 'Ports', ports(s) ?? undefined)
  if (s.socketPath !== '') out['SocketPath'] = s.socketPath
  out['Weights'] = { Passing: s.weights.passing, Warning: s.weights.warning }
  out['EnableTagOverride'] = s.enableTagOverride
  put(out, 'Locality', locality(s))
  out['Proxy'] = s.proxy ?? NO_PROXY
  out['Connect'] = s.connect ?? {}
  out['PeerName'] = ''
  out['CreateIndex'] = createIndex
  out['ModifyIndex'] = modifyIndex
  return out
}

/** An instance as catalog/service shows it (ServiceNode): the node's fields beside those of the service. */
export function serviceNodeJson ({ value: s, createIndex, modifyIndex }: ServiceEntry, node: NodeRecord): Json {
  const out: Record<string, unknown> = {
    ID: node.id,
    Node: s.node,
    Address: node.address,
    Datacenter: node.datacenter,
    TaggedAddresses: node.taggedAddresses,
    NodeMeta: node.meta,
    ServiceKind: s.kind,
    ServiceID: s.id,
    ServiceName: s.name,
    ServiceTags: s.tags,
    ServiceAddress: s.address,
  }
  put(out, 'ServiceTaggedAddresses', addresses(s.taggedAddresses))
  out['ServiceWeights'] = { Passing: s.weights.passing, Warning: s.weights.warning }
  out['ServiceMeta'] = s.meta ?? {}
  out['ServicePort'] = portOf(s)
  out['ServicePorts'] = ports(s)
  out['ServiceSocketPath'] = s.socketPath
  out['ServiceEnableTagOverride'] = s.enableTagOverride
  out['ServiceProxy'] = s.proxy ?? NO_PROXY
  out['ServiceConnect'] = s.connect ?? {}
  out['ServiceLocality'] = locality(s) ?? null
  out['CreateIndex'] = createIndex
  out['ModifyIndex'] = modifyIndex
  return out
}

/** A check as the catalog knows it. */
export function checkJson ({ value: c, createIndex, modifyIndex }: CheckEntry): Json {
  return {
    Node: c.node,
    CheckID: c.checkId,
    Name: c.name,
    Status: c.status,
    Notes: c.notes,
    Output: c.output,
    ServiceID: c.serviceId,
    ServiceName: c.serviceName,
    ServiceTags: c.serviceTags,
    Type: c.type,
    Interval: c.interval,
    Timeout: c.timeout,
    ExposedPort: c.exposedPort,
    Definition: c.definition,
    CreateIndex: createIndex,
    ModifyIndex: modifyIndex,
  }
}

/** An instance with its node and checks, as health/service answers. */
export const instanceJson = ({ node, service, checks }: Instance): Json => ({ Node: nodeJson(node), Service: nodeServiceJson(service), Checks: checks.map(checkJson) })

/** An instance with several ports answers with the default one as its own. Filters do not see that, so it comes after them. */
export function withReportedPort (instance: Json): Json {
  const service = instance['Service'] as Json
  const ports = service['Ports'] as readonly Json[] | undefined
  return ports === undefined ? instance : { ...instance, Service: { ...service, Port: ports.find(p => p['Default'] === true)?.['Port'] ?? 0 } }
}
