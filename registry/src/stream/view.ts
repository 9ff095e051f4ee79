// A view: what one question looks like now and what has changed lately, kept once for all who asked it. Changes are encoded once, whoever gets them.

import { stringify } from '../exact-json.js'
import type { Topics } from '../watch/topics.js'
import type { Follower, StreamRow, Subject } from './kind.js'

/** A change as everybody gets it. */
export class Change {
  /** Clients of one kind use the same ids, so a frame is encoded once for all of them. */
  readonly #frames = new Map<string, Buffer>()

  /**
   * @param number of the change in its view, from 1
   * @param from, to index before and after
   * @param tail the frame without its first field, which is the subscription's id, and without the closing brace
   */
  constructor (readonly number: number, readonly from: number, readonly to: number, readonly tail: string) {}

  frame (id: string): Buffer {
    let frame = this.#frames.get(id)
    if (frame === undefined) {
      frame = Buffer.from(frameText(id, this.tail))
      if (this.#frames.size < MAX_FRAMES) this.#frames.set(id, frame)
    }
    return frame
  }
}

/** Different ids whose frames are kept with a change. */
const MAX_FRAMES = 16

/** The whole frame of a subscription. */
export const frameText = (id: string, tail: string): string => `{"id":${JSON.stringify(id)},${tail}}`

/** Listeners told in one turn of the event loop; the others in the next, so that one change for 10,000 readers does not hold up everybody else. */
const TELL_SLICE = 500

interface Listener {
  readonly tell: (change: Change) => void
  /** How many changes there had been when it began: those are in what it got first. (Not the index: a change without a commit, of the guard, does not move it.) */
  readonly since: number
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
  readonly #listeners = new Set<Listener>()
  /** Changes that are being told, oldest first, each with those who have not heard it. */
  readonly #telling: Array<{ readonly change: Change, readonly left: Iterator<Listener> }> = []
  #history: Change[] = []
  #historyChars = 0
  #off: () => void
  readonly #follower: Follower | undefined
  /** Everything has been looked at once. */
  #whole = false
  #snapshot: string | undefined
  #changes = 0
  index = 0

  /** @param indexOf the index that readers of these topics see */
  constructor (subject: Subject, topics: Topics, indexOf: (topics: readonly string[]) => number) {
    this.#subject = subject
    this.#topics = topics
    this.#indexOf = indexOf
    this.#follower = subject.follow?.()
    this.#refresh()
    this.#off = this.#watch()
  }

  get listeners (): number { return this.#listeners.size }

  /** Index up to which every listener has been told everything. */
  get toldUpTo (): number { return this.#telling[0]?.change.from ?? this.index }

  #watch (): () => void {
    return this.#topics.subscribe(this.#subject.topics(), () => {
      // The order matters: a change that comes while listeners run is waited for already.
      const from = this.index
      const change = this.#refresh()
      this.#off = this.#watch()
      if (change === undefined) return
      const made = new Change(++this.#changes, from, this.index, `"type":"change","index":${this.index},${change}`)
      this.#keep(made)
      this.#telling.push({ change: made, left: [...this.#listeners].values() })
      if (this.#telling.length === 1) this.#tell()
    })
  }

  #tell (): void {
    for (let told = 0; told < TELL_SLICE && this.#telling.length > 0;) {
      const { change, left } = this.#telling[0]!
      const next = left.next()
      if (next.done === true) {
        this.#telling.shift()
        continue
      }
      if (!this.#listeners.has(next.value) || change.number <= next.value.since) continue
      told++
      next.value.tell(change)
    }
    if (this.#telling.length > 0) setImmediate(() => this.#tell())
  }

  /** Brings rows up to date; gives upserts and removes as text when there are any. */
  #refresh (): string | undefined {
    this.index = this.#indexOf(this.#subject.topics())
    const upserts: string[] = []
    const removes: string[] = []
    const keys = this.#follower?.take()
    if (keys !== undefined && this.#whole) this.#lookAt(keys, upserts, removes)
    else this.#lookAtAll(upserts, removes)
    this.#whole = true
    this.#snapshot = undefined
    return upserts.length === 0 && removes.length === 0 ? undefined : `"upserts":[${upserts.join(',')}],"removes":${JSON.stringify(removes)}`
  }

  #lookAt (keys: Iterable<string>, upserts: string[], removes: string[]): void {
    for (const key of keys) {
      const row = this.#follower!.row(key)
      if (row !== undefined) this.#put(row, upserts)
      else if (this.#rows.delete(key)) removes.push(key)
    }
  }

  #lookAtAll (upserts: string[], removes: string[]): void {
    const seen = new Set<string>()
    for (const row of this.#subject.rows()) {
      seen.add(row.key)
      this.#put(row, upserts)
    }
    if (seen.size === this.#rows.size) return
    for (const key of this.#rows.keys()) {
      if (seen.has(key)) continue
      this.#rows.delete(key)
      removes.push(key)
    }
  }

  #put (row: StreamRow, upserts: string[]): void {
    const known = this.#rows.get(row.key)
    if (known?.version === row.version) return
    const text = stringify({ Key: row.key, ...row.json() })
    this.#rows.set(row.key, { version: row.version, text })
    if (known?.text !== text) upserts.push(text)
  }

  /** Versions are of a history that was replaced: the next look compares what rows say. */
  distrust (): void {
    this.#whole = false
    for (const row of this.#rows.values()) row.version = ''
  }

  #keep (change: Change): void {
    this.#history.push(change)
    this.#historyChars += change.tail.length
    while (this.#history.length > HISTORY || (this.#historyChars > HISTORY_CHARS && this.#history.length > 1)) this.#historyChars -= this.#history.shift()!.tail.length
  }

  /** The whole view as `snapshot` or `resync`, without the id. */
  whole (type: 'snapshot' | 'resync'): string {
    if (this.#subject.topics().length === 0) this.#refresh()
    this.#snapshot ??= `"index":${this.index},"upserts":[${[...this.#rows.values()].map(r => r.text).join(',')}],"removes":[]`
    return `"type":"${type}",${this.#snapshot}`
  }

  /** What has changed since an index, oldest first; `undefined` when that is not known any more (or never was here). */
  since (index: number): readonly Change[] | undefined {
    if (this.#subject.volatile === true) return undefined
    if (index === this.index) return []
    const at = this.#history.findIndex(change => change.from <= index && index < change.to)
    return at < 0 ? undefined : this.#history.slice(at)
  }

  /** Tells of every change after the index of now. The returned function ends it. */
  listen (tell: (change: Change) => void): () => void {
    const listener: Listener = { tell, since: this.#changes }
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  close (): void {
    this.#off()
    this.#follower?.close()
    this.#listeners.clear()
    this.#telling.length = 0
    this.#history = []
  }
}
