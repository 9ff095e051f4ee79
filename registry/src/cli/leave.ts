// `roster leave`

import { agentApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { UsageFailure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const leave = verb({
  usage: 'roster leave [options]',
  text: 'Makes the agent leave its cluster and end.',
  flags: flags(agentApiFlags),
  async run ({ words, api, show }) {
    if (words.length > 0) throw new UsageFailure(`Error found unexpected args: [${words.join(' ')}]`)
    await attempt('Error leaving', api().agent.leave())
    show(() => ({ Left: true }), () => 'Graceful leave complete\n')
    return 0
  },
})
