// A session that is kept alive, and that knows when it may be dead. It errs on the safe side: the registry lets a silent session live for twice its TTL, its
// owner takes it for lost after one.

import { isRefused, SessionLostError } from '../api/errors.js'
import type { RosterApi } from '../api/index.js'
import type { CallOptions } from '../api/options.js'
import type { SessionBody } from '../api/session.js'
import type { CancelTimer, Clock } from '../clock.js'

/** Renewals in one TTL, so that one may be lost. */
const RENEWALS_PER_TTL = 2
/** After a renewal that failed, ms. */
const RETRY_MS = 500
/** For saying goodbye, ms; the TTL ends what is left. */
const GOODBYE_MS = 3000

export interface LiveSessionOptions {
  readonly api: Pick<RosterApi, 'session'>
  readonly body: Omit<SessionBody, 'TTL'>
  /** From 10 s (the registry's usual minimum) to 24 h. */
  readonly ttlMs: number
  readonly clock: Clock
  readonly call: Pick<CallOptions, 'token' | 'datacenter'>
  /** Ends only the making of it. */
  readonly signal?: AbortSignal
}

export class LiveSession {
  readonly id: string
  readonly #options: LiveSessionOptions
  readonly #lost = new AbortController()
  readonly #closed = new AbortController()
  #cancelRenewal: CancelTimer = () => {}
  #cancelDeadline: CancelTimer = () => {}
  #goodbye: Promise<void> | undefined

  private constructor (id: string, sentAt: number, options: LiveSessionOptions) {
    this.id = id
    this.#options = options
    this.#renewed(sentAt)
  }

  static async open (options: LiveSessionOptions): Promise<LiveSession> {
    const { api, body, ttlMs, clock, call, signal } = options
    const sentAt = clock.monotonic()
    const { value } = await api.session.create({ ...body, TTL: `${ttlMs}ms` }, { ...call, ...signal !== undefined && { signal } })
    return new LiveSession(value, sentAt, options)
  }

  /** Aborted, with a SessionLostError as its reason, when the session has ended or may have. */
  get lost (): AbortSignal { return this.#lost.signal }

  /** The deadline counts from when the renewal was sent: the registry cannot have heard of it before. */
  #renewed (sentAt: number): void {
    const { clock, ttlMs } = this.#options
    this.#cancelDeadline()
    this.#cancelDeadline = clock.after(sentAt + ttlMs - clock.monotonic(), () => this.#lose('it was not renewed within its TTL'))
    this.#cancelRenewal = clock.after(sentAt + ttlMs / RENEWALS_PER_TTL - clock.monotonic(), () => { void this.#renew() })
  }

  async #renew (): Promise<void> {
    const { api, clock, ttlMs, call } = this.#options
    const sentAt = clock.monotonic()
    try {
      const { value } = await api.session.renew(this.id, { ...call, signal: this.#closed.signal, timeoutMs: ttlMs / RENEWALS_PER_TTL })
      if (this.#ended) return
      if (value === undefined) this.#lose('the registry has ended it')
      else this.#renewed(sentAt)
    } catch (error) {
      if (this.#ended) return
      // A refusal will not get better by asking sooner; the deadline decides.
      this.#cancelRenewal = clock.after(isRefused(error) ? ttlMs / RENEWALS_PER_TTL : RETRY_MS, () => { void this.#renew() })
    }
  }

  get #ended (): boolean { return this.#closed.signal.aborted || this.#lost.signal.aborted }

  #lose (why: string): void {
    if (this.#ended) return
    this.#stop()
    this.#lost.abort(new SessionLostError(this.id, why))
  }

  #stop (): void {
    this.#cancelRenewal()
    this.#cancelDeadline()
    this.#closed.abort()
  }

  /** Ends it here and, if the registry can be reached, there. Never rejects. Idempotent. */
  close (): Promise<void> {
    this.#stop()
    // A lost session is said goodbye to as well: it may still live at the registry, and then it holds what others wait for.
    this.#goodbye ??= this.#options.api.session.destroy(this.id, { ...this.#options.call, timeoutMs: GOODBYE_MS }).then(() => {}, () => {})
    return this.#goodbye
  }
}
