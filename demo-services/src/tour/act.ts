// One act of the tour: a claim, what is done to see it, and whether it held.

import type { Shop } from '../launcher/shop.js'

export interface Stage {
  readonly shop: Shop
  /** For CI and for the checklist in the browser: the same claims, with fewer requests and shorter waits. */
  readonly short: boolean
  /** A line for whoever watches. */
  readonly say: (line: string) => void
}

export interface Verdict {
  readonly passed: boolean
  /** What was seen, in figures. */
  readonly measured: string
}

export interface ActResult extends Verdict { readonly seconds: number }

export interface Act {
  readonly id: string
  readonly title: string
  readonly claim: string
  /** Leaves the shop as it was. @throws when it could not be done: that is a failure too */
  play (stage: Stage): Promise<Verdict>
}
