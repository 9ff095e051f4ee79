// One watch stream: frames in, frames out, and what happens when its reader is slow. Knows a sink to write to and nothing of WebSocket.
//
//   live ──backlog over the bound──► lagging (nothing is sent) ──drained──► resync of each changed subscription ──► live
//                                       └──not drained within LAG_PATIENCE_MS──► closed

import { parseFrame } from './protocol.js'
import { kindNamed } from './kinds.js'
import type { CancelTimer } from '../clock.js'
import { frameText } from './view.js'
import type { Change, View } from './view.js'
import type { ClientFrame } from './protocol.js'
import type { Views } from './views.js'
import type { Watcher, Watchers } from './watchers.js'
import type { Roster } from '../roster.js'

/** Where frames go. */
export interface Sink {
  send (frame: string | Buffer): void
  /** Bytes that were sent and have not left yet. */
  readonly backlog: number
  close (code: number, reason: string): void
}

/** WebSocket close codes, RFC 6455 section 7.4.1. */
export const CLOSE = { GOING_AWAY: 1001, POLICY: 1008, TOO_SLOW: 4000 } as const

/** How often a slow reader is looked at, ms. */
const LAG_CHECK_MS = 100
/** How long it may stay slow, ms. */
const LAG_PATIENCE_MS = 10_000
/** Frames that a client may send within a second; more is a flood. */
const MAX_FRAMES_PER_SECOND = 2000

interface Subscription {
  readonly id: string
  readonly key: string
  readonly view: View
  readonly watcher: Watcher
  readonly end: () => void
  /** Missed a change while lagging. */
  stale: boolean
}

export interface StreamStats {
  open: number
  subscriptions: number
  framesSent: number
  framesReceived: number
  /** Readers moved to the newest state because they were slow. */
  resyncs: number
  /** Readers closed because they stayed slow, or flooded. */
  closedSlow: number
  closedFlood: number
  refused: number
}

export interface StreamContext {
  readonly roster: Roster
  readonly views: Views
  readonly watchers: Watchers
  readonly stats: StreamStats
}

export class Connection {
  readonly #context: StreamContext
  readonly #sink: Sink
  readonly #client: string
  readonly #subscriptions = new Map<string, Subscription>()
  #lagging: CancelTimer | undefined
  #lagSince = 0
  #second = 0
  #frames = 0

  /** @param client address and port, for `/v1/watchers` */
  constructor (context: StreamContext, sink: Sink, client: string) {
    this.#context = context
    this.#sink = sink
    this.#client = client
    context.stats.open++
  }

  /** A text frame from the client. */
  receive (text: string): void {
    const { stats, roster } = this.#context
    stats.framesReceived++
    const second = Math.floor(roster.clock.monotonic() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#frames = 0
    }
    if (++this.#frames > MAX_FRAMES_PER_SECOND) {
      stats.closedFlood++
      this.#sink.close(CLOSE.POLICY, 'too many frames')
      return
    }
    const frame = parseFrame(text)
    if (typeof frame === 'string') this.#error('', frame)
    else this.#act(frame)
  }

