// The members of the cluster as this agent knows them. One server has no gossip: it is the only member, on its local and on the wide network.

import type { RuntimeConfig } from '../../config/runtime-config.js'
import type { Json } from '../wire.js'

/** Versions of protocols that clients are told; nothing here speaks them. */
const PROTOCOLS: Json = { ProtocolMin: 1, ProtocolMax: 5, ProtocolCur: 2, DelegateMin: 2, DelegateMax: 5, DelegateCur: 4 }
/** A member's state: 1 alive, 2 leaving, 3 left, 4 failed. */
const ALIVE = 1

export type Network = 'lan' | 'wan'

/** The agent's name among the members of a network. */
export const memberName = ({ node, datacenter }: RuntimeConfig, network: Network): string => network === 'wan' ? `${node.name}.${datacenter}` : node.name

export const memberAddress = ({ addresses }: RuntimeConfig, network: Network): string => network === 'wan' ? addresses.advertiseWan : addresses.advertise

export const memberPort = ({ ports }: RuntimeConfig, network: Network): number => network === 'wan' ? ports.serfWan : ports.serfLan

/** This agent as a member. */
export function memberJson (config: RuntimeConfig, network: Network): Json {
  const { acl, datacenter, node, ports, version } = config
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
    Status: ALIVE,
    ...PROTOCOLS,
  }
}
