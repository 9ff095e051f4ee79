// One client's line to the registry: a single watch connection for all that it follows, opened again when it is lost; blocking queries where there is no watch stream.
// It has no list and believes everything; doubting is the source's work (registry-source.ts).

import { isPermissionDenied, isSubscriptionError, isWatchUnsupported, WatchClosedError, WrongDatacenterError } from '../api/errors.js'
import type { RosterClientError } from '../api/errors.js'
import type { RosterApi } from '../api/index.js'
import type { Subscription, WatchConnection } from '../api/watch.js'
import type { CancelTimer, Clock } from '../clock.js'
import { quietPause } from './quiet-pause.js'
import { backoffMs, spread } from './backoff.js'
import { followBlocking } from './blocking-feed.js'
import type { ChainSink, Feed, FeedSink, InstanceQuestion, Sink } from './feed.js'
import { chainSubject, instancesSubject } from './subject.js'
import type { FrameReader, Subject } from './subject.js'

export interface RegistryFeedOptions {
  readonly api: Pick<RosterApi, 'health' | 'discoveryChain' | 'watch' | 'agent'>
  readonly clock: Clock
  readonly random: () => number
  /** Datacenter that the registry has to be in. */
  readonly datacenter?: string | undefined
}

/** One followed subject. What its values are is between it and its sink. */
interface Followed {
  readonly subject: Subject<unknown>
  readonly sink: Sink<unknown>
  readonly ended: AbortController
  read: FrameReader<unknown>
  /** Last index that was taken in; 0: begin anew. */
  index: number
  subscription: Subscription | undefined
  /** Subscriptions in a row that the registry refused. */
  refusals: number
  cancelRetry: CancelTimer
}

/** A registry without a watch stream is asked for one again after this, ms: it may have been replaced, or something else answered in its place. */
const ASK_AGAIN_MS = 60_000

export class RegistryFeed implements Feed {
  readonly #options: RegistryFeedOptions
  readonly #followed = new Set<Followed>()
  readonly #closing = new AbortController()
  #connection: WatchConnection | undefined
  /** Blocking queries run; ended when a watch stands, or the feed is closed. */
  #blocking: AbortController | undefined
  #running: Promise<void> | undefined

