// Waiting for something that others hold: how long, through which troubles, and with which session.

import { AbortedError, isNoLeader, isRateLimited, isTimeout, isUnreachable } from '../api/errors.js'
import { systemClock } from '../clock.js'
import { LiveSession } from './live-session.js'
import { pause } from './pause.js'
import type { SessionBehavior } from '../api/session.js'
import type { Clock } from '../clock.js'
import type { HoldOptions, LockApi } from './held.js'

const TTL_MS = 15_000
const LOCK_DELAY_MS = 15_000
/** Longest hold of one waiting request, ms. */
const HOLD_MS = 60_000
/** After a failure that may pass, and while a lock-delay runs, ms, and a random as much again, so that many do not come together. */
const PAUSE_MS = 1000

/** One try: what was taken, or what to wait for before the next. `again`: another was faster, and it may be free all the same. `gone`: the session is no more. */
export type Attempt<T> = { readonly taken: T } | { readonly index: number } | 'again' | 'pause' | 'gone'

export interface Contest<T> {
  readonly api: LockApi
  readonly options: HoldOptions
  readonly behavior: SessionBehavior
  readonly defaultName: string
  /** Undefined: as long as it takes. */
  readonly waitMs: number | undefined
  /** @param index to wait past, at most `waitMs`; 0: do not wait */
  readonly attempt: (session: LiveSession, index: number, waitMs: number, signal: AbortSignal) => Promise<Attempt<T>>
}

/** The registry cannot answer now; that may pass. */
const mayPass = (error: unknown): boolean => isUnreachable(error) || isTimeout(error) || isNoLeader(error) || isRateLimited(error)

/**
 * Tries until it has it. A session that dies meanwhile is replaced; a registry that does not answer is waited for, but not at the first contact.
 * @returns undefined when `waitMs` is over
 */
export async function contend<T> ({ api, options, behavior, defaultName, waitMs, attempt }: Contest<T>): Promise<{ readonly taken: T, readonly session: LiveSession, readonly clock: Clock } | undefined> {
  const { clock = systemClock, ttlMs = TTL_MS, lockDelayMs = LOCK_DELAY_MS, sessionName = defaultName, signal } = options
  const open = (): Promise<LiveSession> => LiveSession.open({
    api, ttlMs, clock, call: callOptions(options), body: { Name: sessionName, LockDelay: `${lockDelayMs}ms`, Behavior: behavior }, ...signal !== undefined && { signal },
  })
  const end = waitMs === undefined ? Infinity : clock.monotonic() + waitMs
  let session: LiveSession | undefined = await open()
  let kept = false
  let gone = 0
  try {
    for (let index = 0; ;) {
      if (isOver(signal)) throw new AbortedError({ cause: signal?.reason })
      const left = end - clock.monotonic()
      if (index > 0 && left <= 0) return undefined
      let tried: Attempt<T> = 'pause'
      try {
        session ??= await open()
        tried = await attempt(session, index, Math.min(Math.max(left, 0), HOLD_MS), anyOf(signal, session.lost))
      } catch (error) {
        if (session !== undefined && isOver(session.lost) && !isOver(signal)) {
          void session.close()
          session = undefined
          index = 0
          continue
        }
        if (!mayPass(error) || left <= 0) throw error
      }
      if (typeof tried === 'object' && 'taken' in tried) {
        kept = true
        return { taken: tried.taken, session: session!, clock }
      }
      if (tried === 'again') {
        index = 0
        continue
      }
      if (left <= 0) return undefined
      if (tried === 'gone') {
        void session?.close()
        session = undefined
        index = 0
        // Once it is an accident; sessions that die one after another have a reason that takes its time.
        if (gone++ === 0) continue
        tried = 'pause'
      }
      if (tried === 'pause') await pause(clock, Math.min(left, PAUSE_MS * (1 + Math.random())), signal)
      index = tried === 'pause' ? 0 : tried.index
    }
  } finally {
    if (!kept) await session?.close()
  }
}

/** Not told by the compiler's flow analysis, for which a signal never changes. */
const isOver = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

const anyOf = (a: AbortSignal | undefined, b: AbortSignal): AbortSignal => a === undefined ? b : AbortSignal.any([a, b])

/** What a caller's options say about each call. */
export const callOptions = ({ token, datacenter }: HoldOptions) => ({ ...token !== undefined && { token }, ...datacenter !== undefined && { datacenter } })
