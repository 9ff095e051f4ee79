// The life of one request: routed, let through by the policies of its upstream, sent to an endpoint, sent again where that is due, and answered once. Joins a client's connection with a
// server's; every decision about whom and whether is the SDK's, every byte is read and written by the connections.

import type { Socket } from 'node:net'
import { CircuitOpenError, ConcurrencyLimitError, TimeoutError } from '@roster/client'
import type { Clock, Instance, Picked } from '@roster/client'
import { DEFAULT_ATTEMPT_TIMEOUT, isFailureStatus, isInstanceFailure, limitMs, retryAfterMs, routeOf } from '@roster/client/calls'
import type { Sending } from '@roster/client/calls'
import type { Fault } from '../wire/fault.js'
import type { FieldLines } from '../wire/field-lines.js'
import { keptTrailers } from '../wire/forwarded-lines.js'
import { field } from '../wire/known-fields.js'
import type { RequestHead } from '../wire/request-head.js'
import type { ResponseHead } from '../wire/response-head.js'
import type { RuleBook, Rules } from '../upstream/rules.js'
import type { Upstream } from '../upstream/upstream.js'
import type { ClientConnection, RequestSink } from './client-connection.js'
import { refusalOf, wordOf } from './failure.js'
import type { Told } from './handed.js'
import { Handed } from './handed-exchange.js'
import type { ForwardedOptions } from './http1-proxy.js'
import type { Http1Limits } from './limits.js'
import type { ExchangeEnd, ExchangeRecord, Observer } from './observer.js'
import { ownAnswer } from './own-answer.js'
import type { Pools } from './pools.js'
import { requestText } from './request-text.js'
import type { RequestParts } from './request-text.js'
import { informationText, responseText, switchingText } from './response-text.js'
import type { Passing } from './response-text.js'
import { isHandled, isRefusal } from './route.js'
import type { Decision, Forward, Handled, HeaderChange, Refusal, Route } from './route.js'
import type { AnswerSink, ServerConnection } from './server-connection.js'

/** What exchanges of one proxy share. */
export interface ExchangeParts {
  readonly route: Route
  readonly clock: Clock
  readonly limits: Http1Limits
  readonly rules: RuleBook
  readonly pools: Pools
  readonly observer: Observer | undefined
  readonly forwarded: ForwardedOptions
  readonly via: string
  /** Answers are the last of their connections. */
  readonly leaving: () => boolean
  /** Two sockets become one stream. @param over told once, with a word if it did not end in peace */
  readonly join: (client: ClientConnection, server: Socket, fromServer: Buffer, over: (word: string, bytesIn: number, bytesOut: number) => void) => void
  readonly began: (exchange: Exchange) => void
  readonly ended: (exchange: Exchange) => void
}

const nobody: ReadonlySet<string> = new Set()
const NO_CHANGES: readonly HeaderChange[] = []

/**
 * - routing  => waiting (a fault's delay, or a first list) | sending | handed (to somebody else) | over (refused)
 * - waiting  => sending | over
 * - sending  => pausing (another attempt is due, later) | sending (at once) | answering | tunnel | over
 * - pausing  => sending | over
 * - answering => over
 */
type State = 'routing' | 'waiting' | 'sending' | 'pausing' | 'answering' | 'tunnel' | 'handed' | 'over'

export class Exchange implements ExchangeRecord, Sending, RequestSink, AnswerSink {
  state: State = 'routing'
  // === the record ===
  upstream: Upstream | undefined
  status = 0
  end: ExchangeEnd = 'ok'
  reason = ''
  bytesIn = 0
  bytesOut = 0
  readonly startedAt: number
  answeredAt = 0
  endedAt = 0
  tag: unknown
  // === how often it was sent ===
  attempt = 1
  tried: ReadonlySet<string> = nobody
  taken: Picked | undefined
  sent = false
  givenUp = false
  deadlineAt = Infinity
  resendable = false
  long = false
  #sends = 0
  #route: string | undefined
  #rules: Rules | undefined
  #forward: Forward | undefined
  #parts: RequestParts | undefined
  #changes = NO_CHANGES
  #numbered = false
  #connection: ServerConnection | undefined
  #attemptAt = 0
  #attemptMs = Infinity
  /** Body so far, for another attempt; `undefined` when it is too long to be kept, or need not be. */
  #replay: Buffer[] | undefined
  #requestDone: boolean
  #requestTail = ''
  #passing: Passing = 'as-is'
  #keep = true
  #limited = false
  #trial = false
  #judged = false
  #continued = false
  #again = false
  #cancel: (() => void) | undefined
  #handed: Handed | undefined
  /** By whom it was handed to. */
  #told: Told | undefined

