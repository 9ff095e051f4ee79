// Kinds of the watch stream that leases bring: the leases themselves and the guard.

import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { StreamKind } from '../stream/kind.js'

export const leaseKind: StreamKind = {
  kind: 'leases',
  subject ({ state }, params) {
    const node = textParam(params, 'node').toLowerCase()
    return {
      name: '',
      topics: () => [topics.leases],
      * rows () {
        for (const [id, entry] of state.leases.byId) {
          const { value } = entry
          if (node !== '' && value.node.toLowerCase() !== node) continue
          yield {
            key: id,
            version: String(entry.modifyIndex),
            json: () => ({ ID: id, Node: value.node, TTLMs: value.ttlMs, DeregisterAfterMs: value.deregisterAfterMs, Lapsed: value.lapsed, ServiceIDs: value.serviceIds, Words: value.words }),
          }
        }
      },
    }
  },
}

/** One row: whether removals are held back, how many, why and until when. */
export const guardKind: StreamKind = {
  kind: 'guard',
  subject: roster => ({
    name: '',
    topics: () => [topics.guard],
    * rows () {
      const { active, kept, until, since, reason } = roster.guard.status()
      const row = { Active: active, Kept: kept, Reason: reason, Since: time(since), Until: time(until) }
      yield { key: 'guard', version: JSON.stringify(row), json: () => row }
    },
  }),
}

const time = (ms: number): string | null => ms === 0 ? null : new Date(ms).toISOString()
