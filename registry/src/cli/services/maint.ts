// `roster services maint`: the shorter way to say `roster maint -service=ID`.

import { agentApiFlags } from '../common-flags.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { setMaintenance } from '../maint.js'
import { verb } from '../verb.js'

export const servicesMaint = verb({
  usage: 'roster services maint -enable|-disable [options] ID',
  text: `Takes a service of the local agent out of what callers are given, or puts it back.

    $ roster services maint -enable -reason="new disk" web-1
    $ roster services maint -disable web-1`,
  flags: flags([
    { name: 'disable', kind: 'bool', default: false, help: 'End the maintenance.' },
    { name: 'enable', kind: 'bool', default: false, help: 'Begin a maintenance. The reason of one that is on already stays.' },
    { name: 'reason', kind: 'string', default: '', help: 'Why, for whoever looks at the check.' },
    ...agentApiFlags,
  ]),
  async run ({ values: { enable, disable, reason }, words, api, show }) {
    if (enable === disable) throw new Failure('Exactly one of -enable or -disable must be provided')
    if (disable && reason !== '') throw new Failure('Reason may only be provided with -enable')
    if (words.length !== 1 || words[0] === '') throw new Failure(`Must specify one service ID (got ${words.length})`)
    const line = await setMaintenance(api(), enable, words[0]!, reason)
    show(() => ({ ServiceID: words[0], Maintenance: enable }), () => `${line}\n`)
    return 0
  },
})
