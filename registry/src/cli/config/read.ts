// `roster config read`

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { goJson } from '../go-json.js'
import { verb } from '../verb.js'
import { isKind, KIND_NAMES } from './kinds.js'

export const configRead = verb({
  usage: 'roster config read [options] -kind=KIND -name=NAME',
  text: 'Shows a config entry as JSON.\n\n    $ roster config read -kind=service-defaults -name=web',
  flags: flags([
    { name: 'kind', kind: 'string', default: '', values: KIND_NAMES, help: 'Kind of the entry.' },
    { name: 'name', kind: 'string', default: '', help: 'Name of the entry.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { kind, name }, api, io }) {
    if (kind === '') throw new Failure('Must specify the -kind parameter')
    if (name === '') throw new Failure('Must specify the -name parameter')
    const what = `Error reading config entry ${kind}/${name}`
    if (!isKind(kind)) throw new Failure(`${what}: invalid config entry kind: ${kind}`)
    const { value } = await attempt(what, api().config.get(kind, name))
    // The hash is between the server and those who replicate it.
    io.out(goJson({ ...value, Hash: undefined }, '    ') + '\n')
    return 0
  },
})
