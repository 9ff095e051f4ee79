// The mass-expiry guard: when very many fall silent at once, the registry suspects itself (its network, its clock) rather than them. They are still
// marked critical; only their removal waits. It counts owners that fell silent: one lease is one, one service with a TTL check is one. Results of
// active checks and deregistrations never count. It removes nobody itself: the reaper and the leases ask it.
//
//   quiet   => holding   when, within `windowMs`, at least `minOwners` and at least `ratio` of all owners have lapsed
//   holding => quiet     when none has lapsed for `quietMs`, at the latest `maxHoldMs` after it began; the count starts anew

import type { CancelTimer, Clock } from '../clock.js'

export interface GuardLimits {
  /** False: it never holds. */
  readonly enabled: boolean
  /** Share of all owners, 0 to 1. More: it holds later. */
  readonly ratio: number
  /** Owners besides the share. More: small clusters are never held. */
  readonly minOwners: number
  /** ms within which the lapses must fall. */
  readonly windowMs: number
  /** ms without a lapse that end it. More: it trusts the calm later. */
  readonly quietMs: number
  /** ms after which it ends in any case. */
  readonly maxHoldMs: number
}

export const DEFAULT_GUARD_LIMITS: GuardLimits = { enabled: true, ratio: 0.15, minOwners: 10, windowMs: 30_000, quietMs: 60_000, maxHoldMs: 600_000 }

export interface GuardStatus {
  readonly active: boolean
  /** Owners whose removal waits: they lapsed in the window that set it off or since, and have neither returned nor been deregistered. */
  readonly kept: number
  /** Wall clock, ms since 1970: when it ends if nobody lapses any more. 0 while quiet. */
  readonly until: number
  /** Wall clock, ms since 1970. 0 while quiet. */
  readonly since: number
  /** Why it holds, for people; '' while quiet. */
  readonly reason: string
}

export interface GuardOptions {
  readonly clock: Clock
  readonly limits?: GuardLimits
  /** All owners there are, lapsed ones included. */
  readonly owners: () => number
  /** Called when it begins, ends, and when `kept` or `until` change. Must not throw. */
  readonly onChange?: (status: GuardStatus) => void
}

const QUIET: GuardStatus = { active: false, kept: 0, until: 0, since: 0, reason: '' }

export class Guard {
  readonly #clock: Clock
  readonly #limits: GuardLimits
  readonly #owners: () => number
  readonly #onChange: ((status: GuardStatus) => void) | undefined
  /** Last lapse of each owner, monotonic ms, oldest first. While quiet none is older than the window, so it holds at most all owners. */
  readonly #lapses = new Map<string, number>()
  readonly #kept = new Set<string>()
  #holding: { began: number, beganWall: number, lastLapse: number, reason: string } | undefined
  #cancel: CancelTimer | undefined
  #stopped = false
  /** How often it has begun to hold; for metrics. */
  trips = 0

  constructor (options: GuardOptions) {
    this.#clock = options.clock
    this.#limits = options.limits ?? DEFAULT_GUARD_LIMITS
    this.#owners = options.owners
    this.#onChange = options.onChange
  }

  /** True while removal must wait. */
  get active (): boolean { return this.#holding !== undefined && !this.#over(this.#clock.monotonic()) }

  /** An owner fell silent. */
  lapsed (ownerId: string): void {
    if (!this.#limits.enabled || this.#stopped) return
    const now = this.#clock.monotonic()
    if (this.#holding !== undefined && this.#over(now)) this.#end()
    if (this.#holding !== undefined) {
      this.#holding.lastLapse = now
      this.#kept.add(ownerId)
      this.#changed()
      return
    }
    this.#lapses.delete(ownerId)
    this.#lapses.set(ownerId, now)
    for (const [id, at] of this.#lapses) {
      if (now - at <= this.#limits.windowMs) break
      this.#lapses.delete(id)
    }
    if (this.#tooMany()) this.#begin(now)
  }

  /** An owner gave a sign of life, or was deregistered: its removal waits for nothing any more. That it had lapsed still counts. */
  returned (ownerId: string): void {
    if (this.#kept.delete(ownerId) && this.active) this.#changed()
  }

  status (): GuardStatus {
    const holding = this.#holding
    if (holding === undefined) return QUIET
    const now = this.#clock.monotonic()
    if (this.#over(now)) return QUIET
    return { active: true, kept: this.#kept.size, until: this.#clock.now() + this.#endsAt() - now, since: holding.beganWall, reason: holding.reason }
  }

  /** Ends its timer; nothing is held any more. Idempotent. */
  stop (): void {
    this.#stopped = true
    this.#cancel?.()
    this.#holding = undefined
    this.#kept.clear()
    this.#lapses.clear()
  }

  #tooMany (): boolean {
    const count = this.#lapses.size
    return count >= this.#limits.minOwners && count >= this.#limits.ratio * this.#owners()
  }

  #begin (now: number): void {
    this.trips++
    const reason = `${this.#lapses.size} of ${this.#owners()} owners fell silent within ${this.#limits.windowMs / 1000} s`
    this.#holding = { began: now, beganWall: this.#clock.now(), lastLapse: now, reason }
    for (const id of this.#lapses.keys()) this.#kept.add(id)
    this.#lapses.clear()
    this.#arm()
    this.#changed()
  }

  #endsAt (): number {
    const { began, lastLapse } = this.#holding!
    return Math.min(lastLapse + this.#limits.quietMs, began + this.#limits.maxHoldMs)
  }

  #over (now: number): boolean { return now >= this.#endsAt() }

  #arm (): void {
    this.#cancel = this.#clock.after(Math.ceil(this.#endsAt() - this.#clock.monotonic()), () => {
      if (this.#holding === undefined) return
      if (this.#over(this.#clock.monotonic())) this.#end()
      else this.#arm()
    })
  }

  #end (): void {
    this.#cancel?.()
    this.#holding = undefined
    this.#kept.clear()
    this.#onChange?.(QUIET)
  }

  #changed (): void { this.#onChange?.(this.status()) }
}
