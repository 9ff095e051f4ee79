// `roster kv ls`: one level of keys, like files of a folder.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { barePrefix, expectOne } from './key.js'

export const kvLs = verb({
  usage: 'roster kv ls [options] [PREFIX]',
  text: `Lists the keys of one level, as if slashes made folders, which end in a slash
here. A prefix is taken for a folder unless -raw is given.

    $ roster kv ls shop`,
  flags: flags([
    { name: 'raw', kind: 'bool', default: false, help: 'Take the prefix as it stands: "sh" lists "shop/" and "shoes". Default: false.' },
    { name: 'separator', kind: 'string', default: '/', help: 'What parts levels. Default: /.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { raw, separator }, words, api, show }) {
    expectOne(words)
    const given = barePrefix(words[0] ?? '')
    const prefix = raw || given === '' || given.endsWith(separator) ? given : given + separator
    const { value } = await attempt('Error querying Consul agent', api().kv.keys(prefix, { separator }))
    show(() => value, () => value.map(key => `${key}\n`).join(''))
    return 0
  },
})
