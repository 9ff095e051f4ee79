// The innermost policy: takes an instance for this attempt, sends the request there under the service's own name, and tells the statistics how it went. In flight is counted here,
// once: from here to the end, the error, or the end of an upgraded connection.

import type { Duplex } from 'node:stream'
import { util } from 'undici'
import type { Balancer } from '../balance/balancer.js'
import type { Picked } from '../balance/picked.js'
import type { Clock } from '../clock.js'
import { DEFAULT_ATTEMPT_TIMEOUT } from '../policy/policy.js'
import { limitMs } from './attempt-timeout.js'
import type { Call } from './call.js'
import { stamped } from './headers.js'
import type { Controller, Dispatch, Handler, Headers, InstanceRequest } from './interceptor.js'
import { isFailureStatus, isInstanceFailure, retryAfterMs } from './outcome.js'
import { WaitController } from './pass-on.js'
import type { ResponseTimes } from './response-times.js'

export interface BalanceParts {
  readonly balancer: Balancer
  readonly times: ResponseTimes
  readonly clock: Clock
  /** Name in the `Host` header, when the request does not say. */
  readonly host: string
}

/** Unlike the other policies its inner side knows instances. */
export const balance = ({ balancer, times, clock, host }: BalanceParts) => (dispatch: Dispatch<InstanceRequest>): Dispatch => {
  const naming = namesOf(host)
  return (request, handler) => {
    const { call } = request
    call.sent = false
    call.added = undefined
    let picked: Picked
    try {
      picked = balancer.pick({ route: call.route, long: call.long, exclude: call.tried, mayProbe: call.resendable, key: call.own.key })
    } catch (error) {
      const controller = new WaitController(() => {})
      handler.onRequestStart?.(controller, null)
      if (!controller.aborted) handler.onResponseError?.(controller, error as Error)
      return true
    }
    call.taken = picked
    call.onTaken?.(picked)
    const attempt = new Attempt(handler, picked, call, times, clock)
    handler.onRequestStart?.(attempt, null)
    if (attempt.over) return true
    const names = naming(request.origin)
    request.headers = stamped(call.headers, call, names.host, call.deadlineAt === Infinity ? Infinity : call.deadlineAt - clock.monotonic())
    request.instance = picked.instance
    // undici would look for it in the headers, and find out at some expense that the name is no address.
    request.servername ??= names.server
    return dispatch(request as InstanceRequest, attempt)
  }
}

interface Names { readonly host: string, readonly server: string }

/** The names by which a request goes out. Those of the last origin are kept: a service is called under one name, or two. */
function namesOf (fallback: string): (origin: string | URL | undefined) => Names {
  const named = (host: string): Names => ({ host, server: host.startsWith('[') ? host : host.replace(/:\d*$/, '') })
  const own = named(fallback)
  let last: { readonly origin: string | URL, readonly names: Names } | undefined
  return origin => {
    if (origin === undefined) return own
    if (last?.origin !== origin) last = { origin, names: named(typeof origin === 'string' ? origin.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '') : origin.host) }
    return last.names
  }
}

const NO_HEADERS: Headers = {}

/**
 * One attempt: controller towards the caller, so that `abort` works while the request still waits for a connection; handler towards the pool. There it has the shape that undici's pools
 * speak inside (onConnect, onHeaders, …), which they would otherwise translate, with all headers parsed, for every single call.
 */
class Attempt implements Controller {
  over = false
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders: Buffer[] | undefined
  rawTrailers: string[] | undefined
  #abort: ((reason: Error) => void) | undefined
  #resume: (() => void) | undefined
  #headed = false
  readonly #startedAt: number

  constructor (private readonly next: Handler, private readonly picked: Picked, private readonly call: Call, private readonly times: ResponseTimes, private readonly clock: Clock) {
    this.#startedAt = clock.monotonic()
  }

  // === towards the caller ===

  abort (reason: Error): void {
    if (this.over || this.aborted) return
    this.aborted = true
    this.reason = reason
    if (this.#abort !== undefined) this.#abort(reason)
    // undici cannot take back what waits for a connection; the caller need not wait for that.
    else this.onError(reason)
  }

  pause (): void { this.paused = true }

  resume (): void {
    if (!this.paused) return
    this.paused = false
    this.#resume?.()
  }

  // === towards the pool ===

  /** The next thing to happen is the first byte on a connection. */
  onConnect (abort: (reason?: Error) => void): void {
    if (this.over) { abort(this.reason ?? undefined); return }
    this.#abort = abort
    this.call.sent = true
  }

  onUpgrade (statusCode: number, rawHeaders: Buffer[] | string[] | null, socket: Duplex): void {
    if (this.over) { socket.destroy(); return }
    this.over = true
    this.rawHeaders = rawHeaders as Buffer[]
    this.picked.answering({ ok: true })
    socket.once('close', () => this.picked.done({ ok: true }))
    this.next.onRequestUpgrade?.(this, statusCode, util.parseHeaders(this.rawHeaders ?? []), socket)
  }

  onHeaders (statusCode: number, rawHeaders: Buffer[], resume: () => void, statusMessage: string): boolean {
    if (this.over) return true
    this.#resume = resume
    this.rawHeaders = rawHeaders
    const ok = !isFailureStatus(statusCode)
    const headers = this.call.readsHeaders || !ok ? util.parseHeaders(rawHeaders) : NO_HEADERS
    if (statusCode >= 200) this.#head(ok, headers)
    this.next.onResponseStart?.(this, statusCode, headers, statusMessage)
    return !this.paused
  }

  onData (chunk: Buffer): boolean {
    if (!this.over) this.next.onResponseData?.(this, chunk)
    return !this.paused
  }

  onComplete (rawTrailers: string[] | null): void {
    if (this.over) return
    this.over = true
    this.picked.done({ ok: true })
    if (rawTrailers !== null) this.rawTrailers = rawTrailers
    this.next.onResponseEnd?.(this, this.call.readsHeaders ? util.parseHeaders((rawTrailers ?? []) as unknown as Buffer[]) : NO_HEADERS)
  }

  onError (error: Error): void {
    if (this.over) return
    this.over = true
    if (this.#blames(error)) this.picked.done({ ok: false })
    else this.picked.release()
    this.next.onResponseError?.(this, error)
  }

  #head (ok: boolean, headers: Headers): void {
    this.#headed = true
    const pause = ok ? undefined : retryAfterMs(headers['retry-after'], this.clock.now())
    this.picked.answering(pause === undefined ? { ok } : { ok, retryAfterMs: pause })
    if (!ok || this.call.long) return
    const now = this.clock.monotonic()
    this.times.observe(now - this.#startedAt, now)
  }

  /** Giving up says nothing of the instance, unless it took so long that anybody would have given up. */
  #blames (error: Error): boolean {
    if (!this.call.givenUp) return isInstanceFailure(error)
    if (this.#headed || this.call.long) return false
    const now = this.clock.monotonic()
    return now - this.#startedAt >= limitMs(DEFAULT_ATTEMPT_TIMEOUT, this.times.p99(now))
  }
}
