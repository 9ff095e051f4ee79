// What recursors have said about names outside of our domains, for one question: targets of CNAME and SRV records. A look-up runs first without knowing them,
// notes here what it would need, and runs again once it is known; so the look-up itself never waits.

import type { ResourceRecord } from './record.js'

/** Outer names that one question may lead to; services with more of them get no addresses for the rest. */
const MAX_NAMES = 32

export class OuterNames {
  readonly #known = new Map<string, readonly ResourceRecord[]>()
  readonly #missing = new Set<string>()
  readonly #recurses: boolean

  /** @param recurses without recursors nothing is ever known, and nothing is missing */
  constructor (recurses: boolean) { this.#recurses = recurses }

  /** Records for a name, none when it is not known (yet). */
  get (name: string): readonly ResourceRecord[] {
    const records = this.#known.get(name)
    if (records === undefined && this.#recurses && this.#known.size + this.#missing.size < MAX_NAMES) this.#missing.add(name)
    return records ?? []
  }

  /** Names that were wanted and are not known. */
  get missing (): readonly string[] { return [...this.#missing] }

  learn (name: string, records: readonly ResourceRecord[]): void {
    this.#missing.delete(name)
    this.#known.set(name, records)
  }
}
