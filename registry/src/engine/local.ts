// The engine of one process: commands take turns on a head that runs ahead of what is durable; a store makes batches durable; events are folded after.
// What it is not: a place where bytes are kept (store.ts), nor where accepted writes are laid over the rows (head.ts).
//
//   commit(a) ─┐ evaluated at once on the head, waits          ┌─ fold a, fold b, answer a, answer b
//   commit(b) ─┴─► one batch ──► store.append (one flush) ─────┴─► next batch: whatever came meanwhile
//
// A failed flush undoes the head to what is durable, and every command that stood on it gets the same error.

import { systemClock } from '../clock.js'
import { ALWAYS_FRESH, EngineError } from './engine.js'
import { LocalHead } from './head.js'
import type { Clock } from '../clock.js'
import type { Command, Engine, Fold, Freshness, Revision } from './engine.js'
import type { Accepted } from './head.js'
import type { Batch, HeldEvent, HeldRow, Store } from './store.js'

export interface LocalOptions {
  readonly clock?: Clock
  /** ms a flush may take before those who wait for it are sent away with `NO_LEADER` (their outcome is then not known) and new commits are refused. Default 10,000. */
  readonly stallMs?: number
  /** Commits that may wait for a flush; more are refused at once with `NO_LEADER`, as a server without a leader would. Default 100,000. */
  readonly maxWaiting?: number
}

/** Told of each flush: how many commits it carried, how long it took in ms, and the error when it failed. For metrics and the log. */
export type OnFlush = (commits: number, ms: number, error?: unknown) => void

/** Commits in one flush, so that a burst does not make one huge, slow batch. */
const MAX_BATCH = 4096

