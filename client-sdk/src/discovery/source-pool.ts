// One source a question for all who ask it, for as long as somebody does.

import type { InstanceQuestion } from './feed.js'
import { questionKey } from './feed.js'
import type { ServiceSource } from './service-source.js'

/** A share in a source: to be given back once. */
export interface HeldSource { readonly source: ServiceSource, release (): void }

export class SourcePool {
  readonly #make: (question: InstanceQuestion) => ServiceSource
  readonly #held = new Map<string, { readonly source: ServiceSource, holders: number }>()

  constructor (make: (question: InstanceQuestion) => ServiceSource) { this.#make = make }

  get sources (): ServiceSource[] { return [...this.#held.values()].map(({ source }) => source) }

  acquire (question: InstanceQuestion): HeldSource {
    const key = questionKey(question)
    let entry = this.#held.get(key)
    if (entry === undefined) this.#held.set(key, entry = { source: this.#make(question), holders: 0 })
    const held = entry
    held.holders++
    let given = false
    return {
      source: held.source,
      release: () => {
        if (given) return
        given = true
        if (--held.holders > 0) return
        this.#held.delete(key)
        held.source.close()
      },
    }
  }
}
