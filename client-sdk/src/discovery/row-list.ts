// The rows of one subscription, kept by key: frames in, whole lists out. Only what a frame brings is read anew, the other instances stay the objects that they are.

import type { HealthEntry } from '../api/health.js'
import type { RowsFrame } from '../api/watch-protocol.js'
import { instanceOf } from '../balance/instance.js'
import type { Instance } from '../balance/instance.js'

export class RowList {
  readonly #rows = new Map<string, Instance>()

  /** @throws TypeError for a row that is no instance; the list is as before then */
  apply ({ type, upserts, removes }: RowsFrame<HealthEntry>): readonly Instance[] {
    const read = upserts.map(row => [row.Key, instanceOf(row)] as const)
    if (type !== 'change') this.#rows.clear()
    for (const key of removes) this.#rows.delete(key)
    for (const [key, instance] of read) this.#rows.set(key, instance)
    return [...this.#rows.values()]
  }
}
