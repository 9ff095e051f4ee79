// Trouble on order: what a service may be told to do wrong, for how long, to which share of its calls. Each ends by itself. Never on unless somebody said so.

import { setTimeout as pause } from 'node:timers/promises'
import { ShopError } from './errors.js'

export type FaultKind = 'slow' | 'fail' | 'hang' | 'crash' | 'queue' | 'block'

/** A service's list of the faults that it offers, each with what is to be expected next. */
export type FaultList = Partial<Record<FaultKind, string>>

export interface FaultSpec {
  readonly kind: FaultKind
  /** Share of the calls, 0 to 1. Default 1. */
  readonly rate?: number
  /** How much: ms of delay, of work, of standing still. Default 500. */
  readonly ms?: number
  /** Until it ends by itself, ms. Default a minute. */
  readonly forMs?: number
}

export type Fault = Required<Omit<FaultSpec, 'forMs'>> & { readonly endsAt: number }

export interface FaultParts {
  readonly now?: () => number
  readonly random?: () => number
  /** Ends this process at once, as a power cut would. */
  readonly die?: () => void
}

/** Longest that a fault stays, ms. */
const LONGEST_MS = 10 * 60_000

export class Faults {
  readonly #active = new Map<FaultKind, Fault>()
  readonly #now: () => number
  readonly #random: () => number
  readonly #die: () => void
  /** When the one desk of `queue` is free again, ms on `now`. */
  #deskFreeAt = 0

  constructor (readonly offered: FaultList, { now = Date.now, random = Math.random, die = () => process.kill(process.pid, 'SIGKILL') }: FaultParts = {}) {
    this.#now = now
    this.#random = random
    this.#die = die
  }

  /** One of a kind at a time; the newest counts. */
  set ({ kind, rate = 1, ms = 500, forMs = 60_000 }: FaultSpec): Fault {
    const fault = { kind, rate, ms, endsAt: this.#now() + Math.min(forMs, LONGEST_MS) }
    this.#active.set(kind, fault)
    return fault
  }

  /** @param kind absent: all of them */
  clear (kind?: FaultKind): void {
    if (kind === undefined) this.#active.clear()
    else this.#active.delete(kind)
  }

  list (): readonly Fault[] {
    const now = this.#now()
    for (const [kind, { endsAt }] of this.#active) if (endsAt <= now) this.#active.delete(kind)
    return [...this.#active.values()]
  }

  /**
   * Before a call is worked on.
   * @param signal of the caller, who may give up meanwhile
   * @throws ShopError INJECTED
   */
  async before (signal?: AbortSignal): Promise<void> {
    if (this.#active.size === 0) return
    for (const { kind, ms, rate } of this.list()) {
      if (kind === 'crash' || this.#random() >= rate) continue
      if (kind === 'fail') throw new ShopError('INJECTED')
      if (kind === 'block') this.#block(ms)
      else await pause(kind === 'hang' ? LONGEST_MS : kind === 'queue' ? this.#waitForDesk(ms) : ms, undefined, { ...signal && { signal } }).catch(() => {})
    }
  }

  /** After the work is done and before anybody is told. */
  after (): void {
    const crash = this.#active.size === 0 ? undefined : this.list().find(({ kind }) => kind === 'crash')
    if (crash !== undefined && this.#random() < crash.rate) this.#die()
  }

  /** One desk that takes `ms` a call: a service that can do only so much. */
  #waitForDesk (ms: number): number {
    const now = this.#now()
    this.#deskFreeAt = Math.max(now, this.#deskFreeAt) + ms
    return this.#deskFreeAt - now
  }

  /** The whole process stands still, as in a long garbage collection. */
  #block (ms: number): void {
    const until = this.#now() + ms
    while (this.#now() < until);
  }
}
