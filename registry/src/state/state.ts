// The state: typed tables that fold the engine's events, in order. Readers ask it; nothing but the fold changes it.

import { Nodes } from './nodes.js'
import { Services } from './services.js'
import { Checks } from './checks.js'
import { Agent } from './agent.js'
import { VirtualIps } from './virtual-ips.js'
import { ConfigEntries } from './config-entries.js'
import { Coordinates } from './coordinates.js'
import { Kv } from './kv.js'
import { KvPrefixes } from './kv-prefixes.js'
import { Leases } from './leases.js'
import { Operator } from './operator.js'
import { Queries } from './queries.js'
import { Sessions } from './sessions.js'
import { Topics } from '../watch/topics.js'
import { tableOf } from './tables.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { ClusterRecord } from './cluster.js'
import type { Entry } from './entry.js'
import type { Gone } from './tables.js'
import type { Event, Fold, Revision, Row } from '../engine/engine.js'

/** What a table does with its rows. One entry a table in tables.ts. */
export interface Table {
  /** First segment of its keys; `node/…` rows are told apart by `part`. */
  readonly owns: (key: string) => boolean
  /** Puts the row (or takes it away) and names the topics that a reader of any of it waits for, before and after. */
  readonly fold: (state: State, row: Row) => readonly string[]
  /** The same topics for a row as it lies there after a start, when nothing has changed. */
  readonly topics: (state: State, row: Row) => readonly string[]
  /** Topics of a row that is there depend on no other row: after a start they are those of its fold. */
  readonly alone?: true
  /** A tombstone of it is forgotten for good. */
  readonly purge?: (state: State, key: string) => void
  /** What stays of a row that goes; see Gone in tables.ts, which says it for the tables that have none here. */
  readonly residue?: (row: Row) => Gone
  /** Schema number of its records, 1 when absent; raised with any change that older records do not fit. */
  readonly schema?: number
  /** A record of an older schema as one of today's. */
  readonly migrate?: (schema: number, value: unknown) => unknown
}

/** A view of the registry that was read elsewhere, or what is other in it than in the one that is here. */
export interface View {
  readonly revision: Revision
  /** See State.base. */
  readonly base: number
  /** Rows and tombstones, each with the revision that it has there, in any order. */
  readonly rows: readonly Row[]
  /** Keys of tombstones among them that nobody needs to remember. */
  readonly purges?: readonly string[]
  /** This is all there is: revisions of before, if there was anything, mean nothing. Else it is what is newer. */
  readonly anew: boolean
}

/** Clients that begin with `index=1` expect an answer at once: nothing that a server shows has so small an index. */
const FIRST_BASE = 10

export class State implements Fold {
  readonly topics = new Topics()
  readonly nodes = new Nodes()
  readonly services = new Services()
  readonly checks = new Checks()
  readonly agent = new Agent()
  readonly virtualIps = new VirtualIps()
  readonly configEntries = new ConfigEntries()
  /** Absent only until the first start is through. */
  cluster: Entry<ClusterRecord> | undefined
  readonly kv = new Kv()
  readonly kvPrefixes = new KvPrefixes(this.kv, this.topics)
  readonly leases = new Leases()
  readonly sessions = new Sessions()
  readonly queries = new Queries()
  readonly coordinates = new Coordinates()
  readonly operator = new Operator()

  /** Added to each engine revision to give the index that clients see; raised by a restore, so that no client sees it go back. */
  base = FIRST_BASE
  /** Revision of the last event folded. */
  revision: Revision = 0
  /** Revision of the last restore, 0 when there was none. Entries may be older than what readers had seen of them by then. */
  restored: Revision = 0
  #started: Row[] | undefined = []
  readonly #afterEvent = new Set<(event: Event) => void>()
  readonly #afterReset = new Set<() => void>()

  /** The row's record with the indexes that clients see. */
  entry<T> (row: Row): Entry<T> {
    return { value: row.value as T, createIndex: this.base + row.created, modifyIndex: this.base + row.revision }
  }

