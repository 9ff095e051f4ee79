// Who of a service is fit to be answered, worked out once for each change of the service or its health: a question then costs no more for many instances than for few.

import { LRUCache } from 'lru-cache'
import { fitInstances, instanceTexts } from './instance.js'
import { connectInstances } from '../gateways/connect-instances.js'
import { isIp } from './ip-address.js'
import { topics } from '../state/topic-names.js'
import type { Instance } from './instance.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'

/** Shared by all who ask: not to be changed. */
export interface Fit {
  readonly rows: readonly Instance[]
  /** Every address is an address, so that answers depend on no other name. */
  readonly plain: boolean
}

interface Entry extends Fit {
  /** The state's revision when it was worked out. */
  readonly revision: number
  /** The state's revision when it was last found true. */
  checkedAt: number
}

/** Instances kept in all; the least lately asked services go. */
const MAX_ROWS = 200_000
const NOBODY: Fit = { rows: [], plain: true }

export class FitInstances {
  readonly #state: State
  readonly #entries = new LRUCache<string, Entry>({ maxSize: MAX_ROWS, sizeCalculation: entry => entry.rows.length + 1 })

  constructor (state: State) {
    this.#state = state
    state.afterReset(() => this.#entries.clear())
  }

  /** Instances of a service. @param name in small letters */
  named (name: string, onlyPassing: boolean): Fit { return this.#of(topics.health(name), this.#state.services.named(name), onlyPassing) }

  /** Proxies for, and native instances of, a service, and the terminating gateways that it stands behind. @param name in small letters */
  connect (name: string, onlyPassing: boolean): Fit {
    const own = this.#state.services.connect(name)
    const all = connectInstances(this.#state, name)
    // Gateways answer for others: when such a list changes depends on more than one service.
    return all === own ? this.#of(topics.connectHealth(name), own, onlyPassing) : { rows: fitInstances(this.#state, all, onlyPassing), plain: false }
  }

  #of (topic: string, entries: readonly ServiceEntry[], onlyPassing: boolean): Fit {
    if (entries.length === 0) return NOBODY // of names that do not exist there is no end: nothing of them is kept
    const key = onlyPassing ? `passing ${topic}` : topic
    const { revision } = this.#state
    const kept = this.#entries.get(key)
    if (kept !== undefined && (kept.checkedAt === revision || this.#state.topics.revision(topic) <= kept.revision)) {
      kept.checkedAt = revision
      return kept
    }
    const rows = fitInstances(this.#state, entries, onlyPassing)
    const fit: Entry = { rows, plain: rows.every(row => instanceTexts(row).every(isIp)), revision, checkedAt: revision }
    this.#entries.set(key, fit)
    return fit
  }
}
