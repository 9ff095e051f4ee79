// Failures in a row: the quick reason to put an instance aside. Sibling: success-rate.ts, the slow one. Pure but for the count.
// Source: Finagle's failure accrual, Envoy's consecutive 5xx.

/** Default as in Finagle and Envoy. More waits longer with a broken instance, less ejects on chance. */
export const DEFAULT_CONSECUTIVE_FAILURES = 5

export class Consecutive {
  #failures = 0

  /** @returns failures in a row, this one included; 0 after a success */
  observe (ok: boolean): number {
    this.#failures = ok ? 0 : this.#failures + 1
    return this.#failures
  }

  reset (): void { this.#failures = 0 }
}
