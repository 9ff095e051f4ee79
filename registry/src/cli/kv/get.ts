// `roster kv get`: a value, the values below a prefix, or keys alone.

import { kvBytes } from '@roster/client/api'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { barePrefix, expectOne, keyOf } from './key.js'
import { exactPair, exactPairs, pairJson } from './pairs.js'
import type { ExactPair } from './pairs.js'

export const kvGet = verb({
  usage: 'roster kv get [options] [KEY_OR_PREFIX]',
  text: `Shows the value of a key; with -recurse the pairs below a prefix, with -keys the
keys below it. A key that is not there is an error, a prefix without keys is not.

    $ roster kv get shop/currency
    $ roster kv get -recurse shop/
    $ roster kv get -keys -separator="" shop/`,
  flags: flags([
    { name: 'base64', kind: 'bool', default: false, help: 'Write values in base64. Default: false.' },
    { name: 'detailed', kind: 'bool', default: false, help: 'Show indexes, flags and session as well. Default: false.' },
    { name: 'keys', kind: 'bool', default: false, help: 'List keys, without values. Default: false.' },
    { name: 'recurse', kind: 'bool', default: false, help: 'Take the argument for a prefix and show all below it. Default: false.' },
    { name: 'separator', kind: 'string', default: '/', help: 'With -keys: keys are cut behind the first of these after the prefix, so that one level shows. Default: /.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, show, json }) {
    expectOne(words)
    const prefix = barePrefix(words[0] ?? '')
    if (values.keys) {
      const { value } = await attempt('Error querying Consul agent', api().kv.keys(prefix, { separator: values.recurse ? '' : values.separator }))
      show(() => value, () => value.map(key => `${key}\n`).join(''))
      return 0
    }
    const write = (pair: ExactPair): Buffer => values.base64 ? Buffer.from(pair.Value ?? '') : kvBytes(pair)
    if (values.recurse) {
      const { value } = await attempt('Error querying Consul agent', exactPairs(api(), prefix))
      if (json) show(() => value.map(pairJson), () => '')
      else {
        value.forEach((pair, i) => {
          if (!values.detailed) io.out(Buffer.concat([Buffer.from(`${pair.Key}:`), write(pair), NEWLINE]))
          else io.out(Buffer.concat([i > 0 ? NEWLINE : NOTHING, detailed(pair, write(pair))]))
        })
      }
      return 0
    }
    const key = keyOf(words)
    const { value } = await attempt('Error querying Consul agent', exactPair(api(), key))
    if (value === undefined) throw new Failure(`Error! No key exists at: ${key}`)
    if (json) show(() => pairJson(value), () => '')
    else io.out(values.detailed ? detailed(value, write(value)) : Buffer.concat([write(value), NEWLINE]))
    return 0
  },
})

const NEWLINE = Buffer.from('\n')
const NOTHING = Buffer.alloc(0)
const LABEL_WIDTH = 17

function detailed (pair: ExactPair, value: Buffer): Buffer {
  const rows = [['CreateIndex', pair.CreateIndex], ['Flags', pair.Flags], ['Key', pair.Key], ['LockIndex', pair.LockIndex], ['ModifyIndex', pair.ModifyIndex], ['Session', pair.Session ?? '-']] as const
  const head = rows.map(([label, text]) => `${label.padEnd(LABEL_WIDTH)}${text}\n`).join('')
  return Buffer.concat([Buffer.from(head + (value.length === 0 ? 'Value' : 'Value'.padEnd(LABEL_WIDTH))), value, NEWLINE])
}
