// Topics: what a reader can wait for. A topic has the revision of its last change and those who wait for the next; it does not know what a row means.
// Siblings: blocking.ts (a waiter over HTTP), ../stream (a waiter over WebSocket).

import type { Revision } from '../engine/engine.js'
import type { Clock } from '../clock.js'

/** Called once, after the topic has passed a revision; the waiter is off the topic by then. */
export type Waiter = () => void

interface Topic {
  revision: Revision
  waiters: Set<Waiter> | undefined
}

export type WaitResult = 'changed' | 'timeout' | 'aborted'

/** Waiters woken in one turn of the event loop; more are woken in the next, so that one change with 10,000 readers does not stop DNS and health. */
const WAKE_SLICE = 500

export class Topics {
  readonly #topics = new Map<string, Topic>()
  /** Index of topics that have neither rows nor tombstones left. */
  #floor: Revision = 0
  #dirty: Topic[] = []
  #wakeQueue: Waiter[] = []
  #waking = false
  #waiting = 0

  /** How many waiters there are in all. */
  get waiting (): number { return this.#waiting }

  /** How many topics are known. */
  get size (): number { return this.#topics.size }

  /** The revision of the last change below the topic; the floor when nothing is known of it. */
  revision (name: string): Revision {
    const topic = this.#topics.get(name)
    return topic === undefined ? this.#floor : Math.max(topic.revision, this.#floor)
  }

  /** The newest of several. */
  newest (names: readonly string[]): Revision {
    let newest = 0
    for (const name of names) newest = Math.max(newest, this.revision(name))
    return newest
  }

  /** Nothing reads as older than this any more; topics that say no more than that, and that nobody waits for, are forgotten. */
  raiseFloor (revision: Revision): void {
    if (revision <= this.#floor) return
    this.#floor = revision
    for (const [name, topic] of this.#topics) if (topic.revision <= revision && topic.waiters === undefined) this.#topics.delete(name)
  }

  /** Whether somebody waits for a change of it. */
  awaited (name: string): boolean { return this.#topics.get(name)?.waiters !== undefined }

  /** Marks a change. Waiters are not told before `wake`, so that one event tells each of them once. */
  touch (name: string, revision: Revision): void {
    let topic = this.#topics.get(name)
    if (topic === undefined) this.#topics.set(name, topic = { revision: 0, waiters: undefined })
    if (revision > topic.revision) topic.revision = revision
    if (topic.waiters !== undefined) this.#dirty.push(topic)
  }

  /** The history that revisions belong to is another from now on: nothing is known to have changed in it. Those who wait go on waiting. */
  reset (): void {
    this.#floor = 0
    for (const [name, topic] of this.#topics) {
      topic.revision = 0
      if (topic.waiters === undefined) this.#topics.delete(name)
    }
  }

  /** Forgets a topic that nobody waits for and that has no rows and no tombstones. False: somebody waits for it. */
  forget (name: string): boolean {
    if (this.#topics.get(name)?.waiters !== undefined) return false
    this.#topics.delete(name)
    return true
  }

  /** Tells everyone who waits for what was touched since the last call. */
  wake (): void {
    if (this.#dirty.length === 0) return
    for (const topic of this.#dirty) {
      if (topic.waiters === undefined) continue
      for (const waiter of topic.waiters) this.#wakeQueue.push(waiter)
      topic.waiters = undefined
    }
    this.#dirty = []
    if (!this.#waking) this.#wakeSlice()
  }

  #wakeSlice (): void {
    const slice = this.#wakeQueue.splice(0, WAKE_SLICE)
    for (const waiter of slice) waiter()
    this.#waking = this.#wakeQueue.length > 0
    if (this.#waking) setImmediate(() => this.#wakeSlice())
  }

  /** Wakes everybody, whatever they wait for (a restore, the end of the server). */
  wakeAll (): void {
    for (const topic of this.#topics.values()) if (topic.waiters !== undefined) this.#dirty.push(topic)
    this.wake()
  }

  /** Adds a waiter to several topics; the returned function takes it off again. It is called at most once, for whichever changes first. */
  subscribe (names: readonly string[], waiter: Waiter): () => void {
    let on = true
    const off = (): void => {
      if (!on) return
      on = false
      this.#waiting--
      for (const name of names) {
        const topic = this.#topics.get(name)
        if (topic?.waiters?.delete(once) === true && topic.waiters.size === 0) {
          topic.waiters = undefined
          if (topic.revision === 0) this.#topics.delete(name) // it was made for this waiter
        }
      }
    }
    const once = (): void => {
      if (!on) return
      off()
      waiter()
    }
    this.#waiting++
    for (const name of names) {
      let topic = this.#topics.get(name)
      if (topic === undefined) this.#topics.set(name, topic = { revision: 0, waiters: undefined })
      topic.waiters ??= new Set()
      topic.waiters.add(once)
    }
    return off
  }

  /** Waits for the first change of any of `names`, at most `ms`. */
  wait (names: readonly string[], ms: number, clock: Clock, signal?: AbortSignal): Promise<WaitResult> {
    return new Promise(resolve => {
      if (signal?.aborted === true) { resolve('aborted'); return }
      const end = (result: WaitResult): void => {
        cancel()
        off()
        signal?.removeEventListener('abort', aborted)
        resolve(result)
      }
      const aborted = (): void => end('aborted')
      const off = this.subscribe(names, () => end('changed'))
      const cancel = clock.after(ms, () => end('timeout'))
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }
}
