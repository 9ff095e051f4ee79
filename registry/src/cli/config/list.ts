// `roster config list`

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { KIND_NAMES } from './kinds.js'

export const configList = verb({
  usage: 'roster config list [options] -kind=KIND',
  text: 'Lists the names of the config entries of a kind, one a line.\n\n    $ roster config list -kind=service-defaults',
  flags: flags([
    { name: 'filter', kind: 'string', default: '', help: 'Expression over the fields of an entry.' },
    { name: 'kind', kind: 'string', default: '', values: KIND_NAMES, help: 'Kind of the entries.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { kind, filter }, api, show }) {
    if (kind === '') throw new Failure('Must specify the -kind parameter')
    const { value } = await attempt(`Error listing config entries for kind ${JSON.stringify(kind)}`, api().config.list(kind, { filter: filter || undefined }))
    show(() => value, () => value.map(entry => `${String(entry.Name ?? kind)}\n`).join(''))
    return 0
  },
})
