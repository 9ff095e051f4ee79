// The names of topics, and which of them a change of a row touches. The finer the topic, the fewer readers wake for nothing:
// one service, one node, one list of checks each have their own.

import { fold } from './keys.js'
import { connectNames } from './services.js'
import type { ServiceRecord } from './services.js'
import type { CheckRecord } from './checks.js'

export const topics = {
  /** The list of nodes. */
  nodes: 'nodes',
  /** One node and what runs on it. */
  node: (node: string): string => `node:${fold(node)}`,
  /** Checks of one node, its instances' included. */
  nodeChecks: (node: string): string => `node-checks:${fold(node)}`,
  /** The list of service names and tags. */
  services: 'services',
  /** The last instance of some service went. */
  servicesGone: 'services-gone',
  /** Instances of one service, without their health. */
  service: (name: string): string => `service:${fold(name)}`,
  /** Instances of one service with their health. */
  health: (name: string): string => `health:${fold(name)}`,
  /** Checks registered under one service name. */
  serviceChecks: (name: string): string => `service-checks:${fold(name)}`,
  /** Proxies for, and native instances of, one service, without and with health. */
  connect: (name: string): string => `connect:${fold(name)}`,
  connectHealth: (name: string): string => `connect-health:${fold(name)}`,
  /** Gateways and proxies of a kind. */
  kind: (kind: string): string => `kind:${kind}`,
  /** Every check. */
  checks: 'checks',
  checksInState: (status: string): string => `checks:${status}`,
  /** The agent's own registrations. */
  agentServices: 'agent-services',
  agentService: (id: string): string => `agent-service:${id}`,
  agentChecks: 'agent-checks',
  /** Network coordinates of all nodes: answers sorted by nearness depend on them. */
  coordinates: 'coordinates',
  coordinate: (node: string): string => `coordinate:${fold(node)}`,
  /** The list of prepared queries. */
  queries: 'queries',
  query: (id: string): string => `query:${fold(id)}`,
  /** User events. */
  events: 'events',
  /** The mass-expiry guard; not a row, so its index is the newest of all when it changes. */
  guard: 'guard',
  /** Who calls whom; no row either. */
  edges: 'edges',
  /** Every config entry. */
  configEntries: 'config',
  configKind: (kind: string): string => `config:${kind}`,
  configEntry: (kind: string, name: string): string => `config:${kind}/${fold(name)}`,
  /** Virtual addresses of one service. */
  virtualIp: (service: string): string => `virtual-ip:${fold(service)}`,
  leases: 'leases',
  lease: (id: string): string => `lease:${id}`,
  /** Signs of life of one lease; no row, touched only while somebody looks. */
  leaseLife: (id: string): string => `lease-life:${id}`,
  /** Who watches what; no row either. */
  watchers: 'watchers',
  sessions: 'sessions',
  session: (id: string): string => `session:${fold(id)}`,
  /** Sessions of one node. */
  nodeSessions: (node: string): string => `node-sessions:${fold(node)}`,
  /** Every key. */
  kvAll: 'kv',
  kv: (key: string): string => `kv:${key}`,
  /** Every key that begins with a prefix; only while somebody reads it, see kv-prefixes.ts. */
  kvBelow: (prefix: string): string => `kv-below:${prefix}`,
} as const

/** What a reader may see differently when an instance comes, changes or goes. */
export function ofService (record: Pick<ServiceRecord, 'node' | 'name' | 'kind' | 'proxy' | 'connect'>): string[] {
  const names = [topics.services, topics.service(record.name), topics.health(record.name), topics.node(record.node)]
  for (const name of connectNames(record as ServiceRecord)) names.push(topics.connect(name), topics.connectHealth(name))
  if (record.kind !== '') names.push(topics.kind(record.kind))
  return names
}

/** Likewise for a check; `onNode` are the services with instances on its node, for a check of the whole node. */
export function ofCheck (record: Pick<CheckRecord, 'node' | 'status' | 'serviceId' | 'serviceName'>, onNode: Iterable<ServiceRecord>): string[] {
  const names = [topics.checks, topics.checksInState(record.status), topics.nodeChecks(record.node)]
  if (record.serviceId !== '') {
    names.push(topics.serviceChecks(record.serviceName))
    for (const service of onNode) if (fold(service.id) === fold(record.serviceId)) names.push(...healthTopics(service))
    return names
  }
  for (const service of onNode) names.push(...healthTopics(service))
  return names
}

/** Likewise for a node's own row: its address stands in every answer that names one of its instances. */
export function ofNode (node: string, onNode: Iterable<ServiceRecord>): string[] {
  const names = [topics.nodes, topics.node(node)]
  for (const service of onNode) {
    names.push(topics.service(service.name), ...healthTopics(service))
    for (const name of connectNames(service)) names.push(topics.connect(name))
  }
  return names
}

const healthTopics = (service: ServiceRecord): string[] =>
  [topics.health(service.name), ...connectNames(service).map(topics.connectHealth)]