interface Waiting {
  /** `undefined`: a commit that changed nothing, waiting only for what it has read to be durable. */
  readonly accepted: Accepted | undefined
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export class LocalEngine implements Engine {
  readonly #store: Store
  readonly #clock: Clock
  readonly #stallMs: number
  readonly #maxWaiting: number
  #head = new LocalHead(new Map(), 0)
  #fold: Fold | undefined
  #durable: Revision = 0
  #waiting: Waiting[] = []
  /** The batch that is being flushed. */
  #flushed: readonly Waiting[] = []
  #flushing: Promise<void> | undefined
  #busy = false
  #stalled = false
  #onStall: (() => void) | undefined
  #closing: Promise<void> | undefined
  onFlush: OnFlush | undefined

  constructor (store: Store, options: LocalOptions = {}) {
    this.#store = store
    this.#clock = options.clock ?? systemClock
    this.#stallMs = options.stallMs ?? 10_000
    this.#maxWaiting = options.maxWaiting ?? 100_000
  }

  /** Commits that wait for their flush. */
  get waiting (): number { return this.#flushed.length + this.#waiting.length }

  async open (fold: Fold): Promise<Revision> {
    if (this.#fold !== undefined || this.#closing !== undefined) throw new EngineError('CLOSED', 'an engine is opened once')
    const rows = new Map<string, HeldRow>()
    this.#durable = await this.#store.load(rows)
    this.#head = new LocalHead(rows, this.#durable)
    for (const row of this.#head.all()) fold.row(row)
    this.#fold = fold
    return this.#durable
  }

  async newest (): Promise<Revision> { return this.#durable }

  async caughtUp (): Promise<void> {}

  freshness (): Freshness { return ALWAYS_FRESH }

  async commit<T> (command: Command<T>, deadline?: number): Promise<{ readonly result: T, readonly revision: Revision }> {
    if (this.#closing !== undefined || this.#fold === undefined) throw new EngineError('CLOSED', 'the engine is not open')
    if (this.#stalled) throw new EngineError('NO_LEADER', 'the disk does not answer')
    if (this.#waiting.length >= this.#maxWaiting) throw new EngineError('NO_LEADER', 'too many writes are waiting')
    if (deadline !== undefined && this.#clock.monotonic() >= deadline) throw new EngineError('NO_LEADER', 'the deadline has passed')
    const { tx, result } = command(this.#head)
    // With one process a guard only fails when it names what the command has not read, and trying again would read the same.
    if (tx?.guards !== undefined && !tx.guards.every(guard => this.#head.holds(guard))) throw new EngineError('NO_LEADER', 'a guard of the transaction does not hold')
    const accepted = tx === undefined ? undefined : this.#head.accept(tx)
    // A decision may stand on a write that is not durable yet: the caller must not hear of it before it is.
    if (accepted !== undefined || this.#busy) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push({ accepted, done: resolve, failed: reject })
        this.#pump()
      })
    }
    return { result, revision: accepted?.event.revision ?? this.#durable }
  }

  /** Flushes batch after batch until nobody waits. A fold that commits comes back here and finds it busy: its event follows, never interrupts. */
  #pump (): void {
    if (this.#busy) return
    this.#busy = true
    while (this.#waiting.length > 0) {
      this.#flushing = this.#flush()
      if (this.#flushing === undefined) continue
      void this.#flushing.then(() => {
        this.#flushing = undefined
        this.#busy = false
        this.#pump()
      })
      return
    }
    this.#busy = false
  }

  /** Takes the next batch to the store. `undefined`: it is settled already. The promise never rejects. */
  #flush (): Promise<void> | undefined {
    const batch = this.#flushed = this.#waiting.splice(0, MAX_BATCH)
    const began = this.#clock.monotonic()
    const events: HeldEvent[] = []
    const replaced: HeldRow[] = []
    for (const { accepted } of batch) {
      if (accepted === undefined) continue
      events.push(accepted.event)
      for (const row of accepted.before) if (row !== undefined) replaced.push(row)
      replaced.push(...accepted.purged)
    }
    const stored = events.length === 0 ? undefined : this.#append({ events, replaced })
    if (stored === undefined) {
      this.#settle(batch, began)
      return undefined
    }
    const answered = this.#clock.after(this.#stallMs, () => this.#stall())
    return stored.then(() => {
      answered()
      this.#stalled = false
      this.#settle(batch, began)
    }, error => {
      answered()
      this.#stalled = false
      this.#undo(batch, began, error)
    })
  }

  /** A store that throws has failed like one that rejects. */
  #append (batch: Batch): Promise<void> | undefined {
    try {
      return this.#store.append(batch, key => this.#head.current(key))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #settle (batch: readonly Waiting[], began: number): void {
    this.#flushed = []
    for (const { accepted } of batch) {
      if (accepted === undefined) continue
      this.#durable = accepted.event.revision
      try {
        this.#fold!.event(accepted.event)
      } catch (cause) {
        // The write is durable and the view cannot follow it: going on would serve what is not so.
        setImmediate(() => { throw new Error(`revision ${accepted.event.revision} could not be folded: ${JSON.stringify(accepted.event).slice(0, 10_000)}`, { cause }) })
        return
      }
    }
    this.onFlush?.(batch.length, this.#clock.monotonic() - began)
    for (const { done } of batch) done()
  }

  #undo (batch: readonly Waiting[], began: number, error: unknown): void {
    // Commands that came during the flush were evaluated on what has just failed; they fail with it.
    const all = [...batch, ...this.#waiting]
    this.#flushed = []
    this.#waiting = []
    this.#head.undo(all.flatMap(({ accepted }) => accepted ?? []), this.#durable)
    this.onFlush?.(batch.length, this.#clock.monotonic() - began, error)
    for (const { failed } of all) failed(error)
  }

  /** The disk is silent: nobody waits for it any longer. What it still completes is folded, what it fails is undone. */
  #stall (): void {
    this.#stalled = true
    const error = new EngineError('NO_LEADER', `the disk has not answered for ${this.#stallMs} ms; whether the write took place is not known`)
    for (const { failed } of [...this.#flushed, ...this.#waiting]) failed(error)
    this.#onStall?.()
  }

  close (): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end (): Promise<void> {
    while (this.#flushing !== undefined && !this.#stalled) {
      await Promise.race([this.#flushing, new Promise<void>(resolve => { this.#onStall = resolve })])
    }
    // A silent disk must not hold up the end: its flush is given up, as a power cut would.
    if (!this.#stalled) await this.#store.close()
  }
}
