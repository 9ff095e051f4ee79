// Kind `queries` of the watch stream: the definitions of all prepared queries, or of one by its name.

import { queryJson } from './wire.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'
import type { QueryEntry } from '../state/queries.js'

export const queryKind: StreamKind = {
  kind: 'queries',
  subject ({ state }, params) {
    const name = textParam(params, 'name')
    const found = (): readonly QueryEntry[] => name === '' ? state.queries.list() : [state.queries.named(name) ?? []].flat()
    return {
      name,
      topics: () => [topics.queries],
      * rows () {
        for (const entry of found()) yield { key: entry.value.id, version: String(entry.modifyIndex), json: () => queryJson(entry) }
      },
    }
  },
}
