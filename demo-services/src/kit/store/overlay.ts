// What a transaction has put so far, laid over what is stored: it sees its own writes, and nothing is written before it has ended well.

import type { Entry, Value } from './work.js'

export class Overlay {
  /** `undefined`: removed. */
  readonly writes = new Map<string, Value | undefined>()

  over (key: string, stored: () => Value | undefined): Value | undefined {
    return this.writes.has(key) ? this.writes.get(key) : stored()
  }

  put (key: string, value: Value): void { this.writes.set(key, value) }
  remove (key: string): void { this.writes.set(key, undefined) }

  /** How many stored rows a range has to read so that `limit` are left whatever this hides. */
  reach (prefix: string, limit: number): number {
    let hidden = 0
    for (const key of this.writes.keys()) if (key.startsWith(prefix)) hidden++
    return limit + hidden
  }

  /** @param stored rows of the range as stored, in order, `reach` of them at most */
  overRange (stored: ReadonlyArray<Entry<Value>>, { prefix, limit, after, reverse }: { prefix: string, limit: number, after: string, reverse: boolean }): ReadonlyArray<Entry<Value>> {
    const mine = [...this.writes].filter(([key]) => key.startsWith(prefix) && (after === '' || (reverse ? key < after : key > after)))
    if (mine.length === 0) return stored.slice(0, limit)
    const rows = new Map<string, Value | undefined>([...stored, ...mine])
    const sorted = [...rows].filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
    return (reverse ? sorted.reverse() : sorted).slice(0, limit)
  }
}
