// Who the servers are, in the words of Raft and autopilot: over etcd its members hold the votes, and Roster servers come and go without one.

import { formatMs } from '../http/decode/duration.js'
import { serverAddress } from './server-address.js'
import type { Json } from '../catalog/wire.js'
import type { ServerRecord } from '../cluster/cluster.js'
import type { Roster } from '../roster.js'

/** host:port of a URL. */
export const hostPortOf = (url: string): string => URL.canParse(url) ? new URL(url).host : url

/** Where the Roster servers are reached. */
export const serverAddresses = ({ cluster, config }: Roster): string[] => cluster === undefined || cluster.servers.length === 0 ? [serverAddress(config)] : cluster.servers.map(({ http }) => hostPortOf(http))

/** Nobody leads several servers; the one that would do what only one may do is named, and '' while there is none. */
export function leaderAddress ({ cluster, config, freshness }: Roster): string {
  if (cluster === undefined) return serverAddress(config)
  const leader = freshness.knownLeader() ? cluster.ownerOf('leader', '') : undefined
  return leader === undefined ? '' : hostPortOf(leader.http)
}

/** Members of etcd, who vote, and then the Roster servers, who do not. */
export async function raftServers (roster: Roster): Promise<Json[]> {
  const { config, state, cluster } = roster
  const index = state.base + state.revision
  if (cluster === undefined) return [{ ID: config.node.id, Node: config.node.name, Address: serverAddress(config), Leader: true, ProtocolVersion: '3', Voter: true, LastIndex: index }]
  const members = await roster.storeMembers()
  return [
    ...members.map(({ member, status }) => ({
      ID: BigInt(member.id).toString(16), Node: `etcd-${member.name}`, Address: hostPortOf(member.clientUrls[0] ?? ''), Leader: status !== undefined && status.leader === member.id, ProtocolVersion: '3', Voter: !member.learner, LastIndex: status?.raftIndex ?? 0,
    })),
    ...cluster.servers.map(({ id, http }) => ({ ID: id, Node: id, Address: hostPortOf(http), Leader: false, ProtocolVersion: '3', Voter: false, LastIndex: id === cluster.self ? index : 0 })),
  ]
}

/** How many voters may still be lost, and whether all is well. */
export async function clusterHealth (roster: Roster): Promise<{ readonly healthy: boolean, readonly failureTolerance: number, readonly servers: Json[] }> {
  const { cluster } = roster
  const members = (await roster.storeMembers()).filter(({ member }) => !member.learner)
  const well = members.filter(({ status }) => status !== undefined && status.leader !== '0').length
  const spare = well - (Math.floor(members.length / 2) + 1)
  return {
    healthy: well === members.length && roster.freshness.knownLeader(),
    // A server may always be lost while another lives; votes are etcd's.
    failureTolerance: Math.max(0, Math.min(spare, cluster!.servers.length - 1)),
    servers: [
      ...cluster!.servers.map(server => serverHealth(roster, server)),
      ...members.map(({ member, status }) => ({ ...healthOf(BigInt(member.id).toString(16), `etcd-${member.name}`, hostPortOf(member.clientUrls[0] ?? ''), status !== undefined, status?.leader === member.id), Version: status?.version ?? '', Voter: true, LastTerm: status?.raftTerm ?? 0, LastIndex: status?.raftIndex ?? 0 })),
    ],
  }
}

function serverHealth (roster: Roster, { id, http, version, startedAt }: ServerRecord): Json {
  const own = id === roster.cluster!.self
  return {
    ...healthOf(id, id, hostPortOf(http), !own || roster.freshness.knownLeader(), false),
    Version: version,
    Voter: false,
    LastTerm: 0,
    LastContact: own ? formatMs(roster.freshness.ageMs()) : '0s',
    LastIndex: own ? roster.state.base + roster.state.revision : 0,
    StableSince: new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
}

const healthOf = (id: string, name: string, address: string, healthy: boolean, leader: boolean): Json =>
  ({ ID: id, Name: name, Address: address, SerfStatus: healthy ? 'alive' : 'failed', Version: '', Leader: leader, LastContact: '0s', LastTerm: 0, LastIndex: 0, Healthy: healthy, Voter: false, StableSince: '1970-01-01T00:00:00Z' })
