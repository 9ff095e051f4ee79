// Kind `watchers` of the watch stream: who watches a name, or everything, over streams, and up to which index they have acknowledged it.

import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

/** Rows of one view at most; a list of very many watchers is cut. */
const MAX_ROWS = 2000

export const watcherKind: StreamKind = {
  kind: 'watchers',
  subject ({ watchers }, params) {
    const name = textParam(params, 'name')
    return {
      name: '',
      volatile: true,
      topics: () => [topics.watchers],
      * rows () {
        for (const { id, client, kind, name: watched, since, acked } of watchers().list('', name).slice(0, MAX_ROWS)) {
          yield { key: String(id), version: String(acked), json: () => ({ Client: client, Kind: kind, Name: watched, Since: new Date(since).toISOString(), Acked: Math.max(acked, 0) }) }
        }
      },
    }
  },
}
