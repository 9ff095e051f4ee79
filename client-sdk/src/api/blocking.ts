// The arithmetic of blocking queries: how long a client may wait for one, and what index to wait for next. Pure; the waiting itself is the transport's.

/** Wait that the server uses when the query names none, ms. */
export const DEFAULT_WAIT_MS = 300_000
/** Longest wait that the server grants, ms. */
export const MAX_WAIT_MS = 600_000

/**
 * How long to wait for the answer of a blocking query: the wait, the sixteenth that the server adds at random, and a slack for the way and the work.
 *
 * @example blockingTimeout(160_000, 10_000) === 180_000
 * @param waitMs as asked for; undefined means the server's default
 */
export function blockingTimeout (waitMs: number | undefined, slackMs: number): number {
  const wait = Math.min(waitMs === undefined || waitMs === 0 ? DEFAULT_WAIT_MS : waitMs, MAX_WAIT_MS)
  return wait + Math.ceil(wait / 16) + slackMs
}

/**
 * The index to wait for after an answer.
 *
 * An index that goes back belongs to another history (the server was restored, or lost its data): start again at 0, which asks for the current state
 * at once, instead of holding on to an index that the new history may not reach for hours. An answer without an index, or with 0, is such a case too.
 * @example nextIndex(17, 21) === 21; nextIndex(17, 17) === 17; nextIndex(17, 4) === 0
 */
export const nextIndex = (previous: number, answered: number | undefined): number =>
  answered === undefined || answered < 1 || answered < previous ? 0 : answered