  constructor (readonly client: ClientConnection, readonly head: RequestHead, private readonly parts: ExchangeParts) {
    this.startedAt = parts.clock.monotonic()
    this.#requestDone = client.requestDone
  }

  get connection (): ClientConnection { return this.client }
  get instance (): Instance | undefined { return this.#told?.instance ?? this.taken?.instance }
  get why (): string { return this.#told?.why ?? this.taken?.reason ?? '' }
  get attempts (): number { return this.#told?.attempts ?? this.#sends }
  get grpcStatus (): string | undefined { return this.#told?.grpcStatus }
  get route (): string { return this.#route ??= routeOf(this.head.method, this.head.path) }
  get isOver (): boolean { return this.state === 'over' }

  // === routing ===

  start (): void {
    this.parts.began(this)
    const loop = this.#loops()
    if (loop) { this.refuse({ status: 508, reason: 'loop', message: 'the request has come through here too often', close: true }); return }
    let decision: Decision | Promise<Decision>
    try { decision = this.parts.route(this.head, this.client) } catch (error) { this.fail(error as Error); return }
    if (!(decision instanceof Promise)) { this.#decide(decision); return }
    this.client.hold()
    void decision.then(decided => {
      if (this.isOver) return
      this.#decide(decided)
      this.client.unhold()
      if (this.state === 'waiting' || this.state === 'pausing') this.client.pause()
    }).catch((error: Error) => this.fail(error))
  }

  /** Whether this proxy finds its own name among those that the request has passed, more often than services that call one another make it. */
  #loops (): boolean {
    const { lines } = this.head
    const { via } = this.parts
    let times = 0
    for (let i = 0; i < lines.count; i++) {
      if (lines.known(i) !== field.via) continue
      const value = lines.value(i)
      for (let at = value.indexOf(via); at >= 0; at = value.indexOf(via, at + 1)) times++
    }
    return times >= MAX_LOOPS
  }

  #decide (decision: Decision): void {
    if (isRefusal(decision)) { this.refuse(decision); return }
    if (isHandled(decision)) { this.#handOver(decision); return }
    const { head } = this
    const { upstream, policy, fault } = decision
    this.#forward = decision
    this.upstream = upstream
    const rules = this.#rules = this.parts.rules.of(upstream, head.method, head.path, policy)
    const { lines } = head
    this.#numbered = numbered(lines.valueOf(field['x-roster-attempt']))
    this.long = rules.policy.long || head.upgrade !== undefined || head.method === 'CONNECT'
    // Whoever got a numbered request does not number again: retries of retries are how small failures become outages.
    this.resendable = rules.resendable(head.method) && !this.#numbered && head.upgrade === undefined
    const left = Math.min(rules.policy.timeoutMs || Infinity, milliseconds(lines.valueOf(field['x-roster-deadline'])))
    if (left !== Infinity) {
      this.deadlineAt = this.startedAt + left
      if (left <= 0) { this.deadlinePassed(); return }
    }
    // For who cannot send twice it is kept until a connection stands.
    if (!this.#requestDone) this.#replay = []
    this.client.arm()
    if (fault !== undefined) { this.#suffer(fault); return }
    this.#admit()
  }

  /** Somebody else answers. */
  #handOver ({ handle }: Handled): void {
    const { head, client } = this
    if (head.method === 'CONNECT') { this.refuse({ status: 501, reason: 'no-tunnel', message: 'there is no tunnel to this' }); return }
    this.state = 'handed'
    this.long = true
    const left = milliseconds(head.lines.valueOf(field['x-roster-deadline']))
    const text = requestText({ head, connection: client, forwarded: this.parts.forwarded, via: `Via: 1.${head.minor} ${this.parts.via}\r\n`, target: head.path, host: undefined }, NO_CHANGES, 0, left)
    const headers = text.split('\r\n').slice(1, -2).map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
      .filter(([name]) => !/^(connection|upgrade|content-length|transfer-encoding|expect)$/i.test(name))
    const { leaving } = this.parts
    this.#handed = new Handed(head, client, headers, client, {
      answered: status => {
        this.status = status
        this.answeredAt = this.parts.clock.monotonic()
      },
      wrote: bytes => { this.bytesOut += bytes },
      ended: keep => {
        this.#over('ok', '')
        client.finish(keep && this.#requestDone)
      },
      cut: () => {
        if (this.status === 0) this.refuse({ status: 502, reason: 'failed', message: 'whoever should have answered gave up', close: true })
        else this.#cut('cut')
      },
      get leaving () { return leaving() },
      record: this,
      told: facts => {
        this.#told = { ...this.#told, ...facts }
        this.upstream = facts.upstream ?? this.upstream
      },
    })
    try { handle(this.#handed) } catch (error) { this.#handed.end(error as Error); this.fail(error as Error) }
  }

  #suffer ({ delayMs = 0, abortStatus }: NonNullable<Forward['fault']>): void {
    const then = () => {
      this.client.resume()
      if (abortStatus === undefined) this.#admit()
      else this.refuse({ status: abortStatus, reason: 'fault', message: 'this failure was asked for by a policy' })
    }
    if (delayMs <= 0) { then(); return }
    this.state = 'waiting'
    this.client.pause()
    this.#cancel = this.parts.clock.after(delayMs, () => { if (!this.isOver) then() })
  }

  /** Through the gates of the policy, in the SDK's order. */
  #admit (): void {
    const { balancer, source } = this.upstream!
    if (balancer.size === 0 && !source.snapshot().complete) {
      this.state = 'waiting'
      this.client.pause()
      void source.ready().then(() => {
        if (this.isOver) return
        this.client.resume()
        this.#pass()
      }).catch((error: Error) => this.fail(error))
      return
    }
    this.#pass()
  }

  #pass (): void {
    const { limit, breaker, budget } = this.#rules!
    const { name } = this.upstream!
    if (limit !== undefined) {
      if (limit.active >= limit.max) { this.fail(new ConcurrencyLimitError(name, limit.max)); return }
      limit.active++
      this.#limited = true
    }
    if (breaker !== undefined) {
      const wait = breaker.refusedFor(this.parts.clock.monotonic())
      if (wait > 0) { this.fail(new CircuitOpenError(name, wait)); return }
      this.#trial = breaker.state === 'half-open'
      this.#judged = true
    }
    budget?.call()
    const began = this.parts.observer?.began?.(this)
    const asked = this.#forward!.requestHeaders
    if (began !== undefined || asked !== undefined) this.#changes = [...asked ?? NO_CHANGES, ...began ?? NO_CHANGES]
    const { target, host } = this.#forward!
    const { head, client } = this
    this.#parts = { head, connection: client, forwarded: this.parts.forwarded, via: head.minor === 1 ? `Via: 1.1 ${this.parts.via}\r\n` : `Via: 1.0 ${this.parts.via}\r\n`, target: target ?? head.path, host: host ?? (head.host === '' ? name : undefined) }
    this.#send()
  }

  // === sending ===

  #send (): void {
    const { head, parts, upstream } = this
    const { balancer, policy: { service: { hashHeader } } } = upstream!
    const { clock, pools } = parts
    this.state = 'sending'
    this.sent = false
    let picked: Picked
    try {
      picked = balancer.pick({ route: this.route, long: this.long, exclude: this.tried, mayProbe: this.resendable, ...hashHeader !== undefined && { key: head.get(hashHeader)! } })
    } catch (error) { this.fail(error as Error); return }
    this.taken = picked
    this.#sends++
    const connects = head.method === 'CONNECT'
    // What goes through a tunnel is the client's own, its encryption too.
    const pool = pools.of(picked.instance, connects ? undefined : upstream!.tls)
    const now = this.#attemptAt = clock.monotonic()
    this.#start(this.#again || connects ? pool.fresh() : pool.take(!this.resendable, now), now)
  }

  #start (connection: ServerConnection, now: number): void {
    const { head } = this
    const pieces = this.#replay
    this.#connection = connection
    connection.begin(this, head)
    if (head.method === 'CONNECT') return
    const changes = this.parts.observer?.attempt?.(this)
    const all = changes === undefined ? this.#changes : [...this.#changes, ...changes]
    const text = requestText(this.#parts!, all, this.#numbered ? 0 : this.attempt, this.deadlineAt === Infinity ? Infinity : this.deadlineAt - now)
    const { socket } = connection
    connection.requestDone = this.#requestDone
    this.#watch(connection, now)
    if (head.framing === 'none') { socket.write(text, 'latin1'); return }
    // Head and what there is of the body go out together.
    socket.cork()
    socket.write(text, 'latin1')
    if (pieces !== undefined) for (const piece of pieces) socket.write(piece)
    this.#forgetBody()
    if (this.#requestDone && this.#requestTail !== '') socket.write(this.#requestTail, 'latin1')
    process.nextTick(uncork, socket)
  }

  /** How long this endpoint may take, where another could take over. */
  #watch (connection: ServerConnection, now: number): void {
    const { policy, upstream } = this.#rules!
    this.#attemptMs = policy.attemptTimeout === false || !this.resendable || this.long || upstream.balancer.isLong(this.route) ? Infinity : limitMs(policy.attemptTimeout, upstream.memory.times.p99(now))
    if (connection.state === 'busy') connection.until = now + this.#attemptMs
  }

  connected (): void {
    if (this.isOver) return
    const connection = this.#connection!
    if (this.head.method === 'CONNECT') { this.#tunnel(connection); return }
    this.sent = true
    if (!this.resendable) this.#replay = undefined
    connection.until = this.#attemptAt + this.#attemptMs
  }

  requestContent (bytes: Buffer, from: number, to: number): void {
    this.bytesIn += to - from
    if (this.isOver || this.#handed !== undefined) return
    const part = bytes.subarray(from, to)
    this.#replay?.push(part)
    if (this.state !== 'sending' && this.state !== 'answering') { this.client.pause(); return }
    this.#forgetBody()
    if (this.#connection === undefined || this.#connection.state === 'dead') return
    if (!this.#connection.socket.write(part)) this.client.pause()
  }

  /** A body that has grown too long is sent once. */
  #forgetBody (): void { if (this.bytesIn > this.parts.limits.replayBytes) this.#replay = undefined }

  requestEnded (trailers: FieldLines | undefined): void {
    this.#requestDone = true
    if (this.#handed !== undefined) { this.#handed.requestEnded(trailers); return }
    if (trailers !== undefined) this.#requestTail = `${keptTrailers(trailers)}\r\n`
    const connection = this.#connection
    if (connection === undefined || this.isOver || (this.state !== 'sending' && this.state !== 'answering')) return
    if (this.#requestTail !== '') connection.socket.write(this.#requestTail, 'latin1')
    connection.requestDone = true
  }

  /** The endpoint takes more. */
  writable (): void {
    if (this.#handed !== undefined) { this.#handed.writable(); return }
    const server = this.#connection?.socket
    if (server === undefined || this.isOver) return
    if (!server.writableNeedDrain && this.state !== 'pausing' && this.state !== 'waiting') this.client.resume()
    if (!this.client.socket.writableNeedDrain && server.isPaused()) server.resume()
  }

  /** Whether the body, as far as it was sent, can be sent again. */
  get #bodyAgain (): boolean { return this.head.framing === 'none' || this.#replay !== undefined || this.bytesIn === 0 }

  /** @returns whether the call goes on, after a pause or at once */
  #goOn (pause: number | undefined): boolean {
    if (pause === undefined) return false
    this.#connection = undefined
    this.#continued = false
    if (pause === 0) { this.#send(); return true }
    this.state = 'pausing'
    this.#cancel = this.parts.clock.after(pause, () => {
      if (this.isOver) return
      this.#send()
      if (!this.isOver) this.client.resume()
    })
    return true
  }

  exclude (): void { if (this.taken !== undefined) this.tried = new Set([...this.tried, this.taken.instance.id]) }
  forget (): void { this.tried = nobody }

  // === the answer ===

  informed (head: ResponseHead): void {
    if (this.head.minor === 0) return
    // What the client did not wait for is ours alone; and it waits once, however often the request is sent.
    if (head.status === 100) {
      if (!this.head.expectsContinue || this.#continued) return
      this.#continued = true
    }
    this.client.write(informationText(head))
  }

  answered (head: ResponseHead): void {
    const { clock } = this.parts
    const { memory } = this.upstream!
    const connection = this.#connection!
    const { status } = head
    const now = clock.monotonic()
    const ok = !isFailureStatus(status)
    const picked = this.taken!
    const asked = ok ? undefined : retryAfterMs(head.lines.valueOf(field['retry-after']), clock.now())
    picked.answering(asked === undefined ? { ok } : { ok, retryAfterMs: asked })
    if (ok && !this.long) memory.times.observe(now - this.#attemptAt, now)
    this.parts.observer?.attempted?.(this, status, '')
    // A policy may name statuses that are no failure of the instance.
    if (status >= 400) {
      const pause = this.#rules!.retry?.afterStatus(this, status, asked, this.#bodyAgain)
      if (pause !== undefined) {
        picked.done({ ok: true })
        connection.dump()
        this.#goOn(pause)
        return
      }
    }
    this.#answer(head, now)
  }

  #answer (head: ResponseHead, now: number): void {
    const { client, parts } = this
    const connection = this.#connection!
    const asked = this.head
    this.state = 'answering'
    this.status = head.status
    this.answeredAt = now
    this.#replay = undefined
    // An upgrade that was not granted leaves bytes behind that nobody knows the meaning of; a body that is not there yet may never come.
    this.#keep = asked.minor === 1 && !asked.connection.close && this.#requestDone && asked.upgrade === undefined && !parts.leaving()
    const { text, passing } = responseText(head, asked.method, asked.minor, asked.takesTrailers, !this.#keep, this.#forward!.responseHeaders)
    this.#passing = passing
    connection.until = this.long || head.framing === 'none' ? Infinity : now + parts.limits.responseIdleMs
    if (passing === 'unchunked') connection.onData = (bytes, from, to) => { this.#wrote(client.content(bytes, from, to)) }
    client.head(text)
  }

  content (bytes: Buffer, from: number, to: number): void {
    const { client } = this
    this.bytesOut += to - from
    if (!this.long) this.#connection!.until = this.parts.clock.monotonic() + this.parts.limits.responseIdleMs
    if (this.#passing === 'as-is') { this.#wrote(client.content(bytes, from, to)); return }
    if (this.#passing !== 'chunked') return
    client.cork()
    client.write(`${(to - from).toString(16)}\r\n`)
    client.content(bytes, from, to)
    const goesOn = client.write('\r\n')
    client.uncork()
    this.#wrote(goesOn)
  }

  /** Whoever does not keep up is not flooded. */
  #wrote (goesOn: boolean): void { if (!goesOn && this.#connection?.state === 'busy') this.#connection.socket.pause() }

  flush (): void { if (this.state === 'answering') this.client.flush() }

  ended (trailers: FieldLines | undefined): void {
    if (this.#passing === 'chunked') this.client.write('0\r\n\r\n')
    else if (trailers !== undefined && this.#passing === 'as-is') this.client.write(`${this.head.takesTrailers ? keptTrailers(trailers) : ''}\r\n`)
    this.taken!.done({ ok: true })
    this.#over('ok', '')
    this.client.finish(this.#keep && this.#requestDone)
  }

  switched (head: ResponseHead, socket: Socket, rest: Buffer): void {
    this.status = 101
    this.answeredAt = this.parts.clock.monotonic()
    this.taken!.answering({ ok: true })
    this.parts.observer?.attempted?.(this, 101, '')
    this.client.write(switchingText(head, this.#forward!.responseHeaders))
    this.#join(socket, rest)
  }

  #tunnel (connection: ServerConnection): void {
    this.status = 200
    this.answeredAt = this.parts.clock.monotonic()
    this.taken!.answering({ ok: true })
    this.parts.observer?.attempted?.(this, 200, '')
    this.client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    this.#join(connection.release(), Buffer.alloc(0))
  }

  #join (socket: Socket, rest: Buffer): void {
    this.state = 'tunnel'
    this.parts.join(this.client, socket, rest, (word, bytesIn, bytesOut) => {
      this.bytesIn += bytesIn
      this.bytesOut += bytesOut
      this.taken!.done({ ok: true })
      this.#over('tunnel', word)
    })
  }

  // === what goes wrong ===

  failed (error: Error): void {
    const connection = this.#connection!
    const picked = this.taken!
    if (this.state === 'answering') {
      picked.done({ ok: false })
      if (this.client.dropHead()) this.fail(error)
      else this.#cut(wordOf(error))
      return
    }
    this.parts.observer?.attempted?.(this, 0, wordOf(error))
    // The server closed a kept connection while we began to use it: that says nothing of it, and nothing has been done yet.
    if (connection.used && !connection.heard && this.resendable && this.#bodyAgain && !this.#again) {
      picked.release()
      this.#again = true
      this.#connection = undefined
      this.#send()
      this.#again = false
      return
    }
    if (isInstanceFailure(error)) picked.done({ ok: false })
    else picked.release()
    if (this.#goOn(this.#rules!.retry?.afterError(this, error, this.#bodyAgain))) return
    this.fail(error)
  }

  /** The endpoint has been silent for too long. */
  overdue (): void {
    if (this.state === 'answering') {
      this.#leaveConnection(false)
      this.#cut('silent')
      return
    }
    // The others may have gone, or come, meanwhile.
    if (this.#rules!.retry?.couldMoveOn(this) !== true) return
    const error = new TimeoutError(`An instance of "${this.upstream!.name}" did not answer within ${this.#attemptMs} ms`, this.#attemptMs)
    this.#connection!.destroy()
    this.taken!.done({ ok: false })
    this.parts.observer?.attempted?.(this, 0, 'timeout')
    if (!this.#goOn(this.#rules!.retry.afterError(this, error, this.#bodyAgain))) this.fail(error)
  }

  deadlinePassed (): void {
    if (this.isOver) return
    this.givenUp = true
    const answering = this.state === 'answering'
    const blamed = !answering && this.#blames()
    this.#leaveConnection(!blamed)
    if (answering) this.#cut('timeout')
    else this.fail(new TimeoutError(`The call to "${this.upstream?.name}" did not end in time`, Math.round(this.deadlineAt - this.startedAt)))
  }

  requestFailed (fault: Fault): void {
    if (this.isOver) return
    this.givenUp = true
    this.#handed?.end(new Error(fault.message))
    this.#leaveConnection(true)
    if (this.answeredAt > 0) this.#cut(fault.reason)
    else this.refuse({ status: fault.status, reason: fault.reason, message: `${fault.message} (${fault.clause})`, close: true })
  }

  requestGone (): void {
    if (this.isOver || this.state === 'tunnel') return
    this.givenUp = true
    this.#handed?.end(new Error('the client has gone'))
    this.#leaveConnection(!this.#blames())
    this.#over('client-gone', 'client-gone')
  }

  /** Giving up says nothing of the instance, unless it took so long that anybody would have given up. */
  #blames (): boolean {
    if (this.state !== 'sending' || this.long || this.#connection === undefined) return false
    const now = this.parts.clock.monotonic()
    return now - this.#attemptAt >= limitMs(DEFAULT_ATTEMPT_TIMEOUT, this.upstream!.memory.times.p99(now))
  }

  #leaveConnection (blameless: boolean): void {
    if (this.#connection === undefined) return
    this.#connection.destroy()
    this.#connection = undefined
    if (blameless) this.taken!.release()
    else this.taken!.done({ ok: false })
  }

  fail (error: Error): void { if (!this.isOver) this.refuse(refusalOf(error), error) }

  /** In place of the exchange of a head that could not be read: only there to be told of. */
  unreadable (refusal: Refusal): void {
    this.status = refusal.status
    this.answeredAt = this.startedAt
    this.#over('refused', refusal.reason)
  }

  /** The proxy answers by itself. */
  refuse (refusal: Refusal, error?: Error): void {
    if (this.isOver) return
    const { client, head } = this
    this.status = refusal.status
    this.answeredAt = this.parts.clock.monotonic()
    const keep = refusal.close !== true && head.minor === 1 && !head.connection.close && head.upgrade === undefined && head.method !== 'CONNECT' && client.requestDone && !this.parts.leaving()
    client.write(ownAnswer(refusal, head.method === 'HEAD', !keep))
    this.#over('refused', refusal.reason, error)
    client.finish(keep)
  }

  #cut (word: string): void {
    this.#over('cut', word)
    this.client.cut()
  }

  #over (end: ExchangeEnd, reason: string, error?: Error): void {
    this.state = 'over'
    this.#cancel?.()
    this.end = end
    this.reason = reason || (this.#told?.reason ?? '')
    this.endedAt = this.parts.clock.monotonic()
    this.#connection = undefined
    this.#replay = undefined
    if (this.#limited) this.#rules!.limit!.active--
    if (this.#judged) this.#rules!.breaker!.observe(this.#verdict(error), this.#trial, this.endedAt)
    this.parts.observer?.ended?.(this)
    this.parts.ended(this)
  }

  /** What the breaker is told: of an answer its status, of a failure whether it was the instance's. */
  #verdict (error: Error | undefined): boolean | undefined {
    if (this.end === 'client-gone') return undefined
    if (this.end === 'cut') return false
    if (this.end === 'refused') return error !== undefined && isInstanceFailure(error) ? false : undefined
    return !isFailureStatus(this.status)
  }
}

/** Times that a request may pass by one proxy: services that call one another do, and hand on what they got. */
const MAX_LOOPS = 3

const uncork = (socket: Socket): void => socket.uncork()
const numbered = (value: string | undefined): boolean => value !== undefined && /^[1-9]\d*$/.test(value)
const milliseconds = (value: string | undefined): number => value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : Infinity
