// The server's side of those who follow it: what they lack, then every event, and a sign of life each second. Each event is encoded once for all of them.
// Sibling: mirror.ts, which takes it over. It stands on the state's events and on a command that reads, so any engine will do.

import { setImmediate } from 'node:timers/promises'
import { encodeLine, isFollowed, wireEvent, wireRow } from './wire.js'
import { FLOOR_KEY, forgottenBy } from '../engine/tombstones.js'
import type { Hello, ServerAbout } from './wire.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { Command, Event, Revision, Row } from '../engine/engine.js'
import type { State } from '../state/state.js'

/** ms between two signs of life. A follower that hears nothing for some of them takes itself for cut off. */
export const BEAT_MS = 1000
/** Rows in one line. */
const ROWS_A_LINE = 200
/** Bytes of events that may wait for a follower, while it is given its view or because it is slow; past it, it is cut off and comes again with what it has. */
const MAX_WAITING_BYTES = 64 * 2 ** 20

/** Where a follower's lines go. */
export interface FollowerSink {
  write (line: string | Buffer): void
  /** Bytes written and not yet taken. */
  readonly unread: number
  /** Resolves when there is room again, or it is over. */
  drained (): Promise<void>
  close (): void
}

/** What a follower has. */
export interface Since {
  readonly history: string
  readonly revision: Revision
}

export interface FeedOptions {
  readonly state: State
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T }>
  readonly clock: Clock
  readonly about: () => ServerAbout
}

interface Follower {
  readonly sink: FollowerSink
  /** Events that came while it was given its view; `undefined` once it follows. */
  waiting: Array<{ readonly revision: Revision, readonly line: Buffer }> | undefined
  waitingBytes: number
  over: boolean
}

interface Collected {
  readonly revision: Revision
  readonly rows: readonly Row[]
}

/** Every row and tombstone that followers get. */
const collect: Command<Collected> = head => ({
  tx: undefined,
  result: { revision: head.next - 1, rows: [...head.range(''), ...head.tombstones('')].filter(row => isFollowed(row.key)) },
})

export class Feed {
  readonly #options: FeedOptions
  readonly #followers = new Set<Follower>()
  readonly #silence: () => void
  #collecting: Promise<Collected> | undefined
  /** Revision of the last event: what a follower has to have by now. */
  #last: Revision = 0
  #cancelBeat: CancelTimer | undefined
  /** For metrics. */
  readonly stats = { whole: 0, partial: 0, cut: 0 }

  constructor (options: FeedOptions) {
    this.#options = options
    this.#silence = options.state.afterEvent(event => this.#event(event))
  }

  get size (): number { return this.#followers.size }

  /** Names this server's history. */
  get history (): string {
    const { cluster } = this.#options.state
    return `${cluster?.value.id ?? ''}/${cluster?.value.createdAt ?? 0}`
  }

  /**
   * Gives a follower what it lacks and keeps it up to date until `signal` says that it has gone, or it is too slow.
   * @throws RosterError `NO_LEADER` when the view cannot be read now; nothing was written then
   */
  async follow (since: Since | undefined, sink: FollowerSink, signal: AbortSignal): Promise<void> {
    const follower: Follower = { sink, waiting: [], waitingBytes: 0, over: false }
    this.#followers.add(follower)
    this.#cancelBeat ??= this.#options.clock.after(BEAT_MS, () => this.#beat())
    const gone = new Promise<void>(resolve => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    void gone.then(() => { follower.over = true })
    try {
      await this.#giveView(follower, since)
      await gone
    } finally {
      this.#leave(follower)
    }
  }

  /** Idempotent. */
  stop (): void {
    this.#silence()
    this.#cancelBeat?.()
    this.#cancelBeat = undefined
    for (const follower of this.#followers) this.#leave(follower)
  }

  async #giveView (follower: Follower, since: Since | undefined): Promise<void> {
    const { state, about } = this.#options
    const { revision, rows } = await this.#collect()
    const { sink } = follower
    const from = since !== undefined && since.history === this.history ? partFrom(since.revision, revision, rows) : undefined
    this.stats[from === undefined ? 'whole' : 'partial']++
    const hello: Hello = { history: this.history, base: state.base, whole: from === undefined, beatMs: BEAT_MS, server: about() }
    sink.write(encodeLine({ hello }))
    const wanted = from === undefined ? rows : rows.filter(row => row.revision > from)
    for (let i = 0; i < wanted.length && !follower.over; i += ROWS_A_LINE) {
      sink.write(encodeLine({ rows: wanted.slice(i, i + ROWS_A_LINE).map(wireRow) }))
      await (sink.unread > MAX_WAITING_BYTES / 16 ? sink.drained() : setImmediate())
    }
    if (follower.over) return
    sink.write(encodeLine({ view: revision }))
    for (const event of follower.waiting ?? []) if (event.revision > revision) sink.write(event.line)
    follower.waiting = undefined
  }

  /** Those who come at the same time share one walk over the rows; an event between them ends that, since the later one would miss it. */
  #collect (): Promise<Collected> {
    if (this.#collecting === undefined) {
      const collecting = this.#options.commit(collect).then(({ result }) => result).finally(() => { if (this.#collecting === collecting) this.#collecting = undefined })
      this.#collecting = collecting
    }
    return this.#collecting
  }

  #event (event: Event): void {
    this.#collecting = undefined
    this.#last = event.revision
    if (this.#followers.size === 0) return
    const line = Buffer.from(encodeLine({ event: wireEvent(event) }))
    for (const follower of this.#followers) {
      if (follower.waiting !== undefined) {
        follower.waiting.push({ revision: event.revision, line })
        follower.waitingBytes += line.length
        if (follower.waitingBytes > MAX_WAITING_BYTES) this.#cut(follower)
      } else if (follower.sink.unread > MAX_WAITING_BYTES) this.#cut(follower)
      else follower.sink.write(line)
    }
  }

  #beat (): void {
    const line = encodeLine({ beat: this.#last })
    for (const { waiting, sink } of this.#followers) if (waiting === undefined) sink.write(line)
    this.#cancelBeat = this.#followers.size === 0 ? undefined : this.#options.clock.after(BEAT_MS, () => this.#beat())
  }

  #cut (follower: Follower): void {
    this.stats.cut++
    this.#leave(follower)
  }

  #leave (follower: Follower): void {
    if (!this.#followers.delete(follower)) return
    follower.over = true
    follower.sink.close()
  }
}

/** The revision from which rows are enough for one who has everything up to `since`; `undefined` when it needs all of them. */
function partFrom (since: Revision, newest: Revision, rows: readonly Row[]): Revision | undefined {
  if (since > newest) return undefined
  for (const row of rows) {
    // Deletions that are forgotten nobody can be told of. A restore, which brings rows that are older than it, forgets all before it.
    if (row.key === FLOOR_KEY && forgottenBy(row) > since) return undefined
  }
  return since
}
