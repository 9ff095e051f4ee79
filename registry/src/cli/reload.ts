// `roster reload`

import { agentApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const reload = verb({
  usage: 'roster reload [options]',
  text: 'Makes the agent read its configuration files anew, as SIGHUP does.',
  flags: flags(agentApiFlags),
  async run ({ api, show }) {
    await attempt('Error reloading', api().agent.reload())
    show(() => ({ Reloaded: true }), () => 'Configuration reload triggered\n')
    return 0
  },
})
