// `roster agent` among the other verbs: its page and its flags. What it does is agent.ts, which is loaded once it is clear that an agent is to run.

import { agentFlags } from '../config/agent-flags.js'
import { verb } from './verb.js'

export const agentVerb = verb({
  usage: 'roster agent [options]',
  text: `Runs the registry until SIGINT, SIGTERM or "roster leave" ends it.

    $ roster agent -dev
    $ roster agent -data-dir=/var/lib/roster -config-dir=/etc/roster.d`,
  flags: agentFlags,
  runRaw: async args => await (await import('./agent.js')).agent(args),
  run: () => { throw new Error('the agent reads its flags itself') },
})
