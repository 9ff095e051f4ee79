// How far this process's view of the registry can be trusted: whether it follows, how old it is, and what the newest is that exists anywhere.
// One server's view is always the newest; a view that follows others (a local agent's, a server's over a shared store) says so here, and all doors ask here.

import { EngineError } from './engine/engine.js'
import { errors } from './errors.js'
import type { Engine, Revision } from './engine/engine.js'
import type { Roster } from './roster.js'
import type { State } from './state/state.js'

export interface Freshness {
  /** False until there is anything to answer from. */
  hasView (): boolean
  /** ms since the view was last known to be the newest; 0 while it follows. */
  ageMs (): number
  /** Whether a write would be taken now, as far as is known. */
  knownLeader (): boolean
  /**
   * The newest revision that exists anywhere.
   * @throws RosterError `NO_LEADER` when nobody can tell in time
   */
  newest (): Promise<Revision>
}

/** Of a process whose state is the one that everybody writes to. */
export const alwaysFresh = (state: State): Freshness => ({
  hasView: () => true,
  ageMs: () => 0,
  knownLeader: () => true,
  newest: async () => state.revision,
})

/** Of a server over a store that others write to as well. */
export const freshnessOf = (engine: Engine): Freshness => ({
  hasView: () => true,
  ageMs: () => engine.freshness().ageMs,
  knownLeader: () => engine.freshness().leader,
  async newest () {
    try {
      return await engine.newest()
    } catch (error) {
      if (error instanceof EngineError) throw errors.NO_LEADER()
      throw error
    }
  },
})

/**
 * Waits until the state has folded up to an index that a client knows from elsewhere, `ms` at most. False at once: there is none such, it is of another history.
 * While nobody can tell, what is to be seen here is known to be older, so it waits as well.
 */
export async function willCome ({ state, clock, freshness }: Pick<Roster, 'state' | 'clock' | 'freshness'>, index: bigint, ms: number, signal?: AbortSignal): Promise<boolean> {
  const end = clock.monotonic() + ms
  const newest = await freshness.newest().catch(() => undefined)
  if (newest !== undefined && index > BigInt(state.base + newest)) return false
  await state.reach(Number(index) - state.base, end - clock.monotonic(), clock, signal)
  return true
}
