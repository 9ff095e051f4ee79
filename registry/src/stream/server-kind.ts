// Kind `server` of the watch stream: one row about the server that one is connected to, as of the question. Asked again and again it is a sign of life, the distance between
// two clocks, and how far behind an answer is.

import { VERSION } from '../version.js'
import type { StreamKind } from './kind.js'

export const serverKind: StreamKind = {
  kind: 'server',
  subject: ({ state, config, clock, startedAt, watchers }) => ({
    name: '',
    volatile: true,
    topics: () => [],
    * rows () {
      yield {
        key: 'server',
        version: `${clock.monotonic()}`,
        json: () => ({
          Datacenter: config.datacenter,
          Node: config.node.name,
          Version: VERSION,
          StartedAt: new Date(startedAt).toISOString(),
          Now: new Date(clock.now()).toISOString(),
          Index: state.base + state.revision,
          Leases: state.leases.byId.size,
          Subscriptions: watchers().size,
          ReadOnly: config.ui.readOnly,
          DnsDomain: config.dns.domain,
        }),
      }
    },
  }),
}
