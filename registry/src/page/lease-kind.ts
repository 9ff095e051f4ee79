// Kind `lease` of the watch stream: one lease with the time that it has left, told anew with each renewal.

import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const oneLeaseKind: StreamKind = {
  kind: 'lease',
  subject ({ state, leases, clock }, params) {
    const id = textParam(params, 'id')
    if (id === '') return 'lease needs "params.id"'
    return {
      name: id,
      volatile: true,
      topics: () => [topics.lease(id), topics.leaseLife(id)],
      * rows () {
        const value = state.leases.byId.get(id)?.value
        if (value === undefined) return
        const left = leases.remainingMs(id)
        yield {
          key: id,
          version: `${clock.monotonic()}`,
          json: () => ({ ID: id, Node: value.node, TTLMs: value.ttlMs, DeregisterAfterMs: value.deregisterAfterMs, Lapsed: value.lapsed, RemainingMs: left, EndsAt: new Date(clock.now() + left).toISOString(), ServiceIDs: value.serviceIds }),
        }
      },
    }
  },
}
