// `roster operator raft list-peers`

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { flags } from '../flags.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import type { RaftServer } from '@roster/client/api'

export const raftListPeers = verb({
  usage: 'roster operator raft list-peers [options]',
  text: 'Lists the servers that keep the data, and how far each has come.',
  flags: flags(serverApiFlags),
  async run ({ api, show }) {
    const { value: { Servers } } = await attempt('Error getting peers: Failed to retrieve raft configuration', api().operator.raftConfiguration())
    const leader = Servers.find(server => server.Leader)
    show(() => Servers, () => table(['Node', 'ID', 'Address', 'State', 'Voter', 'RaftProtocol', 'Commit Index', 'Trails Leader By'], Servers.map(server =>
      [server.Node, server.ID, server.Address, server.Leader ? 'leader' : 'follower', String(server.Voter), server.ProtocolVersion || '<=1', String(server.LastIndex), behind(server, leader)])))
    return 0
  },
})

function behind (server: RaftServer, leader: RaftServer | undefined): string {
  if (server === leader || leader === undefined) return '-'
  const entries = leader.LastIndex - server.LastIndex
  return `${entries} ${entries === 1 ? 'commit' : 'commits'}`
}
