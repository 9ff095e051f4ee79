// Kinds of the watch stream that show keys without their values: `keys` (one level of the tree) and `locks` (who holds what, since when).

import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { LockTimes } from './lock-times.js'
import type { StreamKind } from '../stream/kind.js'

/** Rows of one level at most; the page says that there are more. */
const MAX_KEYS = 10_000
const SEPARATOR = '/'

export const keyKind: StreamKind = {
  kind: 'keys',
  subject ({ state }, params) {
    const prefix = textParam(params, 'prefix')
    return {
      name: '',
      topics: () => [state.kvPrefixes.topic(prefix, state.base)],
      * rows () {
        const folders = new Map<string, number>()
        let shown = 0
        for (const { value: { key, session, value }, modifyIndex } of state.kv.below(prefix)) {
          const at = key.indexOf(SEPARATOR, prefix.length)
          if (at >= 0) {
            const folder = key.slice(0, at + 1)
            folders.set(folder, (folders.get(folder) ?? 0) + 1)
          } else if (shown++ < MAX_KEYS) yield { key, version: String(modifyIndex), json: () => ({ Bytes: Math.floor(value.length * 3 / 4), Locked: session !== '', ModifyIndex: modifyIndex }) }
          if (folders.size > MAX_KEYS) break
        }
        for (const [folder, keys] of folders) yield { key: folder, version: String(keys), json: () => ({ Keys: keys }) }
      },
    }
  },
}

export const lockKind = (times: LockTimes): StreamKind => ({
  kind: 'locks',
  subject: ({ state }) => ({
    name: '',
    topics: () => [topics.kvAll, topics.sessions],
    * rows () {
      for (const { key, session, since } of times.held()) {
        const entry = state.kv.get(key)
        if (entry === undefined) continue
        const holder = state.sessions.get(session)?.value
        const row = { Session: session, SessionName: holder?.name ?? '', Node: holder?.node ?? '', LockIndex: entry.value.lockIndex, Since: since === undefined ? null : new Date(since).toISOString() }
        yield { key, version: JSON.stringify(row), json: () => row }
      }
    },
  }),
})

/** All sessions, with the time since when they are known and what they hold. */
export const sessionTimeKind = (times: LockTimes): StreamKind => ({
  kind: 'session-times',
  subject: ({ state }) => ({
    name: '',
    topics: () => [topics.sessions, topics.kvAll],
    * rows () {
      const held = new Map<string, string[]>()
      for (const { key, session } of times.held()) held.set(session, [...held.get(session) ?? [], key])
      for (const { value } of state.sessions.list()) {
        const since = times.sessionSince(value.id)
        const row = { ID: value.id, Name: value.name, Node: value.node, TTL: value.ttl, Behavior: value.behavior, LockDelayMs: value.lockDelayNs / 1e6, Since: since === undefined ? null : new Date(since).toISOString(), Keys: (held.get(value.id) ?? []).slice(0, 100) }
        yield { key: value.id, version: JSON.stringify(row), json: () => row }
      }
    },
  }),
})
