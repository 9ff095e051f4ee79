// `roster force-leave`

import { agentApiFlags, partitionFlag } from './common-flags.js'
import { attempt } from './attempt.js'
import { UsageFailure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const forceLeave = verb({
  usage: 'roster force-leave [options] name',
  text: 'Takes a failed member for left, so that nobody waits for it any longer. One\nthat still lives comes back by itself.',
  flags: flags([
    { name: 'prune', kind: 'bool', default: false, help: 'Forget the member altogether.' },
    { name: 'wan', kind: 'bool', default: false, help: 'Among the servers of all datacenters.' },
    ...partitionFlag,
    ...agentApiFlags,
  ]),
  async run ({ values: { prune, wan }, words, api, show, json }) {
    if (words.length !== 1) throw new UsageFailure('A single node name must be specified to force leave.')
    await attempt('Error force leaving', api().agent.forceLeave(words[0]!, { prune, wan }))
    if (json) show(() => ({ Node: words[0] }), () => '')
    return 0
  },
})
