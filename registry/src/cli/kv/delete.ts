// `roster kv delete`: one key, or all below a prefix.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { barePrefix, expectOne, keyOf } from './key.js'

export const kvDelete = verb({
  usage: 'roster kv delete [options] KEY_OR_PREFIX',
  text: `Deletes a key; one that is not there is deleted already. With -recurse: every
key that begins so, and without a prefix every key there is.

    $ roster kv delete shop/currency
    $ roster kv delete -recurse shop/`,
  flags: flags([
    { name: 'cas', kind: 'bool', default: false, help: 'Delete only if the key\'s ModifyIndex is that of -modify-index. Default: false.' },
    { name: 'modify-index', kind: 'uint', default: 0n, help: 'For -cas; above 0.' },
    { name: 'recurse', kind: 'bool', default: false, help: 'Take the argument for a prefix. Default: false.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { cas, recurse, 'modify-index': modifyIndex }, words, api, show }) {
    expectOne(words)
    if (words.length === 0) throw new Failure('Error! Missing KEY argument')
    const key = recurse ? barePrefix(words[0]!) : keyOf(words)
    if (cas && modifyIndex === 0n) throw new Failure('Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.')
    if (!cas && modifyIndex !== 0n) throw new Failure('Cannot specify -modify-index without -cas!')
    if (cas && recurse) throw new Failure('Cannot specify both -cas and -recurse!')
    if (recurse) {
      await attempt(`Error! Did not delete prefix ${key}`, api().kv.deleteTree(key))
      show(() => ({ Prefix: key, Deleted: true }), () => `Success! Deleted keys with prefix: ${key}\n`)
      return 0
    }
    const { value: deleted } = await attempt(`Error${cas ? '! Did not delete' : ' deleting'} key ${key}`, api().kv.delete(key, cas ? { cas: Number(modifyIndex) } : {}))
    if (!deleted) throw new Failure(`Error! Did not delete key ${key}: CAS failed`)
    show(() => ({ Key: key, Deleted: true }), () => `Success! Deleted key: ${key}\n`)
    return 0
  },
})
