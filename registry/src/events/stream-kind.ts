// Kind `events` of the watch stream: the user events that this agent remembers, or those of a name. A new one is an upsert; what falls out of memory a remove.

import { eventJson } from './wire.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const eventKind: StreamKind = {
  kind: 'events',
  subject ({ events }, params) {
    const name = textParam(params, 'name')
    return {
      name,
      topics: () => [topics.events],
      * rows () {
        for (const event of events.list(name)) yield { key: event.id, version: event.id, json: () => eventJson(event) }
      },
    }
  },
}
