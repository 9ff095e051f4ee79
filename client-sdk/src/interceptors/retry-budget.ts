// How many calls may be sent again: a share of the calls, with a reserve for services that have few. One a service, shared by its routes. Knows time only as it is told.
// Source: Finagle's RetryBudget; other than there the reserve is counted in the share and not added to it, so that load never grows by more than the share.

export interface BudgetOptions {
  readonly share: number
  readonly perSecond: number
}

/** How long an unused right to send again is kept, ms (Finagle's): e-folding time. */
const KEEP_MS = 10_000

export class RetryBudget {
  #rights: number
  #at: number
  /** Put in by calls since `#at`. */
  #put = 0

  constructor (private readonly options: BudgetOptions, now: number) {
    this.#rights = options.perSecond
    this.#at = now
  }

  /** A call begins: it earns its share of a right. */
  call (): void { this.#put += this.options.share }

  /** Whether a right is left. @param now monotonic, ms */
  has (now: number): boolean {
    this.#settle(now)
    return this.#rights >= 1
  }

  /** Takes one, if there is one. */
  take (now: number): boolean {
    if (!this.has(now)) return false
    this.#rights--
    return true
  }

  /**
   * What calls put in stays and fades. Where they put in less than the reserve, the reserve fills up to one second's worth.
   * @example share 0.2, reserve 10/s: at 100 calls/s 20 rights a second, at 10 calls/s 10, and never 30
   */
  #settle (now: number): void {
    const elapsed = now - this.#at
    if (elapsed <= 0 && this.#put === 0) return
    const { perSecond } = this.options
    this.#rights = this.#rights * Math.exp(-elapsed / KEEP_MS) + this.#put
    const missing = Math.max(0, perSecond * elapsed / 1000 - this.#put)
    if (this.#rights < perSecond) this.#rights = Math.min(perSecond, this.#rights + missing)
    this.#put = 0
    this.#at = now
  }
}
