// The members of the cluster as this agent knows them: servers, and the local agents that follow them, as their leases say. There is no gossip.

import type { Cluster } from '../../cluster/cluster.js'
import type { RuntimeConfig } from '../../config/runtime-config.js'
import type { Roster } from '../../roster.js'
import type { LeaseAgent, LeaseRecord } from '../../state/leases.js'
import type { Json } from '../wire.js'

/** Versions of protocols that clients are told; nothing here speaks them. */
const PROTOCOLS: Json = { ProtocolMin: 1, ProtocolMax: 5, ProtocolCur: 2, DelegateMin: 2, DelegateMax: 5, DelegateCur: 4 }
/** A member's state; 2 is leaving. */
const STATUS = { alive: 1, left: 3, failed: 4 } as const

export type Network = 'lan' | 'wan'

/** The agent's name among the members of a network. */
export const memberName = ({ node, datacenter }: RuntimeConfig, network: Network): string => network === 'wan' ? `${node.name}.${datacenter}` : node.name

export const memberAddress = ({ addresses }: RuntimeConfig, network: Network): string => network === 'wan' ? addresses.advertiseWan : addresses.advertise

export const memberPort = ({ ports }: RuntimeConfig, network: Network): number => network === 'wan' ? ports.serfWan : ports.serfLan

/** Of those of one network, in no order: this agent's word, which is as good as its view. */
export function membersJson ({ config, state, localAgent, cluster }: Pick<Roster, 'config' | 'state' | 'localAgent' | 'cluster'>, network: Network): Json[] {
  const agents = [...state.leases.byId.values()].flatMap(({ value }) => value.agent === undefined || isOf(config, value) ? [] : [agentJson(config, value.node, value.agent, value.lapsed)])
  if (localAgent === undefined) return [...serversJson(config, network, cluster), ...(network === 'lan' ? agents : [])]
  const server = localAgent.server === undefined ? [] : [{ ...localAgent.server.member, Status: localAgent.freshness.knownLeader() ? STATUS.alive : STATUS.failed }]
  return network === 'wan' ? [] : [...server, memberJson(config, network), ...agents]
}

/** Whether a lease is this very agent's, which knows best how it is. */
const isOf = ({ node, server }: RuntimeConfig, { agent }: LeaseRecord): boolean => !server && agent?.nodeId === node.id

function agentJson ({ acl, datacenter, ports }: RuntimeConfig, name: string, { address, nodeId, version, left }: LeaseAgent, lapsed: boolean): Json {
  return {
    Name: name,
    Addr: address,
    Port: ports.serfLan,
    Tags: { acls: acl.enabled ? '1' : '0', build: `${version}:`, dc: datacenter, id: nodeId, role: 'node', segment: '', vsn: '2', vsn_max: '3', vsn_min: '2' },
    Status: left ? STATUS.left : lapsed ? STATUS.failed : STATUS.alive,
    ...PROTOCOLS,
  }
}

/** The servers: several over one store are one node, so each goes by its own id. */
function serversJson (config: RuntimeConfig, network: Network, cluster: Cluster | undefined): Json[] {
  const own = memberJson(config, network)
  if (cluster === undefined || cluster.servers.length === 0) return [own]
  return cluster.servers.map(({ id, http, version, readOnly }) => {
    const { hostname, port } = new URL(http)
    return { ...own, Name: network === 'wan' ? `${id}.${config.datacenter}` : id, Addr: hostname.replace(/^\[|\]$/g, ''), Port: Number(port), Tags: { ...own['Tags'] as object, id, build: `${version}:`, node: config.node.name, port, ...(readOnly ? { read_replica: '1' } : {}) } }
  })
}

/** This agent as a member. */
export function memberJson (config: RuntimeConfig, network: Network): Json {
  const { acl, datacenter, node, ports, version } = config
  if (!config.server) return agentJson(config, node.name, { nodeId: node.id, address: config.addresses.advertise, version, http: '', left: false }, false)
  return {
    Name: memberName(config, network),
    Addr: memberAddress(config, network),
    Port: memberPort(config, network),
    Tags: {
      acls: acl.enabled ? '1' : '0',
      build: `${version}:`,
      dc: datacenter,
      ft_fs: '1',
      ft_si: '1',
      ...(ports.grpc > 0 ? { grpc_port: String(ports.grpc) } : {}),
      ...(ports.grpcTls > 0 ? { grpc_tls_port: String(ports.grpcTls) } : {}),
      id: node.id,
      port: String(ports.server),
      raft_vsn: '3',
      role: 'consul',
      segment: '',
      vsn: '2',
      vsn_max: '3',
      vsn_min: '2',
      ...(network === 'lan' ? { wan_join_port: String(ports.serfWan) } : {}),
    },
    Status: STATUS.alive,
    ...PROTOCOLS,
  }
}
