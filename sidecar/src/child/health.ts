// Looks at the local service again and again, and says when what it finds has changed: not after one bad look, since a service that collects garbage is not ill, but after one good one.

import { systemClock } from '@roster/client'
import type { CancelTimer, Clock } from '@roster/client'
import type { Finding } from './probe.js'

export interface HealthOptions {
  readonly look: () => Promise<Finding>
  readonly intervalMs: number
  /** Told at each change. `undefined`: well again. */
  readonly onChange: (finding: Finding) => void
  readonly clock?: Clock
}

/** Bad looks in a row from which the service is ill. */
const BAD_LOOKS = 2

export class Health {
  #bad = 0
  #finding: Finding
  #cancel: CancelTimer = () => {}
  #over = false

  constructor (private readonly options: HealthOptions) { this.#turn() }

  /** `undefined`: well. */
  get finding (): Finding { return this.#finding }

  stop (): void {
    this.#over = true
    this.#cancel()
  }

  #turn (): void {
    this.#cancel = (this.options.clock ?? systemClock).after(this.options.intervalMs, () => { void this.#look() })
  }

  async #look (): Promise<void> {
    const finding = await this.options.look()
    if (this.#over) return
    this.#bad = finding === undefined ? 0 : this.#bad + 1
    const told = this.#bad === 0 ? undefined : this.#bad >= BAD_LOOKS ? finding : this.#finding
    if ((told === undefined) !== (this.#finding === undefined)) {
      this.#finding = told
      this.options.onChange(told)
    }
    this.#turn()
  }
}
