// `roster catalog datacenters`

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

export const catalogDatacenters = verb({
  usage: 'roster catalog datacenters [options]',
  text: 'Lists the known datacenters, one a line, the nearest first.',
  flags: flags(serverApiFlags),
  async run ({ words, api, show }) {
    expectWords(words, 0)
    const { value } = await attempt('Error listing datacenters', api().catalog.datacenters())
    show(() => value, () => value.map(name => `${name}\n`).join(''))
    return 0
  },
})
