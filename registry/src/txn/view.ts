// What the operations of a transaction read: the folded state where all of them only read, else the draft that they write.

import { fold, keys } from '../state/keys.js'
import { byBytes } from '../state/byte-order.js'
import type { Draft } from '../engine/draft.js'
import type { CheckEntry, CheckRecord } from '../state/checks.js'
import type { Entry } from '../state/entry.js'
import type { KvEntry, KvRecord } from '../state/kv.js'
import type { NodeEntry, NodeRecord } from '../state/nodes.js'
import type { ServiceEntry, ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'

export interface View {
  kv (key: string): KvEntry | undefined
  /** By the bytes of their keys. */
  kvBelow (prefix: string): KvEntry[]
  node (name: string): NodeEntry | undefined
  /** The first whose id begins so. */
  nodeById (prefix: string): NodeEntry | undefined
  service (node: string, id: string): ServiceEntry | undefined
  check (node: string, id: string): CheckEntry | undefined
}

export const stateView = (state: State): View => ({
  kv: key => state.kv.get(key),
  kvBelow: prefix => [...state.kv.below(prefix)],
  node: name => state.nodes.get(name),
  nodeById (prefix) {
    const exact = state.nodes.byId(prefix)
    if (exact !== undefined) return exact
    return state.nodes.list().filter(({ value }) => fold(value.id).startsWith(fold(prefix)) && value.id !== '').sort((a, b) => byBytes(fold(a.value.id), fold(b.value.id)))[0]
  },
  service: (node, id) => state.services.get(node, id),
  check: (node, id) => state.checks.get(node, id),
})

/** @param base see State.base */
export function draftView (draft: Draft, base: number): View {
  const entry = <T>(key: string): Entry<T> | undefined => {
    const row = draft.row(key)
    return row === undefined ? undefined : { value: row.value as T, createIndex: base + row.created, modifyIndex: base + row.revision }
  }
  return {
    kv: key => entry<KvRecord>(keys.kv(key)),
    kvBelow: prefix => draft.range(keys.kv(prefix)).map(([key]) => entry<KvRecord>(key)!).sort((a, b) => byBytes(a.value.key, b.value.key)),
    node: name => entry<NodeRecord>(keys.node(name)),
    nodeById (prefix) {
      const first = draft.range<{ node: string }>(keys.nodeId(prefix))[0]
      return first === undefined ? undefined : entry<NodeRecord>(keys.node(first[1].node))
    },
    service: (node, id) => entry<ServiceRecord>(keys.service(node, id)),
    check: (node, id) => entry<CheckRecord>(keys.check(node, id)),
  }
}