  #act (frame: ClientFrame): void {
    const known = this.#subscriptions.get(frame.id)
    switch (frame.op) {
      case 'ack':
        if (known !== undefined) this.#context.watchers.ack(known.watcher, frame.index)
        return
      case 'unsub':
        if (known === undefined) this.#error(frame.id, 'no subscription has this id')
        else this.#remove(known)
        return
      case 'sub': this.#subscribe(frame)
    }
  }

  #subscribe ({ id, kind, params, since }: Extract<ClientFrame, { op: 'sub' }>): void {
    const { roster, views, watchers, stats } = this.#context
    if (this.#subscriptions.has(id)) {
      this.#error(id, 'this id is in use')
      return
    }
    const limit = roster.config.limits.maxSubscriptionsPerStream
    if (this.#subscriptions.size >= limit) {
      stats.refused++
      this.#error(id, `a stream may have ${limit} subscriptions at most`)
      return
    }
    const subject = kindNamed(roster, kind)?.subject(roster, params) ?? `unknown kind "${kind}"`
    if (typeof subject === 'string') {
      this.#error(id, subject)
      return
    }
    const key = JSON.stringify([kind, Object.entries(params).sort(([a], [b]) => a < b ? -1 : 1)])
    const view = views.get(key, subject)
    const watcher: Watcher = { id: watchers.nextId(), client: this.#client, kind, name: subject.name, since: roster.clock.now(), acked: -1, sent: view.index, upTo: () => view.toldUpTo }
    const forget = watchers.add(watcher)
    const subscription: Subscription = {
      id,
      key,
      view,
      watcher,
      stale: false,
      end: () => {
        silence()
        forget()
        views.left(key)
      },
    }
    const silence = view.listen(change => this.#changed(subscription, change))
    this.#subscriptions.set(id, subscription)
    stats.subscriptions++
    this.#begin(subscription, since)
  }

  /** Resumes where the client was, if that is still known; else begins with everything. */
  #begin ({ id, view }: Subscription, since: number | undefined): void {
    const missed = since === undefined ? undefined : view.since(since)
    if (missed === undefined) this.#send(id, view.whole('snapshot'))
    else if (missed.length === 0) this.#send(id, `"type":"progress","index":${view.index},"upserts":[],"removes":[]`)
    else for (const change of missed) this.#put(change.frame(id))
  }

  #changed (subscription: Subscription, change: Change): void {
    subscription.watcher.sent = change.to
    if (this.#lagging !== undefined) {
      subscription.stale = true
      return
    }
    this.#put(change.frame(subscription.id))
  }

  #send (id: string, tail: string): void { this.#put(frameText(id, tail)) }

  #put (frame: string | Buffer): void {
    this.#context.stats.framesSent++
    this.#sink.send(frame)
    if (this.#sink.backlog > this.#context.roster.config.limits.maxStreamBacklogBytes && this.#lagging === undefined) {
      this.#lagSince = this.#context.roster.clock.monotonic()
      this.#lagging = this.#context.roster.clock.after(LAG_CHECK_MS, () => this.#lookAtLag())
    }
  }

  #lookAtLag (): void {
    const { clock } = this.#context.roster
    this.#lagging = undefined
    if (this.#sink.backlog > 0) {
      if (clock.monotonic() - this.#lagSince > LAG_PATIENCE_MS) {
        this.#context.stats.closedSlow++
        this.#sink.close(CLOSE.TOO_SLOW, 'the reader is too slow')
      } else this.#lagging = clock.after(LAG_CHECK_MS, () => this.#lookAtLag())
      return
    }
    for (const subscription of this.#subscriptions.values()) {
      if (!subscription.stale) continue
      subscription.stale = false
      subscription.watcher.sent = subscription.view.index
      this.#context.stats.resyncs++
      this.#send(subscription.id, subscription.view.whole('resync'))
    }
  }

  /** Tells where each subscription stands although nothing has changed. */
  progress (): void {
    if (this.#lagging !== undefined) return
    for (const { id, view } of this.#subscriptions.values()) this.#send(id, `"type":"progress","index":${view.index},"upserts":[],"removes":[]`)
  }

  #error (id: string, why: string): void {
    this.#send(id, `"type":"error","index":0,"upserts":[],"removes":[],"error":${JSON.stringify(why)}`)
  }

  #remove (subscription: Subscription): void {
    this.#subscriptions.delete(subscription.id)
    this.#context.stats.subscriptions--
    subscription.end()
  }

  /** The client is gone. */
  end (): void {
    this.#lagging?.()
    this.#lagging = undefined
    for (const subscription of [...this.#subscriptions.values()]) this.#remove(subscription)
    this.#context.stats.open--
  }
}
