// `roster join`

import { isRosterClientError } from '@roster/client/api'
import { agentApiFlags, partitionFlag } from './common-flags.js'
import { Failure, UsageFailure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const join = verb({
  usage: 'roster join [options] address ...',
  text: 'Makes the agent join the cluster of other agents. One that answers is enough.',
  flags: flags([
    { name: 'wan', kind: 'bool', default: false, help: 'Join servers of other datacenters.' },
    ...partitionFlag,
    ...agentApiFlags,
  ]),
  async run ({ values: { wan }, words, api, complain, show }) {
    if (words.length === 0) throw new UsageFailure('At least one address to join must be specified.')
    let joined = 0
    for (const address of words) {
      try {
        await api().agent.join(address, { wan })
        joined++
      } catch (error) {
        if (!isRosterClientError(error)) throw error
        complain(`Error joining address '${address}': ${error.message}`)
      }
    }
    if (joined === 0) throw new Failure('Failed to join any nodes.')
    show(() => ({ Joined: joined }), () => `Successfully joined cluster by contacting ${joined} nodes.\n`)
    return 0
  },
})
