// How long a server keeps idle connections, found out by watching: whoever sends on a connection that the server is just closing gets a reset for nothing. Pure; one an endpoint.
// Sources: what the server says (`Keep-Alive: timeout`, RFC 2068, 19.7.1), and when it closed connections that lay idle.

/** What is taken for safe while nothing is known, ms: below the 5 s of Node and Apache, the shortest in wide use. */
const UNKNOWN_MS = 4000
/** Nothing is kept longer, ms. */
const LONGEST_MS = 55_000
/** How much sooner than the server we let go, as a part and at least, ms: for the way there, and for its own clock. */
const MARGIN = 0.2
const MIN_MARGIN_MS = 500
/** A server that closes sooner than this after an answer keeps nothing worth using, ms. */
const USELESS_MS = 50

export class IdleTime {
  #safeMs = UNKNOWN_MS

  /** A connection that has lain idle for less than this may be used. */
  get safeMs (): number { return this.#safeMs }

  /** The server says how long it keeps them. */
  said (ms: number): void {
    const safe = safeOf(ms)
    if (safe < this.#safeMs || this.#safeMs === UNKNOWN_MS) this.#safeMs = safe
  }

  /** The server has closed a connection that lay idle for so long. */
  closedAfter (idleMs: number): void {
    const safe = idleMs < USELESS_MS ? 0 : safeOf(idleMs)
    // It may have ended for another reason: what is learned from one moves by half, what repeats gets there.
    if (safe < this.#safeMs) this.#safeMs = safe < this.#safeMs / 2 ? this.#safeMs / 2 : safe
  }

  /** A connection that nobody used any more was still open after so long. */
  openAfter (idleMs: number): void {
    const safe = safeOf(idleMs)
    if (safe > this.#safeMs) this.#safeMs = safe
  }
}

const safeOf = (ms: number): number => Math.max(0, Math.min(LONGEST_MS, ms - Math.max(MIN_MARGIN_MS, ms * MARGIN)))
