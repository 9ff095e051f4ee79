// Kinds `history` (the last changes of each instance of a service) and `changes` (the last ones of all) of the watch stream.

import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const historyKind: StreamKind = {
  kind: 'history',
  subject ({ history }, params) {
    const service = textParam(params, 'service')
    if (service === '') return 'history needs "params.service"'
    return {
      name: service,
      topics: () => [topics.health(service)],
      * rows () {
        for (const row of history.of(service)) {
          yield { key: `${row.Node}/${row.ServiceID}`.toLowerCase(), version: `${row.Changes.length}.${row.Changes.at(-1)!.Index}.${row.Changes.at(-1)!.To}`, json: () => ({ ...row }) }
        }
      },
    }
  },
}

export const changeKind: StreamKind = {
  kind: 'changes',
  subject: ({ history }) => ({
    name: '',
    topics: () => [topics.services, topics.checks],
    * rows () { for (const { number, ...change } of history.latest()) yield { key: String(number), version: '', json: () => change } },
  }),
}
