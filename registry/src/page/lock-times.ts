// Since when locks are held and sessions last, by the wall clock, kept in memory: the state knows indexes, people want times. What is older than this process has no time.

import { fold } from '../state/keys.js'
import type { Clock } from '../clock.js'
import type { Event } from '../engine/engine.js'
import type { KvRecord } from '../state/kv.js'
import type { SessionRecord } from '../state/sessions.js'
import type { State } from '../state/state.js'

export interface Held {
  readonly key: string
  readonly session: string
  /** Wall clock, ms; `undefined`: since before this process. */
  readonly since: number | undefined
}

export class LockTimes {
  readonly #clock: Clock
  readonly #state: State
  readonly #silence: () => void
  /** As many as there are locks and sessions. */
  readonly #held = new Map<string, Held>()
  readonly #sessions = new Map<string, number>()

  constructor (state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    this.#readAll()
    this.#silence = state.afterEvent(event => this.#follow(event))
  }

  held (): Held[] { return [...this.#held.values()] }
  sessionSince (id: string): number | undefined { return this.#sessions.get(fold(id)) }
  stop (): void { this.#silence() }

  #readAll (): void {
    this.#held.clear()
    for (const { value: { key, session } } of this.#state.kv.below('')) if (session !== '') this.#held.set(key, { key, session, since: undefined })
  }

  #follow (event: Event): void {
    if (event.restored === true) {
      this.#sessions.clear()
      this.#readAll()
      return
    }
    for (const row of event.rows) {
      if (row.key.startsWith('kv/')) {
        const key = row.key.slice(3)
        const session = (row.value as KvRecord | undefined)?.session ?? ''
        if (session === '') this.#held.delete(key)
        else if (this.#held.get(key)?.session !== session) this.#held.set(key, { key, session, since: this.#clock.now() })
      } else if (row.key.startsWith('session/')) {
        if (row.value === undefined) this.#sessions.delete(fold((row.gone as { session: SessionRecord }).session.id))
        else if (row.created === event.revision) this.#sessions.set(fold((row.value as SessionRecord).id), this.#clock.now())
      }
    }
  }
}
