// Leader election: of all who run it, one at a time does the work, and when it stops or is lost, another does.

import { kvText } from '../api/kv.js'
import { systemClock } from '../clock.js'
import { lock } from './lock.js'
import { pause } from './pause.js'
import { callOptions } from './wait.js'
import { hasFlags, LOCK_FLAGS } from './wire.js'
import type { CallOptions } from '../api/options.js'
import type { Held, LockApi } from './held.js'
import type { LockOptions } from './lock.js'

/** One time of leading. */
export type Term = Pick<Held, 'fencingToken' | 'signal' | 'session'>

export interface ElectionOptions extends Omit<LockOptions, 'signal'> {
  /**
   * The leader's work. It has to end soon after `term.signal` is aborted. When it resolves the leader steps down, and stands again; a rejection is told to
   * `onError`, and the next time of leading comes after a pause.
   */
  readonly lead: (term: Term) => Promise<void>
  /** Trouble: of the work, or of standing (no permission, a key that is no lock). It stands again either way. */
  readonly onError?: (error: unknown) => void
}

export interface Leader { readonly session: string, readonly value: string }

export interface Election {
  /** The time of leading that runs now. */
  readonly term: Term | undefined
  /** Who leads, as the registry knows it. */
  leader (options?: CallOptions): Promise<Leader | undefined>
  /** Stands no more; if it leads, steps down first. Resolves when the work has ended. Idempotent. */
  stop (): Promise<void>
}

/** After trouble, ms. */
const PAUSE_MS = 1000

/**
 * Stands for election until stopped.
 *
 * @example
 * const election = leaderElection(api, { key: 'service/payments/leader', value: 'host-1:4000', lead: async term => { await run(term.signal) } })
 * process.once('SIGTERM', () => election.stop())
 */
export function leaderElection (api: LockApi, { lead, onError = () => {}, ...options }: ElectionOptions): Election {
  const { clock = systemClock } = options
  const stopping = new AbortController()
  let term: Term | undefined
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const held = await lock(api, { ...options, signal: stopping.signal })
        await serve(held)
      } catch (error) {
        if (stopping.signal.aborted) break
        onError(error)
        await pause(clock, PAUSE_MS, stopping.signal)
      }
    }
  })()

  async function serve (held: Held): Promise<void> {
    term = { fencingToken: held.fencingToken, session: held.session, signal: AbortSignal.any([held.signal, stopping.signal]) }
    try {
      // Stopped while it was being elected: there is no time of leading.
      if (!stopping.signal.aborted) await lead(term)
    } finally {
      term = undefined
      await held.release()
    }
  }

  return {
    get term () { return term },
    leader: async (call = {}) => {
      const { value: pair } = await api.kv.get(options.key, { ...callOptions(options), ...call })
      return pair?.Session === undefined || !hasFlags(pair, LOCK_FLAGS) ? undefined : { session: pair.Session, value: kvText(pair) }
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
