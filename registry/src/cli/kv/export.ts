// `roster kv export`: the pairs below a prefix, in the form that `kv import` takes.

import { uint64 } from '../../exact-json.js'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { flags } from '../flags.js'
import { goJson } from '../go-json.js'
import { verb } from '../verb.js'
import { barePrefix, expectOne } from './key.js'
import { exactPairs } from './pairs.js'

export const kvExport = verb({
  usage: 'roster kv export [options] [PREFIX]',
  text: `Writes the pairs below a prefix as JSON, for "roster kv import".

    $ roster kv export shop/ > shop.json`,
  flags: flags([...scopeFlags, ...serverApiFlags]),
  async run ({ words, api, io }) {
    expectOne(words)
    const { value } = await attempt('Error querying Consul agent', exactPairs(api(), barePrefix(words[0] ?? '')))
    io.out(goJson(value.map(({ Key, Flags, Value }) => ({ key: Key, flags: uint64(Flags), value: Value ?? '' })), '\t') + '\n')
    return 0
  },
})
