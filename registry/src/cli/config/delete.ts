// `roster config delete`

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { readEntry } from './entry-file.js'
import { KIND_NAMES } from './kinds.js'

export const configDelete = verb({
  usage: 'roster config delete [options] (-kind=KIND -name=NAME | -filename=FILE)',
  text: `Deletes a config entry; one that is not there is deleted already.

    $ roster config delete -kind=service-defaults -name=web`,
  flags: flags([
    { name: 'cas', kind: 'bool', default: false, help: 'Delete only if the entry\'s ModifyIndex is that of -modify-index. Default: false.' },
    { name: 'filename', kind: 'string', default: '', values: 'file', help: 'File that describes the entry, instead of kind and name.' },
    { name: 'kind', kind: 'string', default: '', values: KIND_NAMES, help: 'Kind of the entry.' },
    { name: 'modify-index', kind: 'uint', default: 0n, help: 'For -cas; above 0.' },
    { name: 'name', kind: 'string', default: '', help: 'Name of the entry.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values, api, io, show }) {
    const { cas, filename, 'modify-index': index } = values
    if (filename !== '' && (values.kind !== '' || values.name !== '')) throw new Failure("filename can't be used with kind or name")
    if (filename === '' && values.kind === '') throw new Failure('Must specify the -kind or -filename parameter')
    if (filename === '' && values.name === '') throw new Failure('Must specify the -name parameter')
    if (cas && index === 0n) throw new Failure('Must specify a -modify-index greater than 0 with -cas')
    if (!cas && index !== 0n) throw new Failure('Cannot specify -modify-index without -cas')
    const { Kind: kind, Name: name = '' } = filename === '' ? { Kind: values.kind, Name: values.name } : await readEntry(filename, io)
    const { value: deleted } = await attempt(`Error deleting config entry ${kind}/${name}`, api().config.delete(kind, name, cas ? { cas: Number(index) } : {}))
    if (!deleted) throw new Failure(`Config entry not deleted: ${kind}/${name}`)
    show(() => ({ Kind: kind, Name: name, Deleted: true }), () => `Config entry deleted: ${kind}/${name}\n`)
    return 0
  },
})
