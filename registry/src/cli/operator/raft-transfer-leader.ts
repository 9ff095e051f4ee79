// `roster operator raft transfer-leader`

import { isRosterClientError } from '@roster/client/api'
import { serverApiFlags } from '../common-flags.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

const WHAT = 'Error transfering leadership: Failed to transfer leadership'

export const raftTransferLeader = verb({
  usage: 'roster operator raft transfer-leader [options]',
  text: 'Makes another server the leader.',
  flags: flags([
    { name: 'id', kind: 'string', default: '', help: 'ID of the server that is to lead. Default: the most suitable one.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { id }, api, show }) {
    try {
      const { value } = await api().operator.raftTransferLeader({ id: id || undefined })
      if (!value.Success) throw new Failure(WHAT)
      show(() => value, () => 'Success\n')
      return 0
    } catch (error) {
      throw isRosterClientError(error) ? new Failure(`${WHAT} ${error.message}`) : error
    }
  },
})
