// The table of sessions, and of the lock-delays that lost ones have left. Renewals and the counting of time are not here: ../sessions/keeper.ts.

import { fold } from './keys.js'
import type { Revision } from '../engine/engine.js'
import type { Entry } from './entry.js'

/** What becomes of held keys when a session ends. */
export type SessionBehavior = 'release' | 'delete'

export interface SessionRecord {
  readonly id: string
  readonly name: string
  /** As sent. */
  readonly node: string
  /** Nanoseconds, as sent; more than a minute, and less than nothing, is not honoured. */
  readonly lockDelayNs: number
  readonly behavior: SessionBehavior
  /** As sent; '' for none. */
  readonly ttl: string
  /** `ttl` as ms; 0 for none. */
  readonly ttlMs: number
  readonly nodeChecks: readonly string[] | null
  readonly serviceChecks: ReadonlyArray<{ readonly id: string, readonly namespace: string }> | null
  /** The old list; `null` unless sent. */
  readonly checks: readonly string[] | null
}

export type SessionEntry = Entry<SessionRecord>

/** A key whose lock nobody may take yet. */
export interface LockDelayRecord {
  readonly key: string
  /** ms, counted by each server from when it saw the row. */
  readonly ms: number
}

/** Ids in any letter case. */
export class Sessions {
  readonly #byId = new Map<string, SessionEntry>()
  readonly #byNode = new Map<string, Map<string, SessionEntry>>()
  /** By key. */
  readonly lockDelays = new Map<string, LockDelayRecord & { readonly revision: Revision }>()

  get size (): number { return this.#byId.size }

  get (id: string): SessionEntry | undefined { return this.#byId.get(fold(id)) }

  /** By id. */
  list (): SessionEntry[] { return sorted(this.#byId) }

  /** Those of a node, by id. */
  onNode (node: string): SessionEntry[] { return sorted(this.#byNode.get(fold(node)) ?? new Map()) }

  /** The fold's side. `node`: the session's, for one that is gone. */
  set (id: string, node: string, entry: SessionEntry | undefined): void {
    const of = this.#byNode.get(fold(node))
    if (entry === undefined) {
      this.#byId.delete(fold(id))
      of?.delete(fold(id))
      if (of?.size === 0) this.#byNode.delete(fold(node))
      return
    }
    this.#byId.set(fold(id), entry)
    if (of === undefined) this.#byNode.set(fold(node), new Map([[fold(id), entry]]))
    else of.set(fold(id), entry)
  }
}

const sorted = (entries: ReadonlyMap<string, SessionEntry>): SessionEntry[] => [...entries].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry)
