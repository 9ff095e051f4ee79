// Who watches what over streams, since when, and up to which revision they say they have seen it. This is how a drain knows that it has been noticed.

import type { CancelTimer, Clock } from '../clock.js'

/** One subscription. `acked` is -1 until the first acknowledgement. */
export interface Watcher {
  /** Unique in this process. */
  readonly id: number
  /** Address and port of the client's connection. */
  readonly client: string
  readonly kind: string
  readonly name: string
  /** Wall clock, ms. */
  readonly since: number
  acked: number
  /** Index of the newest frame that was sent. */
  sent: number
  /** Index up to which everything that concerns it has been sent: what changes only what it filters out is never sent. */
  readonly upTo: () => number
}

/** It has taken in all that was sent, and what came since does not concern it. */
const isAt = ({ acked, sent, upTo }: Watcher, index: number): boolean => acked >= index || (acked >= sent && upTo() >= index)

interface Waiting {
  readonly name: string
  readonly index: number
  readonly done: (acked: boolean) => void
}

/** ms within which changes are told as one. */
const TELL_MS = 500

export class Watchers {
  readonly #all = new Set<Watcher>()
  readonly #waiting = new Set<Waiting>()
  readonly #clock: Clock

  /** Called after a change of who watches, or of what was acknowledged; several within a second are one call. */
  readonly #onChange: () => void
  #tell: CancelTimer | undefined
  #made = 0

  constructor (clock: Clock, onChange: () => void = () => {}) {
    this.#clock = clock
    this.#onChange = onChange
  }

  nextId (): number { return ++this.#made }

  stop (): void { this.#tell?.() }

  #changed (): void {
    this.#tell ??= this.#clock.after(TELL_MS, () => {
      this.#tell = undefined
      this.#onChange()
    })
  }

  get size (): number { return this.#all.size }

  add (watcher: Watcher): () => void {
    this.#all.add(watcher)
    this.#changed()
    return () => {
      this.#all.delete(watcher)
      this.#changed()
      this.#check()
    }
  }

  ack (watcher: Watcher, index: number): void {
    if (index <= watcher.acked) return
    watcher.acked = index
    this.#changed()
    this.#check()
  }

  /** @param kind, name '' for any */
  list (kind: string, name: string): readonly Watcher[] {
    return [...this.#all].filter(w => (kind === '' || w.kind === kind) && (name === '' || w.name.toLowerCase() === name.toLowerCase()))
  }

  /** Those who watch the instances of `name` and have not acknowledged what `index` means to them. Other kinds under the name call nobody, so nobody waits for them. */
  behind (name: string, index: number): readonly Watcher[] { return this.list('health', name).filter(w => !isAt(w, index)) }

  /** True as soon as nobody who watches `name` is behind `index`; false after `ms` or an abort. */
  seen (name: string, index: number, ms: number, signal: AbortSignal): Promise<boolean> {
    if (this.behind(name, index).length === 0) return Promise.resolve(true)
    return new Promise(resolve => {
      let cancel: CancelTimer = () => {}
      const waiting: Waiting = {
        name,
        index,
        done: acked => {
          cancel()
          signal.removeEventListener('abort', aborted)
          this.#waiting.delete(waiting)
          resolve(acked)
        },
      }
      const aborted = (): void => waiting.done(false)
      signal.addEventListener('abort', aborted, { once: true })
      this.#waiting.add(waiting)
      cancel = this.#clock.after(ms, () => waiting.done(false))
    })
  }

  #check (): void {
    for (const waiting of this.#waiting) if (this.behind(waiting.name, waiting.index).length === 0) waiting.done(true)
  }
}
