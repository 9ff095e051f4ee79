// Kind `chain` of the watch stream: the discovery chain of one service, as one row. The same chain is no change, whatever entries were written.

import { RosterError } from '../errors.js'
import { readChain } from './read.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const chainKind: StreamKind = {
  kind: 'chain',
  subject ({ state, config }, params) {
    const service = textParam(params, 'service')
    if (service === '') return 'chain needs "params.service"'
    const datacenter = textParam(params, 'datacenter') || config.datacenter
    return {
      name: service,
      topics: () => readChain(state, service, datacenter).topics,
      * rows () {
        try {
          const chain = readChain(state, service, datacenter).json()
          yield { key: service, version: JSON.stringify(chain), json: () => ({ Chain: chain }) }
        } catch (error) {
          // Writes see to it that entries fit together; should they not, there is no chain to be shown.
          if (!(error instanceof RosterError)) throw error
        }
      },
    }
  },
}
