// An engine in memory with its state, a keeper of sessions and a clock that the test moves: for laws of rooms that need no door.
import { command, putCheck, putNode } from '../../src/catalog/rows.js'
import { memoryEngine } from '../../src/engine/memory.js'
import { PauseWatch } from '../../src/health/pause.js'
import { createSession } from '../../src/sessions/create.js'
import { SessionKeeper } from '../../src/sessions/keeper.js'
import { State } from '../../src/state/state.js'
import { silentLog } from '../../src/telemetry/log.js'
import { fakeClock } from './fake-clock.js'
import { checkRecord } from './records.js'
import type { Draft } from '../../src/engine/draft.js'
import type { Command, Event } from '../../src/engine/engine.js'
import type { CheckRecord } from '../../src/state/checks.js'
import type { SessionRecord } from '../../src/state/sessions.js'
import type { FakeClock } from './fake-clock.js'

export interface Rows {
  readonly state: State
  readonly clock: FakeClock
  readonly keeper: SessionKeeper
  /** Every event so far. */
  readonly events: Event[]
  commit<T> (command: Command<T>): Promise<{ readonly result: T, readonly revision: number }>
  /** Commits what a function does to a draft. */
  change<T> (decide: (draft: Draft) => T): Promise<T>
  node (name: string): Promise<void>
  check (node: string, id: string, status: string, more?: Partial<CheckRecord>): Promise<void>
  session (record: Partial<SessionRecord> & { readonly id: string }): Promise<void>
}

export const checkRow = (node: string, checkId: string, status: string, more: Partial<CheckRecord> = {}): CheckRecord => checkRecord({ node, checkId, status, ...more })

/** To be ended with `keeper.stop()`. */
export async function rows (): Promise<Rows> {
  const engine = memoryEngine()
  const state = new State()
  // Indexes are revisions here.
  state.base = 0
  state.started(await engine.open(state))
  const clock = fakeClock()
  const events: Event[] = []
  state.afterEvent(event => events.push(event))
  const commit = <T>(command: Command<T>): Promise<{ readonly result: T, readonly revision: number }> => engine.commit(command)
  const keeper = new SessionKeeper({ state, commit, clock, pauses: new PauseWatch(clock), log: silentLog })
  const change = async <T>(decide: (draft: Draft) => T): Promise<T> => (await commit(command(decide))).result
  return {
    state,
    clock,
    keeper,
    events,
    commit,
    change,
    node: name => change(draft => putNode(draft, { name, id: '', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null })),
    check: (node, id, status, more) => change(draft => putCheck(draft, checkRow(node, id, status, more))),
    session: async record => {
      await commit(createSession({ name: '', node: 'n', lockDelayNs: 0, behavior: 'release', ttl: '', ttlMs: 0, nodeChecks: [], serviceChecks: null, checks: null, ...record }))
    },
  }
}
