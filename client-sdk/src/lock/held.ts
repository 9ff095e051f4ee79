// What the holder of a lock or of a slot has in hand, and the watching over it.

import { isLockConflict, isSemaphoreLimit, LockLostError } from '../api/errors.js'
import type { RosterApi } from '../api/index.js'
import type { CallOptions } from '../api/options.js'
import type { Clock } from '../clock.js'
import { pause } from './pause.js'
import type { LiveSession } from './live-session.js'

/** Options of everything that is taken and held. */
export interface HoldOptions {
  /** What others read at the key: who holds it, where it can be reached. */
  readonly value?: string | Uint8Array
  /** How long a silent holder keeps it, ms: it is free again between one and two of these after its holder died. From 10,000. Default 15,000. */
  readonly ttlMs?: number
  /** How long nobody may take it after a holder was lost (not after a release), ms, to 60,000. Default 15,000. */
  readonly lockDelayMs?: number
  /** Name of the session, for those who look at it. */
  readonly sessionName?: string
  /** Gives up waiting, with AbortedError. What is held already is not concerned. */
  readonly signal?: AbortSignal
  readonly token?: string
  readonly datacenter?: string
  /** For tests. */
  readonly clock?: Clock
}

export interface Held {
  /** The key that was taken. */
  readonly key: string
  /** Id of the session that holds it. */
  readonly session: string
  /**
   * Fencing token: a number that is larger for each later holder. Send it along with what you write elsewhere and let the receiver refuse a smaller one than it
   * has seen: then a holder that was lost without noticing (a long pause, a cut network) does no harm.
   */
  readonly fencingToken: number
  /** Aborted, with a LockLostError as its reason, when it is held no more, or may not be. Stop then: another may have it. */
  readonly signal: AbortSignal
  /** Gives it back; resolves when others may have it. Idempotent; after a loss there is nothing to give back. */
  release (): Promise<void>
}

/** Longest hold of the watching request, ms. */
const WATCH_MS = 60_000
/** After a watching request that failed, ms. The session decides when it has been too long. */
const RETRY_MS = 1000

export interface HoldParts {
  readonly key: string
  readonly session: LiveSession
  readonly fencingToken: number
  readonly clock: Clock
  /** Asks whether it is still ours, waiting until something changed since `index`. Gives the next index, or `undefined` when it is ours no more. */
  readonly look: (index: number, options: CallOptions & { readonly waitMs: number }) => Promise<number | undefined>
  readonly giveBack: () => Promise<void>
}

/** Watches over what was just taken. */
export function hold ({ key, session, fencingToken, clock, look, giveBack }: HoldParts): Held {
  const over = new AbortController()
  const watching = new AbortController()
  const lose = (why: string): void => {
    watching.abort()
    if (!over.signal.aborted) over.abort(new LockLostError(key, why))
    // What is lost here may still be held at the registry, and others wait for it.
    void session.close()
  }
  session.lost.addEventListener('abort', () => lose((session.lost.reason as Error).message), { once: true })
  if (session.lost.aborted) lose((session.lost.reason as Error).message)
  void (async () => {
    for (let index = 0; !watching.signal.aborted;) {
      try {
        const next = await look(index, { signal: watching.signal, waitMs: WATCH_MS })
        if (next === undefined) {
          lose('it was taken away')
          return
        }
        index = next
      } catch (error) {
        if (watching.signal.aborted) return
        if (isLockConflict(error) || isSemaphoreLimit(error)) {
          lose(error.message)
          return
        }
        index = 0
        await pause(clock, RETRY_MS, watching.signal)
      }
    }
  })()
  const end = async (): Promise<void> => {
    const lost = over.signal.aborted
    watching.abort()
    if (!lost) {
      over.abort(new LockLostError(key, 'it was released'))
      // Whatever becomes of the polite way: with its session, everything that it holds is free.
      await giveBack().catch(() => {})
    }
    await session.close()
  }
  let released: Promise<void> | undefined
  return {
    key,
    session: session.id,
    fencingToken,
    signal: over.signal,
    release () {
      released ??= end()
      return released
    },
  }
}

export type LockApi = Pick<RosterApi, 'kv' | 'session'>
