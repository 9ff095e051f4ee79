// Kind `sessions` of the watch stream: all of them, or those of a node.

import { sessionJson } from './wire.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const sessionKind: StreamKind = {
  kind: 'sessions',
  subject ({ state }, params) {
    const node = textParam(params, 'node')
    return {
      name: node,
      topics: () => [node === '' ? topics.sessions : topics.nodeSessions(node)],
      * rows () {
        for (const entry of node === '' ? state.sessions.list() : state.sessions.onNode(node)) {
          yield { key: entry.value.id, version: String(entry.modifyIndex), json: () => sessionJson(entry) }
        }
      },
    }
  },
}
