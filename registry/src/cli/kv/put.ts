// `roster kv put`: writes a value, plainly or under a condition.

import { Base64Error, parseBase64 } from '../../http/decode/base64.js'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { dataArgument } from '../data-argument.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'

export const kvPut = verb({
  usage: 'roster kv put [options] KEY [DATA]',
  text: `Writes a value: DATA itself, the bytes of a file with @FILE, or standard input
with "-". Without DATA the value is empty.

    $ roster kv put shop/currency EUR
    $ roster kv put shop/logo @logo.png
    $ roster kv put -cas -modify-index=17 shop/currency CHF`,
  flags: flags([
    { name: 'acquire', kind: 'bool', default: false, help: 'Take the lock of the key for -session. Default: false.' },
    { name: 'base64', kind: 'bool', default: false, help: 'DATA is base64. Default: false.' },
    { name: 'cas', kind: 'bool', default: false, help: 'Write only if the key\'s ModifyIndex is that of -modify-index; 0: only if the key is not there. Default: false.' },
    { name: 'flags', kind: 'uint', default: 0n, help: 'A number of yours, kept with the value. Default: 0.' },
    { name: 'modify-index', kind: 'uint', default: 0n, help: 'For -cas. Default: 0.' },
    { name: 'release', kind: 'bool', default: false, help: 'Give the lock of -session back. Default: false.' },
    { name: 'session', kind: 'string', default: '', help: 'Session for -acquire and -release.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, show }) {
    if (words.length > 2) throw new Failure(`Error! Too many arguments (expected 1 or 2, got ${words.length})`)
    const [key, text = ''] = words
    if (key === undefined) throw new Failure('Error! Missing KEY argument')
    const { acquire, release, session, cas, flags } = values
    if ((acquire || release) && session === '') throw new Failure('Error! Missing -session (required with -acquire and -release)')
    const given = await dataArgument(text, io)
    const data = values.base64 ? decoded(given) : given
    if (key.startsWith('/')) throw new Failure(`Error! Failed writing data: Invalid key. Key must not begin with a '/': ${key}`)
    const index = Number(values['modify-index'])
    // One condition counts: cas over locks, taking over giving back.
    const condition = cas ? { cas: index } : acquire ? { acquire: session } : release ? { release: session } : {}
    const { value: written } = await attempt('Error! Failed writing data', api().kv.put(key, data, { ...flags === 0n ? {} : { flags: String(flags) }, ...condition }))
    if (!written) throw new Failure(cas ? `Error! Did not write to ${key}: ${index === 0 ? 'CAS performed with index=0 and key already exists.' : 'CAS failed'}` : `Error! Did not ${acquire ? 'acquire' : 'release'} lock`)
    show(() => ({ Key: key, Written: true }), () => `Success! ${cas || !(acquire || release) ? 'Data written to' : acquire ? 'Lock acquired on' : 'Lock released on'}: ${key}\n`)
    return 0
  },
})

function decoded (data: Buffer): Buffer {
  try {
    return parseBase64(data.toString('latin1'))
  } catch (error) {
    if (error instanceof Base64Error) throw new Failure(`Error! Cannot base 64 decode data: ${error.message}`)
    throw error
  }
}
