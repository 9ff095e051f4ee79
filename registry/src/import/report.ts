// What an import did, counted, and what it could not do, in words. Pure; how it is shown is the command line's affair.

export type Outcome = 'new' | 'changed' | 'same' | 'failed'

/** Something that stays behind, and why. */
export interface Left {
  readonly what: string
  readonly why: string
  /** It was tried and refused, rather than being of a sort that cannot be carried over. */
  readonly failed: boolean
}

/** Most entries of `left`; more are only counted, so that a million refused keys do not fill memory or screen. */
const MAX_LEFT = 200

export class Report {
  readonly counts = new Map<string, Record<Outcome, number>>()
  readonly left: Left[] = []
  /** Entries beyond the bound. */
  more = 0

  /** One row of `kind` was looked at. */
  count (kind: string, outcome: Outcome): void {
    let counts = this.counts.get(kind)
    if (counts === undefined) this.counts.set(kind, counts = { new: 0, changed: 0, same: 0, failed: 0 })
    counts[outcome]++
  }

  /** It is there on neither side, but was looked for: its line shows zeros. */
  looked (kind: string): void {
    if (!this.counts.has(kind)) this.counts.set(kind, { new: 0, changed: 0, same: 0, failed: 0 })
  }

  leave (what: string, why: string): void { this.#add({ what, why, failed: false }) }

  /** The target refused it. */
  fail (kind: string, what: string, why: string): void {
    this.count(kind, 'failed')
    this.#add({ what, why, failed: true })
  }

  get failed (): number { return [...this.counts.values()].reduce((sum, counts) => sum + counts.failed, 0) }

  #add (left: Left): void {
    if (this.left.length < MAX_LEFT) this.left.push(left)
    else this.more++
  }
}
