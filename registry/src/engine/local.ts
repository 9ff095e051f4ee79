// The engine of one process: commands take turns on a head that runs ahead of what is durable; a store makes batches durable; events are folded after.
// What it is not: a place where bytes are kept (that is the store, memory.ts or embedded.ts).
//
//   commit(a) ─┐ evaluated at once on the head, waits          ┌─ fold a, fold b, answer a, answer b
//   commit(b) ─┴─► one batch ──► store.append (one flush) ─────┴─► next batch: whatever came meanwhile
//
// A failed flush undoes the head to what is durable, and every command that stood on it gets the same error.

import sortedBTree from 'sorted-btree'
import { EngineError } from './engine.js'
import type { Command, Engine, Event, Fold, Head, Revision, Row } from './engine.js'

/** Makes events durable. `append` is never called again before its promise has settled. */
export interface Store {
  /** Calls `row` for each stored row, tombstones included, in any order; gives the last revision. */
  load (row: (row: Row) => void): Promise<Revision>
  /** `undefined`: done already (nothing to wait for). Rejects with EngineError when nothing of the batch was kept. */
  append (events: readonly Event[]): Promise<void> | undefined
  close (): Promise<void>
}

interface Waiting {
  readonly event: Event
  /** What stood at each key before, newest last; undone from the end. */
  readonly undo: ReadonlyArray<readonly [key: string, before: Row | undefined]>
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

const BTree = sortedBTree.default // published as CommonJS
const byCodeUnit = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** Bound on commits that wait for a flush; past it a commit is refused at once with `NO_LEADER`, as a server without a leader would. */
const MAX_WAITING = 100_000

export class LocalEngine implements Engine, Head {
  readonly #store: Store
  /** Live rows and tombstones, with accepted writes laid over. */
  readonly #rows = new BTree<string, Row>(undefined, byCodeUnit)
  #fold: Fold | undefined
  #accepted: Revision = 0
  #durable: Revision = 0
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #closed = false
  /** Told of each flushed batch: how many commits, how long it took in ms. For metrics. */
  onFlush: ((commits: number, ms: number) => void) | undefined

  constructor (store: Store) { this.#store = store }

  async open (fold: Fold): Promise<Revision> {
    const rows: Row[] = []
    this.#durable = this.#accepted = await this.#store.load(row => rows.push(row))
    rows.sort((a, b) => byCodeUnit(a.key, b.key))
    for (const row of rows) {
      this.#rows.set(row.key, row)
      fold.row(row)
    }
    this.#fold = fold
    return this.#durable
  }

  // === Head ===

  get next (): Revision { return this.#accepted + 1 }

  get (key: string): Row | undefined {
    const row = this.#rows.get(key)
    return row?.value === undefined ? undefined : row
  }

  * range (prefix: string): Iterable<Row> {
    for (const row of this.#below(prefix)) if (row.value !== undefined) yield row
  }

  * tombstones (prefix: string): Iterable<Row> {
    for (const row of this.#below(prefix)) if (row.value === undefined) yield row
  }

  * #below (prefix: string): Iterable<Row> {
    for (const [key, row] of this.#rows.entries(prefix)) {
      if (!key.startsWith(prefix)) return
      yield row
    }
  }

  // === Engine ===

  async newest (): Promise<Revision> { return this.#durable }

  async commit<T> (command: Command<T>): Promise<{ readonly result: T, readonly revision: Revision }> {
    if (this.#closed || this.#fold === undefined) throw new EngineError('CLOSED', 'the engine is not open')
    if (this.#waiting.length >= MAX_WAITING) throw new EngineError('NO_LEADER', 'too many writes are waiting')
    const { tx, result } = command(this)
    if (tx === undefined) {
      // The decision may stand on a write that is not durable yet: the caller must not hear of it before it is.
      if (this.#flushing !== undefined) await this.#afterAccepted()
      return { result, revision: this.#durable }
    }
    const revision = this.#accepted + 1
    const undo: Array<readonly [string, Row | undefined]> = []
    const rows: Row[] = []
    const put = (row: Row): void => {
      undo.push([row.key, this.#rows.get(row.key)])
      this.#rows.set(row.key, row)
      rows.push(row)
    }
    for (const [key, gone] of tx.deletes ?? []) {
      const before = this.get(key)
      if (before !== undefined) put({ key, value: undefined, created: before.created, revision, gone })
    }
    for (const [key, value] of tx.puts ?? []) put({ key, value, created: this.get(key)?.created ?? revision, revision })
    const purges: string[] = []
    for (const key of tx.purges ?? []) {
      const before = this.#rows.get(key)
      if (before === undefined || before.value !== undefined) continue
      undo.push([key, before])
      this.#rows.delete(key)
      purges.push(key)
    }
    if (rows.length === 0 && purges.length === 0) return { result, revision: this.#durable }
    this.#accepted = revision
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ event: { revision, rows, purges }, undo, done: resolve, failed: reject })
      if (this.#flushing === undefined) this.#flush()
    })
    return { result, revision }
  }

  #afterAccepted (): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event: { revision: this.#accepted, rows: [], purges: [] }, undo: [], done: resolve, failed: reject })
    })
  }

  #flush (): void {
    const batch = this.#waiting
    this.#waiting = []
    const began = performance.now()
    const events = batch.map(w => w.event).filter(e => e.rows.length > 0 || e.purges.length > 0)
    const stored = events.length === 0 ? undefined : this.#store.append(events)
    if (stored === undefined) {
      this.#settle(batch, began)
      return
    }
    this.#flushing = stored.then(() => this.#settle(batch, began), error => this.#undo(batch, error)).then(() => {
      this.#flushing = undefined
      if (this.#waiting.length > 0) this.#flush()
    })
  }

  #settle (batch: readonly Waiting[], began: number): void {
    for (const { event } of batch) {
      if (event.rows.length === 0 && event.purges.length === 0) continue
      this.#durable = event.revision
      this.#fold!.event(event)
    }
    this.onFlush?.(batch.length, performance.now() - began)
    for (const { done } of batch) done()
  }

  #undo (batch: readonly Waiting[], error: unknown): void {
    // Commands that came during the flush were evaluated on what has just failed; they fail with it.
    const all = [...batch, ...this.#waiting]
    this.#waiting = []
    for (const { undo } of all.toReversed()) {
      for (const [key, before] of undo.toReversed()) {
        if (before === undefined) this.#rows.delete(key)
        else this.#rows.set(key, before)
      }
    }
    this.#accepted = this.#durable
    for (const { failed } of all) failed(error)
  }

  async close (): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    while (this.#flushing !== undefined) await this.#flushing
    await this.#store.close()
  }
}
