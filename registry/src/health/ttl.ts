// TTL checks: the service says how it is, and must say so again within its TTL. This is the saying and the silence; the timers are deadlines.ts.
// Thresholds do not apply.

import type { Clock } from '../clock.js'
import { Deadlines } from './deadlines.js'
import type { CheckResult, CheckStatus } from './kind.js'
import { headOfNote } from './output.js'
import type { PauseWatch } from './pause.js'

export interface TtlCheck {
  readonly ttlMs: number
  /** Bytes of a note that are kept. */
  readonly outputMaxBytes: number
}

/** How long a lapse that could not be recorded waits until it is tried again. */
const RETRY_MS = 5000

export interface TtlChecksOptions {
  readonly clock: Clock
  readonly pauses: PauseWatch
  /** Called when `id` has been silent for its TTL. `alive` is false for one that gave no sign since it was added as critical. Must not throw. */
  readonly expired: (id: string, result: CheckResult, alive: boolean) => void
}

export class TtlChecks {
  readonly #checks = new Map<string, TtlCheck & { note: string, alive: boolean }>()
  readonly #deadlines: Deadlines<string>
  readonly #expired: TtlChecksOptions['expired']

  constructor ({ clock, pauses, expired }: TtlChecksOptions) {
    this.#expired = expired
    this.#deadlines = new Deadlines({ clock, pauses, lapsed: id => this.#lapsed(id) })
  }

  get size (): number { return this.#checks.size }

  /** Gives `id` one whole TTL from now; what was known under it is forgotten. `alive`: its last word was not that it is critical. */
  set (id: string, check: TtlCheck, alive: boolean): void {
    this.#checks.set(id, { ...check, note: '', alive })
    this.#deadlines.set(id, check.ttlMs)
  }

  /** A heartbeat. @returns what to show of it; `undefined` when `id` is no TTL check */
  heartbeat (id: string, status: CheckStatus, note: string): CheckResult | undefined {
    const check = this.#checks.get(id)
    if (check === undefined) return undefined
    this.#deadlines.renew(id)
    check.alive = true
    check.note = headOfNote(note, check.outputMaxBytes)
    return { status, output: check.note }
  }

  /** The lapse of `id` could not be recorded; it lapses again soon, unless a heartbeat comes. */
  retry (id: string): void { this.#deadlines.retry(id, RETRY_MS) }

  delete (id: string): void {
    this.#checks.delete(id)
    this.#deadlines.delete(id)
  }

  /** Nothing expires any more. Idempotent. */
  stop (): void { this.#deadlines.stop() }

  #lapsed (id: string): void {
    const { note, alive } = this.#checks.get(id)!
    this.#expired(id, { status: 'critical', output: note === '' ? 'TTL expired' : `TTL expired (last output before timeout follows): ${note}` }, alive)
  }
}
