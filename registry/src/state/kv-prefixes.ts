// Which prefixes of keys somebody reads or waits for. Each has a topic of its own, so that a reader of `app/` never wakes for `db/`, and a write costs
// what its key's tracked prefixes cost, however many readers there are elsewhere.
//
//   track 'app/', 'app/web/'      lengths 4, 8
//   write 'app/web/port'          looks up 'app/' and 'app/web/': two topics
//   write 'db/x'                  looks up 'db/x': none

import { topics } from './topic-names.js'
import type { Topics } from '../watch/topics.js'
import type { Kv } from './kv.js'

/** Prefixes that are tracked at a time; beyond it the least lately read that nobody waits for is forgotten, and counted anew when it is asked for again. */
const MAX_TRACKED = 10_000
/** Longer prefixes share the topic of their beginning: their readers may wake for a neighbour, and a long key cannot make a write expensive. */
const MAX_LENGTH = 1024
/** Prefixes that are looked at for one to forget; those with waiters stay, however many they are. */
const MAX_LOOKED_AT = 16

export class KvPrefixes {
  readonly #kv: Kv
  readonly #topics: Topics
  readonly #max: number
  /** In the order of their last reading. */
  readonly #tracked = new Set<string>()
  /** Lengths of tracked prefixes, and how many have each; a handful as a rule. */
  readonly #lengths = new Map<number, number>()

  constructor (kv: Kv, allTopics: Topics, max = MAX_TRACKED) {
    this.#kv = kv
    this.#topics = allTopics
    this.#max = max
  }

  get size (): number { return this.#tracked.size }

  /** The topic of everything below `prefix`, its revision known from now on. @param base see State.base */
  topic (prefix: string, base: number): string {
    if (prefix === '') return topics.kvAll
    const short = prefix.slice(0, MAX_LENGTH)
    const name = topics.kvBelow(short)
    if (this.#tracked.delete(short)) {
      this.#tracked.add(short)
      return name
    }
    this.#topics.touch(name, this.#kv.newestBelow(short, base))
    this.#tracked.add(short)
    this.#lengths.set(short.length, (this.#lengths.get(short.length) ?? 0) + 1)
    if (this.#tracked.size > this.#max) this.#forgetOldest()
    return name
  }

  /** Topics of the tracked prefixes that `key` begins with. */
  above (key: string): string[] {
    const names: string[] = []
    for (const length of this.#lengths.keys()) {
      if (length > key.length) continue
      const prefix = key.slice(0, length)
      if (this.#tracked.has(prefix)) names.push(topics.kvBelow(prefix))
    }
    return names
  }

  #forgetOldest (): void {
    let looked = 0
    for (const prefix of this.#tracked) {
      if (looked++ === MAX_LOOKED_AT) return
      this.#tracked.delete(prefix)
      if (!this.#topics.forget(topics.kvBelow(prefix))) {
        this.#tracked.add(prefix)
        continue
      }
      const left = this.#lengths.get(prefix.length)! - 1
      if (left === 0) this.#lengths.delete(prefix.length)
      else this.#lengths.set(prefix.length, left)
      return
    }
  }
}
