// `roster checks pass|warn|fail`: reports to a TTL check of the local agent.

import { agentApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import type { CheckStatus } from '@roster/client/api'
import type { Verb } from '../verb.js'

const report = (name: string, status: CheckStatus): Verb => verb({
  usage: `roster checks ${name} [options] CHECK_ID`,
  text: `Tells a check with a TTL of the local agent that it is ${status}. The TTL begins anew.

    $ roster checks ${name} -note="seen by hand" service:web`,
  flags: flags([
    { name: 'note', kind: 'string', default: '', help: 'What the check shows as its output.' },
    ...agentApiFlags,
  ]),
  async run ({ values: { note }, words, api, show }) {
    if (words.length !== 1) throw new Failure(`Must specify one check ID (got ${words.length})`)
    const id = words[0]!
    await attempt(`Error updating check ${JSON.stringify(id)}`, api().agent.updateCheck(id, { Status: status, Output: note }))
    show(() => ({ CheckID: id, Status: status }), () => `Check ${JSON.stringify(id)} is now ${status}\n`)
    return 0
  },
})

export const checksPass = report('pass', 'passing')
export const checksWarn = report('warn', 'warning')
export const checksFail = report('fail', 'critical')