  /** The index of a reading of one entry alone: it does not go back when an older one is restored. */
  entryIndex ({ modifyIndex }: Entry<unknown>): number { return Math.max(modifyIndex, this.restored === 0 ? 0 : this.base + this.restored) }

  /** The index of a reading that depends on `names`: never 0. */
  index (names: readonly string[]): number { return Math.max(1, this.base + this.topics.newest(names)) }

  /** Called after each event was folded and before waiters wake: for what must follow at once (check runners, caches). The returned function ends it. */
  afterEvent (listener: (event: Event) => void): () => void {
    this.#afterEvent.add(listener)
    return () => { this.#afterEvent.delete(listener) }
  }

  /** Called when revisions begin anew: whoever keeps something by revision has to drop it. For the life of the state. */
  afterReset (listener: () => void): void { this.#afterReset.add(listener) }

  /** Waits until everything up to `revision` is folded, at most `ms`. Resolves with whether it is. */
  reach (revision: Revision, ms: number, clock: Clock, signal?: AbortSignal): Promise<boolean> {
    if (this.revision >= revision) return Promise.resolve(true)
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve(false)
    return new Promise(resolve => {
      const end = (): void => {
        cancel()
        silence()
        signal?.removeEventListener('abort', end)
        resolve(this.revision >= revision)
      }
      const silence = this.afterEvent(() => { if (this.revision >= revision) end() })
      const cancel: CancelTimer = clock.after(ms, end)
      signal?.addEventListener('abort', end, { once: true })
    })
  }

  // === views that follow another process ===

  /** Takes over a view, or the part of it that is other: topics get the revisions of its rows, and those who wait for what has changed wake. */
  adopt ({ revision, base, rows, purges = [], anew }: View): void {
    if (anew) {
      this.topics.reset()
      this.restored = 0
      for (const listener of this.#afterReset) listener()
    }
    this.base = base
    this.revision = revision
    for (const row of rows) {
      for (const name of tableOf(row.key)?.fold(this, row) ?? []) this.topics.touch(name, row.revision)
    }
    // Topics of node-wide rows need everything on the node to be there.
    for (const row of rows) {
      for (const name of tableOf(row.key)?.topics(this, row) ?? []) this.topics.touch(name, row.revision)
    }
    for (const key of purges) tableOf(key)?.purge?.(this, key)
    const event: Event = { revision, rows, purges, ...(anew ? { restored: true } : {}) }
    for (const listener of this.#afterEvent) listener(event)
    if (anew) this.topics.wakeAll()
    else this.topics.wake()
  }

  /** Folds an event of a history of its own (what is registered at a local agent, beside the view that it has from a server): the index stands still. */
  aside (event: Event): void {
    for (const row of event.rows) {
      for (const name of tableOf(row.key)!.fold(this, row)) this.topics.touch(name, event.revision)
    }
    for (const listener of this.#afterEvent) listener(event)
    this.topics.wake()
  }

  // === Fold ===

  row (row: Row): void {
    if (row.revision > this.revision) this.revision = row.revision
    const table = tableOf(row.key)
    const names = table?.fold(this, row)
    if (table?.alone !== true || row.value === undefined) this.#started!.push(row)
    else for (const name of names!) this.topics.touch(name, row.revision)
  }

  /** To be called once, after the last `row`: topics of node-wide rows need everything on the node to be there. */
  started (revision: Revision): void {
    this.revision = Math.max(this.revision, revision)
    for (const row of this.#started ?? []) {
      for (const name of tableOf(row.key)?.topics(this, row) ?? []) this.topics.touch(name, row.revision)
    }
    this.#started = undefined
  }

  event (event: Event): void {
    this.revision = event.revision
    for (const row of event.rows) {
      for (const name of tableOf(row.key)!.fold(this, row)) this.topics.touch(name, event.revision)
    }
    for (const key of event.purges) tableOf(key)?.purge?.(this, key)
    for (const listener of this.#afterEvent) listener(event)
    // Whoever waits for anything has to look again: what it knew may never have been.
    if (event.restored === true) this.topics.wakeAll()
    else this.topics.wake()
  }
}
