// A view: what one question looks like now and what has changed lately, kept once for all who asked it. Changes are encoded once, whoever gets them.

import type { Topics } from '../watch/topics.js'
import type { Subject } from './kind.js'

/** A change as everybody gets it: the frame without its first field, which is the subscription's id. */
export interface Change {
  /** Index before and after. */
  readonly from: number
  readonly to: number
  /** `"type":"change","index":…,"upserts":[…],"removes":[…]`; the closing brace is the sender's */
  readonly tail: string
}

/** Changes kept for those who come back; older ones get a snapshot. */
const HISTORY = 128
/** Characters of kept changes; the oldest go first. */
const HISTORY_CHARS = 4 * 2 ** 20

export class View {
  readonly #subject: Subject
  readonly #topics: Topics
  readonly #indexOf: (topics: readonly string[]) => number
  readonly #rows = new Map<string, { version: string, text: string }>()
  readonly #listeners = new Set<(change: Change) => void>()
  #history: Change[] = []
  #historyChars = 0
  #off: () => void
  #snapshot: string | undefined
  index = 0

  /** @param indexOf the index that readers of these topics see */
  constructor (subject: Subject, topics: Topics, indexOf: (topics: readonly string[]) => number) {
    this.#subject = subject
    this.#topics = topics
    this.#indexOf = indexOf
    this.#refresh()
    this.#off = this.#watch()
  }

  get listeners (): number { return this.#listeners.size }

  #watch (): () => void {
    return this.#topics.subscribe(this.#subject.topics(), () => {
      // The order matters: a change that comes while listeners run is waited for already.
      const from = this.index
      const change = this.#refresh()
      this.#off = this.#watch()
      if (change === undefined) return
      const made: Change = { from, to: this.index, tail: `"type":"change","index":${this.index},${change}` }
      this.#keep(made)
      for (const listener of this.#listeners) listener(made)
    })
  }

  /** Brings rows up to date; gives upserts and removes as text when there are any. */
  #refresh (): string | undefined {
    this.index = this.#indexOf(this.#subject.topics())
    const seen = new Set<string>()
    const upserts: string[] = []
    for (const row of this.#subject.rows()) {
      seen.add(row.key)
      const known = this.#rows.get(row.key)
      if (known?.version === row.version) continue
      const text = JSON.stringify({ Key: row.key, ...row.json() })
      this.#rows.set(row.key, { version: row.version, text })
      if (known?.text !== text) upserts.push(text)
    }
    const removes: string[] = []
    if (seen.size < this.#rows.size) {
      for (const key of this.#rows.keys()) {
        if (seen.has(key)) continue
        this.#rows.delete(key)
        removes.push(key)
      }
    }
    this.#snapshot = undefined
    return upserts.length === 0 && removes.length === 0 ? undefined : `"upserts":[${upserts.join(',')}],"removes":${JSON.stringify(removes)}`
  }

  #keep (change: Change): void {
    this.#history.push(change)
    this.#historyChars += change.tail.length
    while (this.#history.length > HISTORY || (this.#historyChars > HISTORY_CHARS && this.#history.length > 1)) this.#historyChars -= this.#history.shift()!.tail.length
  }

  /** The whole view as `snapshot` or `resync`, without the id. */
  whole (type: 'snapshot' | 'resync'): string {
    this.#snapshot ??= `"index":${this.index},"upserts":[${[...this.#rows.values()].map(r => r.text).join(',')}],"removes":[]`
    return `"type":"${type}",${this.#snapshot}`
  }

  /** What has changed since an index, oldest first; `undefined` when that is not known any more (or never was here). */
  since (index: number): readonly Change[] | undefined {
    if (index === this.index) return []
    const at = this.#history.findIndex(change => change.from <= index && index < change.to)
    return at < 0 ? undefined : this.#history.slice(at)
  }

  listen (listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  close (): void {
    this.#off()
    this.#listeners.clear()
    this.#history = []
  }
}
