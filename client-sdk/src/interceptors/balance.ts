// The innermost policy: takes an instance for this attempt, sends the request there under the service's own name, and tells the statistics how it went. In flight is counted here,
// once: from here to the end, the error, or the end of an upgraded connection.

import type { Duplex } from 'node:stream'
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
export const balance = ({ balancer, times, clock, host }: BalanceParts) => (dispatch: Dispatch<InstanceRequest>): Dispatch => (request, handler) => {
  const { call } = request
  call.sent = false
  call.added = undefined
  let picked: Picked
  try {
    picked = balancer.pick({ route: call.route, long: call.long, exclude: call.tried, mayProbe: call.resendable, ...call.key !== undefined && { key: call.key } })
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
  return dispatch({ ...request, headers: stamped(request.headers, call, hostOf(request.origin) ?? host, call.deadlineAt - clock.monotonic()), instance: picked.instance }, attempt)
}

/** @example hostOf('http://payments.service.roster/') === 'payments.service.roster' */
function hostOf (origin: string | URL | undefined): string | undefined {
  if (origin === undefined) return undefined
  if (typeof origin !== 'string') return origin.host
  const start = origin.indexOf('://') + 3
  const end = origin.indexOf('/', start)
  return end < 0 ? origin.slice(start) : origin.slice(start, end)
}

/** One attempt: handler towards the pool, controller towards the caller, so that `abort` works while the request still waits for a connection. */
class Attempt implements Handler, Controller {
  over = false
  aborted = false
  paused = false
  reason: Error | null = null
  #inner: Controller | undefined
  #headed = false
  readonly #startedAt: number

  constructor (private readonly next: Handler, private readonly picked: Picked, private readonly call: Call, private readonly times: ResponseTimes, private readonly clock: Clock) {
    this.#startedAt = clock.monotonic()
  }

  // === towards the caller ===

  get rawHeaders () { return this.#inner?.rawHeaders }
  get rawTrailers () { return this.#inner?.rawTrailers }

  abort (reason: Error): void {
    if (this.over || this.aborted) return
    this.aborted = true
    this.reason = reason
    if (this.#inner !== undefined) this.#inner.abort(reason)
    // undici cannot take back what waits for a connection; the caller need not wait for that.
    else this.onResponseError(this, reason)
  }

  pause (): void {
    this.paused = true
    this.#inner?.pause()
  }

  resume (): void {
    this.paused = false
    this.#inner?.resume()
  }

  // === towards the pool ===

  /** The next thing to happen is the first byte on a connection. */
  onRequestStart (inner: Controller): void {
    if (this.over) { inner.abort(this.reason ?? new Error('the call is over')); return }
    this.#inner = inner
    this.call.sent = true
    if (this.paused) inner.pause()
  }

  onRequestUpgrade (_inner: Controller, statusCode: number, headers: Headers, socket: Duplex): void {
    this.over = true
    this.picked.answering({ ok: true })
    socket.once('close', () => this.picked.done({ ok: true }))
    this.next.onRequestUpgrade?.(this, statusCode, headers, socket)
  }

  onResponseStart (_inner: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (this.over) return
    if (statusCode >= 200) this.#head(statusCode, headers)
    this.next.onResponseStart?.(this, statusCode, headers, statusMessage)
  }

  onResponseData (_inner: Controller, chunk: Buffer): void {
    if (!this.over) this.next.onResponseData?.(this, chunk)
  }

  onResponseEnd (_inner: Controller, trailers: Headers): void {
    if (this.over) return
    this.over = true
    this.picked.done({ ok: true })
    this.next.onResponseEnd?.(this, trailers)
  }

  onResponseError (_inner: Controller, error: Error): void {
    if (this.over) return
    this.over = true
    if (this.#blames(error)) this.picked.done({ ok: false })
    else this.picked.release()
    this.next.onResponseError?.(this, error)
  }

  #head (statusCode: number, headers: Headers): void {
    this.#headed = true
    const ok = !isFailureStatus(statusCode)
    const now = this.clock.monotonic()
    const pause = ok ? undefined : retryAfterMs(headers['retry-after'], this.clock.now())
    this.picked.answering(pause === undefined ? { ok } : { ok, retryAfterMs: pause })
    if (ok && !this.call.long) this.times.observe(now - this.#startedAt, now)
  }

  /** Giving up says nothing of the instance, unless it took so long that anybody would have given up. */
  #blames (error: Error): boolean {
    if (!this.call.givenUp) return isInstanceFailure(error)
    if (this.#headed || this.call.long) return false
    const now = this.clock.monotonic()
    return now - this.#startedAt >= limitMs(DEFAULT_ATTEMPT_TIMEOUT, this.times.p99(now))
  }
}
