// `roster config write`

import { isRefused } from '@roster/client/api'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { readEntry } from './entry-file.js'

export const configWrite = verb({
  usage: 'roster config write [options] FILE',
  text: `Creates or replaces a config entry, as a file describes it in HCL or JSON; "-" is
standard input.

    $ roster config write web-defaults.hcl`,
  words: 'file',
  flags: flags([
    { name: 'cas', kind: 'bool', default: false, help: 'Write only if the entry\'s ModifyIndex is that of -modify-index; 0: only if it is not there. Default: false.' },
    { name: 'modify-index', kind: 'uint', default: 0n, help: 'For -cas. Default: 0.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, show }) {
    if (words.length !== 1) throw new Failure('Must provide exactly one positional argument to specify the config entry to write')
    const entry = await readEntry(words[0]!, io)
    const name = `${entry.Kind}/${entry.Name ?? (entry.Kind === 'mesh' ? 'mesh' : '')}`
    const written = await attempt(`Error writing config entry ${name}`, api().config.set(entry, values.cas ? { cas: Number(values['modify-index']) } : {}).catch((error: unknown) => {
      // What the server cannot decode is what the file has wrong.
      const reason = isRefused(error) ? /^Request decod(?:e failed|ing failed): (.*)$/s.exec(error.body)?.[1] : undefined
      if (reason !== undefined) throw new Failure(`Failed to decode config entry input: ${reason}${/^\d+ errors? occurred/.test(reason) ? '\n\n' : ''}`)
      throw error
    }))
    if (!written.value) throw new Failure(`Config entry not updated: ${name}`)
    show(() => ({ Kind: entry.Kind, Name: entry.Name, Written: true }), () => `Config entry written: ${name}\n`)
    return 0
  },
})
