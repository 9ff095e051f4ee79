// All views that somebody looks at, and for a while those that somebody looked at last, so that a client that comes back resumes.

import { LRUCache } from 'lru-cache'
import { View } from './view.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { State } from '../state/state.js'
import type { Subject } from './kind.js'

/** ms that a view lives on without listeners. */
const LINGER_MS = 60_000
/** Views without listeners that are kept. */
const MAX_LINGERING = 1000

export class Views {
  readonly #state: State
  readonly #clock: Clock
  readonly #views = new Map<string, View>()
  readonly #lingering: LRUCache<string, { readonly view: View, readonly cancel: CancelTimer }>
  readonly #silence: () => void

  constructor (state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    this.#lingering = new LRUCache<string, { readonly view: View, readonly cancel: CancelTimer }>({
      max: MAX_LINGERING,
      noDisposeOnSet: true,
      dispose: ({ view, cancel }, key) => {
        cancel()
        if (view.listeners > 0) return
        this.#views.delete(key)
        view.close()
      },
    })
    this.#silence = state.afterEvent(({ restored }) => {
      if (restored === true) for (const view of this.#views.values()) view.distrust()
    })
  }

  /** @param key tells the question apart from every other */
  get (key: string, subject: Subject): View {
    let view = this.#views.get(key)
    if (view === undefined) this.#views.set(key, view = new View(subject, this.#state.topics, names => this.#state.index(names)))
    return view
  }

  /** To be called after a listener has gone. */
  left (key: string): void {
    const view = this.#views.get(key)
    if (view === undefined || view.listeners > 0) return
    this.#lingering.peek(key)?.cancel()
    const cancel = this.#clock.after(LINGER_MS, () => { this.#lingering.delete(key) })
    this.#lingering.set(key, { view, cancel })
  }

  close (): void {
    this.#silence()
    this.#lingering.clear()
    for (const view of this.#views.values()) view.close()
    this.#views.clear()
  }
}
