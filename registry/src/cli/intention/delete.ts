// `roster intention delete`

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

export const intentionDelete = verb({
  usage: 'roster intention delete [options] SRC DST\nUsage: roster intention delete [options] ID',
  text: 'Deletes an intention, by the two names or by its ID. Between two names one that is\nnot there is deleted already.\n\n    $ roster intention delete web db',
  flags: flags([...scopeFlags, ...serverApiFlags]),
  async run ({ words, api, show }) {
    if (words.length < 1 || words.length > 2) throw new Failure('command requires exactly 1 or 2 arguments')
    const [first, second] = words
    await attempt('Error deleting the intention', second === undefined ? api().intentions.deleteById(first!) : api().intentions.delete(first!, second))
    show(() => ({ Deleted: true }), () => 'Intention deleted.\n')
    return 0
  },
})
