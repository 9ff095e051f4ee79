// Kind `edges` of the watch stream: who calls whom, all of it or what touches one service.

import { edgeJson } from './wire.js'
import { fold } from '../state/keys.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { EdgeStore } from './edge-store.js'
import type { StreamKind } from '../stream/kind.js'

export const edgeKind = (edges: EdgeStore): StreamKind => ({
  kind: 'edges',
  subject (_roster, params) {
    const service = fold(textParam(params, 'service'))
    return {
      name: service,
      volatile: true,
      topics: () => [topics.edges],
      * rows () {
        for (const edge of edges.list()) {
          if (service !== '' && fold(edge.from) !== service && fold(edge.to) !== service) continue
          const row = edgeJson(edge)
          yield { key: `${edge.from}→${edge.to}`, version: JSON.stringify(row), json: () => row as unknown as Record<string, unknown> }
        }
      },
    }
  },
})
