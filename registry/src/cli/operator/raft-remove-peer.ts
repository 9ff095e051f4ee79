// `roster operator raft remove-peer`

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

export const raftRemovePeer = verb({
  usage: 'roster operator raft remove-peer [options]',
  text: `Takes a server out of those that keep the data: for one that is gone and was not
taken out by itself. Whether "roster force-leave" does is worth a look first.`,
  flags: flags([
    { name: 'address', kind: 'string', default: '', help: 'Address of the server, host:port.' },
    { name: 'id', kind: 'string', default: '', help: 'ID of the server.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { address, id }, api, show }) {
    if (address === '' && id === '') throw new Failure('Error removing peer: an address or id is required for the peer to remove')
    if (address !== '' && id !== '') throw new Failure('Error removing peer: cannot give both an address and id')
    const peer = address === '' ? { id } : { address }
    await attempt('Error removing peer', api().operator.raftRemovePeer(peer))
    show(() => ({ Removed: peer }), () => `Removed peer with ${address === '' ? 'id' : 'address'} ${JSON.stringify(address || id)}\n`)
    return 0
  },
})
