// Raw TCP: a client's connection is joined with one to an endpoint that is picked. What flows is not looked at; a connection that cannot be made is made to another endpoint instead.

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ConcurrencyLimitError, systemClock } from '@roster/client'
import type { Clock, Instance, Picked } from '@roster/client'
import { Patience } from '@roster/client/calls'
import type { Sending, Waiting } from '@roster/client/calls'
import type { Connection } from '../http1/connection.js'
import { connectFailed, connectTimeout, wordOf } from '../http1/failure.js'
import { DEFAULT_LIMITS } from '../http1/limits.js'
import { Tunnel } from '../http1/tunnel.js'
import { RuleBook } from '../upstream/rules.js'
import type { Rules } from '../upstream/rules.js'
import type { Upstream } from '../upstream/upstream.js'

export interface TcpRecord {
  readonly connection: Connection
  readonly upstream: Upstream
  readonly instance: Instance | undefined
  readonly why: string
  /** Endpoints that were tried. */
  readonly attempts: number
  /** Empty when both sides ended in peace; else a word. */
  readonly reason: string
  readonly bytesIn: number
  readonly bytesOut: number
  /** Monotonic, ms; 0: did not happen. */
  readonly startedAt: number
  readonly connectedAt: number
  readonly endedAt: number
  /** The observer's own. */
  tag: unknown
}

export interface TcpObserver {
  connected? (record: TcpRecord): void
  /** Exactly once for every connection that was accepted. */
  ended? (record: TcpRecord): void
}

export interface TcpLimits {
  /** Connections at once. Default 10,000; more are closed at once. */
  readonly connections: number
  /** To connect to an endpoint, ms. Default 1,000. */
  readonly connectMs: number
  /** Without a byte in either direction, ms. Default 3,600,000; cut. */
  readonly idleMs: number
}

export interface TcpProxyOptions {
  readonly upstream: Upstream
  readonly clock?: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
  readonly observer?: TcpObserver
  readonly limits?: Partial<TcpLimits>
}

export interface TcpProxy {
  /** Takes a client's connection (`allowHalfOpen: true`). @param tag for `Connection.tag` */
  accept (socket: Socket, tag?: unknown): void
  readonly connections: number
  /** Waits for connections to end by themselves, and cuts them after so many ms. @returns whether all did */
  drain (graceMs: number): Promise<boolean>
  /** Cuts everything at once. Idempotent. */
  close (): void
}

export function createTcpProxy ({ upstream, clock = systemClock, random = Math.random, observer, limits }: TcpProxyOptions): TcpProxy {
  const all: TcpLimits = { connections: DEFAULT_LIMITS.connections, connectMs: DEFAULT_LIMITS.connectMs, idleMs: DEFAULT_LIMITS.tunnelIdleMs, ...limits }
  const joints = new Set<Joint>()
  const waiters: Array<() => void> = []
  const rules = new RuleBook(clock, random)
  const patience = new Patience(clock)
  let closed = false
  const parts: JointParts = {
    upstream,
    clock,
    patience,
    rules,
    limits: all,
    observer,
    ended: joint => {
      joints.delete(joint)
      if (joints.size === 0) for (const done of waiters.splice(0)) done()
    },
  }
  const close = () => {
    closed = true
    for (const joint of [...joints]) joint.cut('closed')
  }
  return {
    accept (socket, tag) {
      if (closed || joints.size >= all.connections) { socket.on('error', () => {}).destroy(); return }
      const joint = new Joint(socket, tag, parts)
      joints.add(joint)
      joint.start()
    },
    get connections () { return joints.size },
    async drain (graceMs) {
      if (joints.size === 0) { close(); return true }
      let cancel = () => {}
      const peaceful = await new Promise<boolean>(resolve => {
        waiters.push(() => resolve(true))
        cancel = clock.after(graceMs, () => resolve(false))
      })
      cancel()
      close()
      return peaceful
    },
    close,
  }
}

interface JointParts {
  readonly upstream: Upstream
  readonly clock: Clock
  readonly patience: Patience
  readonly rules: RuleBook
  readonly limits: TcpLimits
  readonly observer: TcpObserver | undefined
  readonly ended: (joint: Joint) => void
}

const nobody: ReadonlySet<string> = new Set()

/**
 * - connecting => joined | connecting (another endpoint, at once or after a pause) | over
 * - joined     => over
 */
class Joint implements TcpRecord, Sending, Waiting, Connection {
  // === of the client's connection ===
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  readonly encrypted: boolean
  // === the record ===
  readonly startedAt: number
  connectedAt = 0
  endedAt = 0
  bytesIn = 0
  bytesOut = 0
  reason = ''
  tag: unknown
  // === of the attempts ===
  attempt = 1
  attempts = 0
  tried: ReadonlySet<string> = nobody
  taken: Picked | undefined
  sent = false
  givenUp = false
  deadlineAt = Infinity
  resendable = true
  // === as one that waits ===
  until = Infinity
  before: Waiting | undefined
  after: Waiting | undefined
  #server: Socket | undefined
  #tunnel: Tunnel | undefined
  #rules: Rules | undefined
  #limited = false
  #over = false
  #cancel: (() => void) | undefined

