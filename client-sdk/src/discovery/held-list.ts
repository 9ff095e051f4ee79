// The list that callers see: the registry's rows, and while those are doubted (verdict.ts) the missing ones of before. Has no timer and no clock; registry-source.ts and
// dns-source.ts tell it the time.

import { confirms, verdict } from './verdict.js'
import type { Instance } from '../balance/instance.js'

/** Longest time that a doubtful list is held back, ms. More survives a slower recovery of the registry, less notices sooner that everybody is really gone. */
export const DEFAULT_HOLD_MS = 30_000

export class HeldList {
  #rows: readonly Instance[] = []
  #index = 0
  /** Of before, not in the rows; `undefined`: nothing is held. */
  #kept: Map<string, Instance> | undefined
  #since = 0
  #all: readonly Instance[] = []

  constructor (readonly holdMs: number = DEFAULT_HOLD_MS) {}

  /** The same array until something changes. */
  get instances (): readonly Instance[] { return this.#all }
  get index (): number { return this.#index }
  get holding (): boolean { return this.#kept !== undefined }

  /** From another source (the disk): believed until the registry speaks. */
  adopt (instances: readonly Instance[], index: number): void {
    this.#rows = this.#all = instances
    this.#index = index
    this.#kept = undefined
  }

  /** @returns whether the hold began with this, so that its time has to be watched */
  state (rows: readonly Instance[], index: number, continued: boolean, now: number): boolean {
    const began = this.#kept === undefined && this.holdMs > 0 && verdict({ count: this.#all.length, index: this.#index }, { count: rows.length, index, continued }) === 'hold'
    if (began) {
      this.#kept = new Map(this.#all.map(instance => [instance.id, instance]))
      this.#since = now
    } else if (this.#kept !== undefined && continued && confirms(now - this.#since, this.holdMs)) this.#kept = undefined
    this.#rows = rows
    this.#index = index
    this.#merge()
    return began && this.holding
  }

  /** The live watch says that nothing has changed. @returns whether the list did */
  still (index: number, now: number): boolean {
    this.#index = Math.max(this.#index, index)
    if (this.#kept === undefined || !confirms(now - this.#since, this.holdMs)) return false
    return this.release()
  }

  /** The connection was lost while holding: the time counts anew from when it is back. */
  renew (now: number): void { this.#since = now }

  /** Time is over, or it was confirmed: the rows alone count. @returns whether the list changed */
  release (): boolean {
    if (this.#kept === undefined) return false
    this.#kept = undefined
    const before = this.#all.length
    this.#merge()
    return this.#all.length !== before
  }

  #merge (): void {
    // Once the registry names an instance again its word counts, also when it takes it back.
    for (const { id } of this.#rows) this.#kept?.delete(id)
    if (this.#kept?.size === 0) this.#kept = undefined
    this.#all = this.#kept === undefined ? this.#rows : [...this.#rows, ...this.#kept.values()]
  }
}
