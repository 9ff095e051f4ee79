// `roster kv watch`: a line for each change of a key, or of the keys below a prefix.

import { kvBytes, nextIndex } from '@roster/client/api'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { flags } from '../flags.js'
import { follow } from '../follow.js'
import { goJson } from '../go-json.js'
import { firstLine } from '../health-text.js'
import { verb } from '../verb.js'
import { expectOne, keyOf } from './key.js'
import { exactPair, exactPairs, pairJson } from './pairs.js'
import type { ExactPair } from './pairs.js'

export const kvWatch = verb({
  usage: 'roster kv watch [options] KEY_OR_PREFIX',
  text: `Prints a line for each change of a key, or with -recurse of all keys below a prefix,
until Ctrl-C. The first lines are what is there. Long values are cut; -o json has them
whole. To run a command for each change see "roster watch".

    $ roster kv watch -recurse shop/`,
  flags: flags([
    { name: 'recurse', kind: 'bool', default: false, help: 'Take the argument for a prefix. Default: false.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { recurse }, words, api, io, say, complain, json }) {
    expectOne(words)
    const key = keyOf(words)
    const ended = new AbortController()
    const deaf = io.onSignal(() => ended.abort())
    const before = new Map<string, number>()
    const tell = (sign: string, pair: Pick<ExactPair, 'Key' | 'Value'>, whole: object): void => say(json ? goJson({ Kind: KINDS[sign], ...whole }, '') : `${sign} ${pair.Key}${sign === '-' ? '' : `  ${firstLine(kvBytes(pair).toString('utf8'))}`}`)
    try {
      await follow<readonly ExactPair[]>({
        signal: ended.signal,
        ask: async (index, signal) => {
          if (recurse) return await exactPairs(api(), key, { index, signal })
          const { value, meta } = await exactPair(api(), key, { index, signal })
          return { value: value === undefined ? [] : [value], meta }
        },
        next: (index, { meta }) => String(nextIndex(Number(index), meta.index)),
        onAnswer: async ({ value }) => {
          const gone = new Set(before.keys())
          for (const pair of value) {
            gone.delete(pair.Key)
            const known = before.get(pair.Key)
            if (known !== pair.ModifyIndex) tell(known === undefined ? '+' : '~', pair, pairJson(pair))
            before.set(pair.Key, pair.ModifyIndex)
          }
          for (const lost of gone) {
            before.delete(lost)
            tell('-', { Key: lost, Value: null }, { Key: lost })
          }
          return true
        },
        onFailure: (error, pauseMs) => complain(`${error.message}; trying again in ${pauseMs / 1000} s`),
      })
      return 0
    } finally {
      deaf()
    }
  },
})

const KINDS: Readonly<Record<string, string>> = { '+': 'added', '~': 'changed', '-': 'removed' }
