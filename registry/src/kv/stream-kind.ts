// Kind `kv` of the watch stream: one key, or all below a prefix.

import { kvJson } from './wire.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const kvKind: StreamKind = {
  kind: 'kv',
  subject ({ state }, params) {
    const key = textParam(params, 'key')
    const prefix = textParam(params, 'prefix')
    const below = Object.hasOwn(params, 'prefix')
    if ((key !== '') === below) return 'kv needs "params.key" or "params.prefix", and not both'
    return {
      name: below ? prefix : key,
      topics: () => [below ? state.kvPrefixes.topic(prefix, state.base) : topics.kv(key)],
      * rows () {
        const one = state.kv.get(key)
        for (const entry of below ? state.kv.below(prefix) : one === undefined ? [] : [one]) {
          yield { key: entry.value.key, version: String(entry.modifyIndex), json: () => kvJson(entry) }
        }
      },
    }
  },
}
