// A prefix of etcd as one unbroken story: a paged reading as of one revision, then every change from the next revision on. A break is mended by a watch from
// where it broke off; where etcd has compacted that away, by another reading. What the keys mean is the follower's affair (etcd.ts).
//
//   reading => watching       the first page tells the revision, the watch begins behind it
//   watching => watching      the stream broke, or fell silent: another one, from the last change followed
//   watching => reading       compacted
//   any => ended              stop()

import { EtcdError } from './client.js'
import { decodeWatch } from './watch-decoder.js'
import { encodeWatchCreate, WATCH_PROGRESS } from './messages.js'
import type { CancelTimer, Clock } from '../../clock.js'
import type { EtcdClient, EtcdStream } from './client.js'
import type { KeyValue } from './messages.js'
import type { WatchEvent } from './watch-decoder.js'

export interface Follower {
  /** A reading begins: pages follow, in the order of keys. */
  readingBegins (): void
  page (kvs: readonly KeyValue[]): void
  /** All was read, as of etcd's revision `mod`. */
  readingEnds (mod: number): void
  /** All changes of one revision. */
  changes (mod: number, events: readonly WatchEvent[]): void
}

export interface FeedOptions {
  readonly client: EtcdClient
  readonly clock: Clock
  readonly key: Buffer
  readonly end: Buffer
  readonly follower: Follower
  /** Told of each break, and when the story goes on. */
  readonly onBreak: (error: unknown) => void
  readonly onResume: () => void
  /** The follower could not follow: going on would serve what is not so. */
  readonly onBroken: (error: unknown) => void
}

/** Keys in a page of a reading. */
const PAGE_KEYS = 2000
const PAGE_TIMEOUT_MS = 30_000
/** The watch is asked for its progress so often, and given up when so many questions had no answer: a process that stood still itself has asked none. */
const PROGRESS_MS = 1000
const UNANSWERED = 4
/** Pauses between attempts double between these, ms. */
const RETRY_FIRST_MS = 50
const RETRY_LAST_MS = 1000

export class Feed {
  readonly #options: FeedOptions
  /** etcd's revision up to which everything was followed. */
  #followed = 0
  #stopped = false
  #stream: EtcdStream | undefined
  #wake: (() => void) | undefined
  #running: Promise<void> | undefined
  /** For metrics. */
  readonly stats = { readings: 0, watches: 0, events: 0 }

  constructor (options: FeedOptions) { this.#options = options }

  /** The first reading; the watch follows by itself. @throws EtcdError; whatever the follower throws */
  async start (): Promise<void> {
    await this.#read()
    this.#running = this.#watchOn()
  }

  async #read (): Promise<void> {
    for (;;) {
      try {
        await this.#readOnce()
        this.stats.readings++
        return
      } catch (error) {
        // Compacted while it was being read: from the beginning.
        if (!(error instanceof EtcdError) || error.failure !== 'compacted') throw error
      }
    }
  }

  async #readOnce (): Promise<void> {
    const { client, key: start, end, follower } = this.#options
    let key: Uint8Array = start
    let revision = 0
    follower.readingBegins()
    for (;;) {
      const page = await client.range({ key, end, limit: PAGE_KEYS, ...(revision === 0 ? {} : { revision }) }, { timeoutMs: PAGE_TIMEOUT_MS })
      if (revision === 0) revision = page.header.revision
      follower.page(page.kvs)
      if (!page.more) break
      key = Buffer.concat([page.kvs.at(-1)!.key, Buffer.from([0])])
    }
    follower.readingEnds(revision)
    this.#followed = revision
  }

  async #watchOn (): Promise<void> {
    let pause = RETRY_FIRST_MS
    let compacted = false
    while (!this.#stopped) {
      const began = this.#followed
      try {
        if (compacted) {
          await this.#read()
          compacted = false
        }
        await this.#watchOnce(() => { pause = RETRY_FIRST_MS })
      } catch (error) {
        if (this.#stopped) return
        if (!(error instanceof EtcdError)) return this.#options.onBroken(error)
        compacted ||= error.failure === 'compacted'
        this.#options.onBreak(error)
        if (compacted) continue
      }
      if (this.#stopped) return
      if (this.#followed === began) {
        await this.#sleep(pause)
        pause = Math.min(pause * 2, RETRY_LAST_MS)
      }
    }
  }

  /** Follows one stream to its end. */
  async #watchOnce (running: () => void): Promise<void> {
    const { client, clock, key, end } = this.#options
    const { stream, endpoint } = await client.watch()
    this.#stream = stream
    this.stats.watches++
    let unanswered = 0
    let timer: CancelTimer = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        const ask = (): void => {
          timer = clock.after(PROGRESS_MS, ask)
          if (++unanswered > UNANSWERED) reject(new EtcdError('unreachable', `the watch at ${endpoint} has said nothing to ${UNANSWERED} questions`))
          else stream.write(WATCH_PROGRESS)
        }
        stream.on('data', (bytes: Buffer) => {
          unanswered = 0
          try {
            if (this.#answer(bytes)) running()
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        })
        stream.on('error', (error: Error) => reject(new EtcdError(/invalid auth token|permission denied/.test(error.message) ? 'denied' : 'unreachable', `the watch at ${endpoint} broke off: ${error.message}`, { cause: error })))
        stream.on('end', () => reject(new EtcdError('unreachable', `the watch at ${endpoint} ended`)))
        stream.write(encodeWatchCreate(key, end, this.#followed + 1))
        timer = clock.after(PROGRESS_MS, ask)
      })
    } catch (error) {
      if (error instanceof EtcdError && error.failure === 'unreachable') client.leave(endpoint)
      if (error instanceof EtcdError && error.failure === 'denied') client.forgetToken()
      throw error
    } finally {
      timer()
      this.#stream = undefined
      stream.on('error', () => {}) // of a stream that nobody listens to any more
      stream.cancel()
    }
  }

  /** True: the watch is running. @throws EtcdError when it ended; whatever the follower throws */
  #answer (bytes: Buffer): boolean {
    const answer = decodeWatch(bytes)
    if (answer.compacted > 0) throw new EtcdError('compacted', `etcd has compacted everything up to ${answer.compacted}`)
    if (answer.canceled) throw new EtcdError(/permission|token/.test(answer.reason) ? 'denied' : 'unreachable', `etcd ended the watch: ${answer.reason}`)
    const { events } = answer
    this.stats.events += events.length
    for (let from = 0; from < events.length;) {
      const { mod } = events[from]!
      let to = from + 1
      while (to < events.length && events[to]!.mod === mod) to++
      // A member that is behind, or a stream that repeats itself, tells nothing new.
      if (mod > this.#followed) {
        this.#options.follower.changes(mod, from === 0 && to === events.length ? events : events.slice(from, to))
        this.#followed = mod
      }
      from = to
    }
    this.#options.onResume()
    return answer.created || events.length > 0
  }

  #sleep (ms: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#options.clock.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Idempotent. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#stream?.cancel()
    this.#wake?.()
    await this.#running
  }
}
