// `roster intention list`

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { flags } from '../flags.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import { actionOf, destinationOf, sourceOf } from './names.js'

export const intentionList = verb({
  usage: 'roster intention list [options]',
  text: 'Lists all intentions, those that decide first at the top.',
  flags: flags([...scopeFlags, ...serverApiFlags]),
  async run ({ api, show, complain, json }) {
    const { value } = await attempt('Failed to retrieve the intentions list', api().intentions.list())
    if (value.length === 0 && !json) complain('There are no intentions.')
    else show(() => value, () => table(['ID', 'Source', 'Action', 'Destination', 'Precedence'], value.map(intention => [intention.ID ?? '', sourceOf(intention), actionOf(intention), destinationOf(intention), String(intention.Precedence)])))
    return 0
  },
})