  constructor (readonly client: Socket, tag: unknown, private readonly parts: JointParts) {
    this.remoteAddress = (client.remoteAddress ?? '').replace(/^::ffff:/, '')
    this.remotePort = client.remotePort ?? 0
    this.localPort = client.localPort ?? 0
    this.encrypted = 'encrypted' in client && client.encrypted === true
    this.tag = tag
    this.startedAt = parts.clock.monotonic()
    client.setNoDelay(true)
    client.pause()
    client.on('error', this.#clientGone).on('close', this.#clientGone)
  }

  get connection (): Connection { return this }
  get upstream (): Upstream { return this.parts.upstream }
  get instance (): Instance | undefined { return this.taken?.instance }
  get why (): string { return this.taken?.reason ?? '' }

  start (): void {
    const { upstream, rules } = this.parts
    const policy = this.#rules = rules.of(upstream, 'CONNECT', '/', upstream.policy.policy)
    const { limit } = policy
    if (limit !== undefined) {
      if (limit.active >= limit.max) { this.#fail(new ConcurrencyLimitError(upstream.name, limit.max)); return }
      limit.active++
      this.#limited = true
    }
    policy.budget?.call()
    if (upstream.balancer.size > 0 || upstream.source.snapshot().complete) { this.#connect(); return }
    void upstream.source.ready().then(() => { if (!this.#over) this.#connect() }).catch((error: Error) => this.#fail(error))
  }

  #connect (): void {
    const { upstream, clock, patience, limits } = this.parts
    try { this.taken = upstream.balancer.pick({ long: true, exclude: this.tried, mayProbe: true }) } catch (error) { this.#fail(error as Error); return }
    this.attempts++
    const { address: host, port } = this.taken.instance
    const { tls } = upstream
    const server = this.#server = tls === undefined
      ? connect({ host, port, noDelay: true, allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 15_000 })
      : connectTls({ host, port, rejectUnauthorized: tls.rejectUnauthorized ?? true, ...tls.servername !== undefined && { servername: tls.servername }, ...tls.ca !== undefined && { ca: tls.ca as string }, ...tls.cert !== undefined && { cert: tls.cert }, ...tls.key !== undefined && { key: tls.key } })
    server.once(tls === undefined ? 'connect' : 'secureConnect', this.#connected).on('error', this.#serverFailed)
    patience.add(this, limits.connectMs, clock.monotonic())
  }

  expired (): void { this.#serverFailed(connectTimeout(this.parts.limits.connectMs)) }

  readonly #connected = (): void => {
    const { clock, patience, limits, observer } = this.parts
    const server = this.#server!
    if (this.#over) { server.destroy(); return }
    patience.remove(this)
    server.off('error', this.#serverFailed)
    this.client.off('error', this.#clientGone).off('close', this.#clientGone)
    this.connectedAt = clock.monotonic()
    this.taken!.answering({ ok: true })
    this.#tunnel = new Tunnel(this.client, server, { clock, patience, idleMs: limits.idleMs }, (word, bytesIn, bytesOut) => {
      this.bytesIn = bytesIn
      this.bytesOut = bytesOut
      this.taken!.done({ ok: true })
      this.#finish(word)
    })
    observer?.connected?.(this)
  }

  readonly #serverFailed = (error: Error): void => {
    if (this.#over || this.#tunnel !== undefined) return
    const failure = 'word' in error ? error : connectFailed(error)
    this.parts.patience.remove(this)
    this.#dropServer()
    this.taken!.done({ ok: false })
    const pause = this.#rules!.retry?.afterError(this, failure, true)
    if (pause === undefined) { this.#fail(failure); return }
    if (pause === 0) this.#connect()
    else this.#cancel = this.parts.clock.after(pause, () => { if (!this.#over) this.#connect() })
  }

  readonly #clientGone = (): void => {
    if (this.#over || this.#tunnel !== undefined) return
    if (this.#server !== undefined) {
      this.parts.patience.remove(this)
      this.#dropServer()
      this.taken!.release()
    }
    this.#finish('client-gone')
  }

  /** Nobody listens to it any more, but for its last error. */
  #dropServer (): void {
    this.#server?.off('error', this.#serverFailed).on('error', () => {}).destroy()
    this.#server = undefined
  }

  #fail (error: Error): void {
    if (this.#over) return
    // A reset says that nobody is there; an end would look like an answer without a byte.
    this.client.off('close', this.#clientGone)
    if (!this.client.destroyed) this.client.resetAndDestroy()
    this.#finish(wordOf(error))
  }

  /** Ends it, whatever it is doing. */
  cut (word: string): void {
    if (this.#tunnel !== undefined) { this.#tunnel.cut(word); return }
    this.#clientGone()
    this.client.destroy()
  }

  #finish (word: string): void {
    if (this.#over) return
    this.#over = true
    this.givenUp = true
    this.#cancel?.()
    this.reason = word
    this.endedAt = this.parts.clock.monotonic()
    if (this.#limited) this.#rules!.limit!.active--
    this.parts.observer?.ended?.(this)
    this.parts.ended(this)
  }

  exclude (): void { if (this.taken !== undefined) this.tried = new Set([...this.tried, this.taken.instance.id]) }
  forget (): void { this.tried = nobody }
}
