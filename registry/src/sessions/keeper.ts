// Sessions in time: renewals, the end of those that fell silent, and the lock-delays that lost ones leave. A renewal is a memory write; only the end is
// committed. What a session's end takes along is end.ts.
//
//   alive   => alive    a renewal; using a lock is none
//   alive   => ended    no renewal for twice the TTL (after a start, and after a pause of the server, counted anew)
//   delayed => free     the lock-delay is over, counted by this server from when it saw the loss, or from its start

import { command } from '../catalog/rows.js'
import { soleOwner } from '../cluster/ownership.js'
import { Deadlines } from '../health/deadlines.js'
import { keys } from '../state/keys.js'
import { endSession } from './end.js'
import './consequences.js'
import type { Clock } from '../clock.js'
import type { Ownership } from '../cluster/ownership.js'
import type { Draft } from '../engine/draft.js'
import type { Command, Event, Revision } from '../engine/engine.js'
import type { PauseWatch } from '../health/pause.js'
import type { LockDelayRecord, SessionEntry, SessionRecord } from '../state/sessions.js'
import type { State } from '../state/state.js'
import type { Logger } from '../telemetry/log.js'

/** A session is given this many TTLs, so that a client that renews once a TTL may lose one renewal. */
const TTLS = 2
/** How soon a write that failed is tried again, ms. */
const RETRY_MS = 1000

export interface SessionKeeperOptions {
  readonly state: State
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T, readonly revision: Revision }>
  readonly clock: Clock
  readonly pauses: PauseWatch
  readonly log: Logger
  /** False: this process only has a view, and the time of what it sees is kept elsewhere. Default true. */
  readonly keepsTime?: boolean
  /** Who among several servers acts when a session's time is over. Default: this one. */
  readonly ownership?: Ownership
}

export class SessionKeeper {
  readonly #options: SessionKeeperOptions
  readonly #alive: Deadlines<string>
  readonly #delays: Deadlines<string>
  readonly #silence: () => void
  /** Sessions whose end is being committed: nobody can renew them any more. */
  readonly #ending = new Set<string>()
  /** Keys whose lock-delay is over, with the revision of the row that says so and has yet to go. */
  readonly #over = new Map<string, Revision>()
  #stopped = false
  /** For metrics. */
  readonly stats = { renewals: 0, expired: 0 }

  constructor (options: SessionKeeperOptions) {
    this.#options = options
    const { clock, pauses, state } = options
    this.#alive = new Deadlines({ clock, pauses, lapsed: id => { void this.#expire(id) } })
    this.#delays = new Deadlines({ clock, pauses, lapsed: key => { void this.#free(key) } })
    if (options.keepsTime === false) {
      this.#silence = () => {}
      return
    }
    for (const { value } of state.sessions.list()) this.#watch(value)
    for (const { key, ms } of state.sessions.lockDelays.values()) this.#delays.set(key, ms)
    const unfollow = state.afterEvent(event => this.#follow(event))
    const disown = this.#ownership.onChange(owned => {
      for (const { value } of state.sessions.list()) if (!owned('session', value.id) && this.#ownership.owns('session', value.id)) this.#watch(value)
    })
    this.#silence = () => {
      unfollow()
      disown()
    }
  }

  get #ownership (): Ownership { return this.#options.ownership ?? soleOwner }

  /** A renewal that was made at another server. */
  signed (id: string): void { if (!this.#ending.has(id)) this.#alive.renew(id) }

  /** Sessions with a TTL. */
  get ttlActive (): number { return this.#alive.size }

  #watch (session: SessionRecord): void {
    if (session.ttlMs > 0) this.#alive.set(session.id, session.ttlMs * TTLS)
  }

  #follow (event: Event): void {
    for (const row of event.rows) {
      if (row.key.startsWith('session/')) {
        if (row.value !== undefined) this.#watch(row.value as SessionRecord)
        else {
          const { id } = (row.gone as { session: { id: string } }).session
          this.#alive.delete(id)
          this.#ending.delete(id)
        }
      } else if (row.key.startsWith('lock-delay/')) {
        const key = row.key.slice('lock-delay/'.length)
        this.#over.delete(key)
        if (row.value === undefined) this.#delays.delete(key)
        else this.#delays.set(key, (row.value as LockDelayRecord).ms)
      }
    }
  }

  /** The whole TTL anew; `undefined` when there is no such session. */
  renew (id: string): SessionEntry | undefined {
    const session = this.#options.state.sessions.get(id)
    if (session === undefined || this.#ending.has(session.value.id)) return undefined
    this.stats.renewals++
    this.#alive.renew(session.value.id)
    this.#ownership.signed('session', session.value.id)
    return session
  }

  /** Whether nobody may take the lock yet. A loss that this server has not folded yet counts as delayed. */
  isDelayed (draft: Draft, key: string): boolean {
    const row = draft.row(keys.lockDelay(key))
    return row !== undefined && this.#over.get(key) !== row.revision
  }

  async #expire (id: string): Promise<void> {
    const { commit, log } = this.#options
    if (!this.#ownership.owns('session', id)) {
      this.#alive.retry(id, RETRY_MS)
      return
    }
    this.#ending.add(id)
    try {
      await commit(command(draft => endSession(draft, id)))
      this.stats.expired++
      log.debug('Session TTL expired', { session: id })
    } catch (error) {
      this.#ending.delete(id)
      if (this.#stopped) return
      log.error('Invalidation failed', { session: id, error: String(error) })
      this.#alive.retry(id, RETRY_MS)
    }
  }

  async #free (key: string): Promise<void> {
    const { commit, state, log } = this.#options
    const row = state.sessions.lockDelays.get(key)
    if (row === undefined) return
    this.#over.set(key, row.revision)
    if (!this.#ownership.owns('lock-delay', key)) {
      this.#delays.retry(key, RETRY_MS)
      return
    }
    try {
      await commit(command(draft => {
        if (draft.row(keys.lockDelay(key))?.revision === row.revision) draft.delete(keys.lockDelay(key))
      }))
    } catch (error) {
      if (this.#stopped) return
      // The key is free all the same; what is left is a row that nobody needs.
      log.warn('A lock-delay that is over could not be removed', { key, error: String(error) })
      this.#delays.retry(key, RETRY_MS)
    }
  }

  /** Nothing ends by time any more. Idempotent. */
  stop (): void {
    this.#stopped = true
    this.#silence()
    this.#alive.stop()
    this.#delays.stop()
  }
}
