// `roster intention match`

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { arrow } from './names.js'

export const intentionMatch = verb({
  usage: 'roster intention match [options] SRC|DST',
  text: `Lists the intentions that concern a service as the one that is called, or with
-source as the one that calls, in the order in which they are looked at.

    $ roster intention match -source web`,
  flags: flags([
    { name: 'destination', kind: 'bool', default: false, help: 'The name is the one that is called. The default.' },
    { name: 'source', kind: 'bool', default: false, help: 'The name is the one that calls.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { source, destination }, words, api, show }) {
    if (words.length !== 1) throw new Failure('Error: command requires exactly one argument: src or dst')
    if (source && destination) throw new Failure('Error: only one of -source or -destination may be specified')
    const name = words[0]!
    const { value } = await attempt('Error matching the connection', api().intentions.match(source ? 'source' : 'destination', [name]))
    const found = value[name] ?? []
    show(() => found, () => found.map(intention => `${arrow(intention)}\n`).join(''))
    return 0
  },
})