  constructor (options: RegistryFeedOptions) { this.#options = options }

  follow (question: InstanceQuestion, sink: FeedSink): () => void { return this.#follow(instancesSubject(question), sink) }
  followChain (service: string, sink: ChainSink): () => void { return this.#follow(chainSubject(service), sink) }

  #follow<V> (subject: Subject<V>, given: Sink<V>): () => void {
    const sink = given as Sink<unknown>
    const followed: Followed = { subject, sink, ended: new AbortController(), read: readerOf(subject), index: 0, subscription: undefined, refusals: 0, cancelRetry: () => {} }
    this.#followed.add(followed)
    if (subject.watch === undefined) this.#block(followed, this.#closing.signal)
    else if (this.#connection !== undefined) this.#subscribe(followed, this.#connection)
    else if (this.#blocking !== undefined) this.#block(followed, this.#blocking.signal)
    this.#running ??= this.#run()
    return () => {
      this.#followed.delete(followed)
      followed.ended.abort()
      followed.cancelRetry()
      followed.subscription?.close()
    }
  }

  async close (): Promise<void> {
    this.#closing.abort()
    for (const { ended, cancelRetry } of this.#followed) { ended.abort(); cancelRetry() }
    this.#followed.clear()
    this.#blocking?.abort()
    await this.#connection?.close()
    await this.#running
  }

  /** idle => (watching | blocking); watching => lost => watching; blocking => watching. Ends with the feed. */
  async #run (): Promise<void> {
    const { clock, random } = this.#options
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted;) {
      let wait: number
      try {
        await this.#checkDatacenter(signal)
        const connection = await this.#options.api.watch.open({ signal })
        failures = 0
        this.#tellLost(await this.#watch(connection))
        wait = backoffMs(0, random)
      } catch (error) {
        if (signal.aborted) break
        if (isWatchUnsupported(error)) {
          this.#startBlocking()
          wait = spread(ASK_AGAIN_MS, random)
        } else {
          // While queries are answered, a stream that cannot be opened is no loss.
          if (this.#blocking === undefined) this.#tellLost(error as RosterClientError)
          wait = this.#blocking === undefined ? backoffMs(failures++, random) : spread(ASK_AGAIN_MS, random)
        }
      }
      await quietPause(clock, wait, signal)
    }
  }

  /** A stranger's datacenter has services of the same names: its instances must not get a single call. */
  async #checkDatacenter (signal: AbortSignal): Promise<void> {
    const { api, datacenter } = this.#options
    if (datacenter === undefined) return
    try {
      const { value } = await api.agent.self({ signal })
      if (value.Config.Datacenter !== datacenter) {
        this.#blocking?.abort()
        this.#blocking = undefined
        throw new WrongDatacenterError(datacenter, value.Config.Datacenter)
      }
    } catch (error) {
      // A token that may read services need not be allowed to read the agent.
      if (!isPermissionDenied(error)) throw error
    }
  }

  /** Serves all on one connection until it is over. @returns why */
  async #watch (connection: WatchConnection): Promise<RosterClientError> {
    if (this.#closing.signal.aborted) { await connection.close(); return new WatchClosedError('The watch connection is closed', 1000, '') }
    this.#blocking?.abort()
    this.#blocking = undefined
    this.#connection = connection
    for (const followed of this.#followed) this.#subscribe(followed, connection)
    const error = await connection.closed
    this.#connection = undefined
    for (const followed of this.#followed) { followed.cancelRetry(); followed.subscription = undefined }
    return error ?? new WatchClosedError('The watch connection is closed', 1000, '')
  }

  #subscribe (followed: Followed, connection: WatchConnection): void {
    const { watch } = followed.subject
    if (watch === undefined) return
    const since = followed.index
    let resumes = since > 0
    followed.subscription = connection.subscribe(watch.kind, watch.params, {
      frame: frame => {
        followed.refusals = 0
        const index = frame.index
        if (frame.type === 'progress') followed.sink.still(index)
        else {
          // A snapshot after `since` is a new history; a resync and a change go on from what was said before.
          const continued = frame.type === 'change' || (frame.type === 'resync' && !resumes)
          followed.sink.rows(followed.read(frame), index, continued)
        }
        resumes = false
        followed.index = index
        followed.subscription?.ack(index)
      },
      end: error => { if (isSubscriptionError(error) && this.#connection === connection && this.#followed.has(followed)) this.#refused(followed, connection, error) },
    }, since > 0 ? { since } : {})
  }

  /** The connection's own end is told by `#run`; here one subscription ended while the others go on. */
  #refused (followed: Followed, connection: WatchConnection, error: RosterClientError): void {
    const { clock, random } = this.#options
    followed.subscription = undefined
    followed.index = 0
    followed.read = readerOf(followed.subject)
    followed.cancelRetry()
    followed.cancelRetry = clock.after(backoffMs(followed.refusals++, random), () => {
      if (this.#connection === connection && this.#followed.has(followed)) this.#subscribe(followed, connection)
    })
    followed.sink.lost(error)
  }

  #startBlocking (): void {
    if (this.#blocking !== undefined) return
    this.#blocking = new AbortController()
    for (const followed of this.#followed) if (followed.subject.watch !== undefined) this.#block(followed, this.#blocking.signal)
  }

  #block (followed: Followed, stop: AbortSignal): void {
    followed.index = 0
    followed.read = readerOf(followed.subject)
    const ended = new AbortController()
    const end = () => { ended.abort() }
    stop.addEventListener('abort', end, { once: true })
    followed.ended.signal.addEventListener('abort', end, { once: true })
    void followBlocking(followed.subject, followed.sink, ended.signal, this.#options).finally(() => {
      stop.removeEventListener('abort', end)
      followed.ended.signal.removeEventListener('abort', end)
    })
  }

  #tellLost (error: RosterClientError): void {
    if (!this.#closing.signal.aborted) for (const { sink, subject } of this.#followed) if (subject.watch !== undefined) sink.lost(error)
  }
}

/** What is never watched has nothing to be read. */
const readerOf = ({ watch }: Subject<unknown>): FrameReader<unknown> => watch?.reader() ?? (() => undefined)
