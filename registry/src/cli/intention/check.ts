// `roster intention check`: its code is its answer.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

/** Misuse, and a server that does not answer: told from "denied", which is 1. */
const UNKNOWN = 2

export const intentionCheck = verb({
  usage: 'roster intention check [options] SRC DST',
  text: 'Answers whether a service may call another: code 0 and "Allowed", or 1 and "Denied";\n2 when there is no answer.\n\n    $ roster intention check web db',
  flags: flags([...scopeFlags, ...serverApiFlags]),
  async run ({ words, api, show }) {
    if (words.length !== 2) throw new Failure('Error: command requires exactly two arguments: src and dst', UNKNOWN)
    const { value: allowed } = await attempt('Error checking the connection', api().intentions.check(words[0]!, words[1]!), UNKNOWN)
    show(() => ({ Allowed: allowed }), () => allowed ? 'Allowed\n' : 'Denied\n')
    return allowed ? 0 : 1
  },
})
