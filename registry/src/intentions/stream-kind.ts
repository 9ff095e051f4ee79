// Kind `intentions` of the watch stream: all, or those that concern calls of one service or to one. The order in which they count is in their precedence.

import { KIND, allIntentions, fromSource, toDestination } from './intention.js'
import { intentionJson } from './wire.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { Intention } from './intention.js'
import type { StreamKind } from '../stream/kind.js'

/** Between whom; peers in front, as names may be anything. */
const keyOf = ({ peer, source, destination }: Intention): string => [...(peer === '' ? [] : [`peer:${peer}`]), source, destination].map(encodeURIComponent).join('/')

export const intentionKind: StreamKind = {
  kind: 'intentions',
  subject ({ state }, params) {
    const source = textParam(params, 'source')
    const destination = textParam(params, 'destination')
    if (source !== '' && destination !== '') return 'intentions takes "params.source" or "params.destination", and not both'
    const found = (): readonly Intention[] => source !== '' ? fromSource(state, source) : destination !== '' ? toDestination(state, destination) : allIntentions(state)
    return {
      name: source || destination,
      topics: () => [topics.configKind(KIND)],
      * rows () {
        for (const intention of found()) {
          const json = intentionJson(intention)
          yield { key: keyOf(intention), version: String(intention.modifyIndex), json: () => json }
        }
      },
    }
  },
}
