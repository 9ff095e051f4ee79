// The JSON shape of a session, as clients know it.

import type { Json } from '../catalog/wire.js'
import type { SessionEntry } from '../state/sessions.js'

export function sessionJson ({ value: s, createIndex, modifyIndex }: SessionEntry): Json {
  return {
    ID: s.id,
    Name: s.name,
    Node: s.node,
    LockDelay: s.lockDelayNs,
    Behavior: s.behavior,
    TTL: s.ttl,
    NodeChecks: s.nodeChecks,
    ServiceChecks: s.serviceChecks?.map(({ id, namespace }) => ({ ID: id, Namespace: namespace })) ?? null,
    ...(s.checks === null || s.checks.length === 0 ? {} : { Checks: s.checks }),
    CreateIndex: createIndex,
    ModifyIndex: modifyIndex,
  }
}
