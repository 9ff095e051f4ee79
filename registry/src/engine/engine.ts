// The engine: an ordered key space with one history. It knows keys, revisions and guards, and nothing of services.
// Siblings: local.ts (one process; over a store that keeps nothing, memory.ts, or a log on LMDB, embedded.ts), etcd/ (several servers). All pass test/engine/contract.ts.

/**
 * Position in the engine's history. Grows by one with each committed transaction, by more with one that restores; 0 means "before everything". With several
 * servers it may grow by more at any time, and transactions that have nothing in common may share one.
 */
export type Revision = number

/**
 * One row. Values are plain, frozen-by-convention records; a `Codec` turns them into bytes only where they are stored,
 * so that an engine in memory never encodes and a reader never decodes.
 */
export interface Row {
  readonly key: string
  /** The table's record; `undefined` in a tombstone. */
  readonly value: unknown
  /** Revision of the transaction that first wrote the row since it was last absent: its CreateIndex before `base` is added. */
  readonly created: Revision
  /** Revision of the transaction that last wrote (or deleted) it: its ModifyIndex before `base` is added. */
  readonly revision: Revision
  /** Tombstones only: the little that topics need to know of what is gone (such as a service's name). */
  readonly gone?: unknown
}

/** What must still be true when the transaction takes its place. */
export type Guard =
  | { readonly key: string, readonly revision: Revision } // 0: the key is absent
  | { readonly prefix: string, readonly notAfter: Revision } // nothing below it, tombstones included, is newer

/** What a command decides. A key stands in one of the lists at most. */
export interface Transaction {
  /** Engines with one process need none: a command's turn is its guard. */
  readonly guards?: readonly Guard[]
  readonly puts?: ReadonlyArray<readonly [key: string, value: unknown]>
  /** Each leaves a tombstone with `gone`. Deleting an absent key changes nothing. */
  readonly deletes?: ReadonlyArray<readonly [key: string, gone?: unknown]>
  /** Tombstones to forget for good, those that this transaction makes among them; nobody is told. */
  readonly purges?: readonly string[]
  /**
   * Rows as they were saved, here or elsewhere, each with the revisions that it had there. The transaction's own revision is above all of those, so that the
   * history never goes back; its event says `restored`.
   */
  readonly restored?: readonly SavedRow[]
}

/** A live row outside of its engine. */
export type SavedRow = Pick<Row, 'key' | 'value' | 'created' | 'revision'>

/** One committed transaction, as folded by every process, in order and without gaps. */
export interface Event {
  readonly revision: Revision
  /** Rows put and tombstones made, in the order of the transaction. */
  readonly rows: readonly Row[]
  readonly purges: readonly string[]
  /** The transaction restored: some rows carry the revisions that they were saved with, and its own may be more than one above the last. */
  readonly restored?: true
}

/** What a command may read: the folded rows with this process's accepted, not yet durable writes laid over them. By key and by prefix only. */
export interface Head {
  /** The live row; a tombstone reads as absent. */
  get (key: string): Row | undefined
  /** Live rows below `prefix`, by key (UTF-16 code unit order). Not to be used after the command has returned. */
  range (prefix: string): Iterable<Row>
  /** Tombstones below `prefix`. */
  tombstones (prefix: string): Iterable<Row>
  /** The revision that this command's transaction will get, if it decides on one, nothing conflicts, and it does not restore. */
  readonly next: Revision
}

/**
 * A decision: reads the head, gives a transaction, or `undefined` when nothing has to change, or throws for the caller.
 * Pure: it may run more than once (a conflict on etcd), never twice with effect.
 */
export type Command<T> = (head: Head) => { readonly tx: Transaction | undefined, readonly result: T }

/** How a table's record becomes bytes and back; given to engines that store. What stays of a deleted row (`gone`) is stored as JSON. */
export interface Codec {
  /** Text that is stored as UTF-8: the engine writes it in place, without a copy for each row. Well-formed. */
  encode (key: string, value: unknown): string
  /** @throws when the record was written by a later schema or is not one of ours */
  decode (key: string, text: string): unknown
}

/** The state's side of the engine. Must not throw: an event that cannot be digested is a bug, and the process ends with it in its last words. */
export interface Fold {
  /** Each row of the starting view, tombstones included, in key order. */
  row (row: Row): void
  /** Each later event. */
  event (event: Event): void
}

export interface Freshness {
  /** ms since the view was last known to be whole; 0 where nothing can be missing. */
  readonly ageMs: number
  /** Writes are taken. */
  readonly leader: boolean
}

/** Of an engine that has the only view there is. */
export const ALWAYS_FRESH: Freshness = { ageMs: 0, leader: true }

export interface Engine {
  /**
   * Reads the whole key space as of one revision, then delivers every later event, in order, to `fold`.
   * @throws EngineError `FOREIGN` (not ours), `NEWER` (written by a later version), `LOCKED` (another process), `DAMAGED`,
   * `UNWRITABLE` (permissions, a read-only disk), `NO_SPACE`; what was there is left as it was
   */
  open (fold: Fold): Promise<Revision>

  /**
   * Evaluates `command` when its turn comes and commits what it decides. Resolves after the event was durable and folded
   * (at once when nothing had to change), so the caller reads its own write.
   * @param deadline ms on the monotonic clock (`performance.now()`). A command whose turn has not come by then rejects with `NO_LEADER` and was not
   * written. One that is on its way to the disk waits for the outcome, as long as the engine's own bound on a flush allows.
   * @throws whatever the command throws; EngineError `NO_LEADER`, `NO_SPACE`, `IO`, `CLOSED`
   */
  commit<T> (command: Command<T>, deadline?: number): Promise<{ readonly result: T, readonly revision: Revision }>

  /** The newest revision that exists anywhere; on one server the last one folded. */
  newest (): Promise<Revision>

  /**
   * Resolves when everything that was committed anywhere before the call is folded here: at once on one server.
   * @param deadline ms on the monotonic clock; without it the engine's own bound
   * @throws EngineError `NO_LEADER` when that could not be learnt in time
   */
  caughtUp (deadline?: number): Promise<void>

  /** How old the folded rows may be. */
  freshness (): Freshness

  /** Stops taking commits, finishes what was taken, releases files, sockets and timers. Idempotent. */
  close (): Promise<void>
}

export type EngineErrorCode =
  // === at the start ===
  | 'FOREIGN' // the directory holds something that is not ours
  | 'NEWER' // written by a later version
  | 'LOCKED' // another process has it
  | 'DAMAGED' // checksums or structure do not hold
  | 'UNWRITABLE' // permissions, or a read-only disk
  | 'UNREACHABLE' // no endpoint of the store answers
  | 'DENIED' // credentials or permissions
  | 'UNSUPPORTED' // the store is too old
  // === of a commit ===
  | 'NO_LEADER' // cannot be taken now, or not in time
  | 'NO_SPACE' // the disk or the quota is full; writes go on when there is space again
  | 'IO' // the disk failed in another way
  | 'READ_ONLY' // this server takes no writes
  | 'CLOSED'

/** The engine's only error class; `code` is the catalogue. */
export class EngineError extends Error {
  constructor (readonly code: EngineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'EngineError'
  }
}
