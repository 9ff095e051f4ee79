// Sending again, to another instance: when an instance may have seen the request only what is idempotent, within a budget, and only if nobody before us does the same.
// How long an instance may take is attempt-timeout.ts; who is taken next is balance.ts.
// Source: gRPC A6 and Finagle (budget, resending what cannot have arrived).

import { NoInstancesError } from '../api/errors.js'
import type { Balancer } from '../balance/balancer.js'
import type { Clock } from '../clock.js'
import type { CompleteRetry } from '../policy/policy.js'
import type { CallRequest, Controller, Dispatch, Handler, Headers, Interceptor } from './interceptor.js'
import { isInstanceFailure, retryAfterMs } from './outcome.js'
import { PassOn, WaitController } from './pass-on.js'
import { isOnceOnly, replayable } from './replay.js'
import type { ReplayableBody } from './replay.js'
import type { RetryBudget } from './retry-budget.js'

export interface RetryParts {
  readonly policy: CompleteRetry
  /** One a service. */
  readonly budget: RetryBudget
  readonly balancer: Pick<Balancer, 'hasOther'>
  readonly clock: Clock
  readonly random: () => number
}

/** Bytes of an answer nobody wants that are read so that its connection can be used again; a longer one is cut off. */
const MAX_DUMP_BYTES = 16 * 1024

export const retry = (parts: RetryParts): Interceptor => {
  const methods = new Set(parts.policy.methods)
  return dispatch => (request, handler) => {
    parts.budget.call()
    return new Attempts(request, handler, dispatch, parts, methods.has(request.method)).send()
  }
}

/**
 * - sending  => handed on (an answer that is final) | sending (a failure that another attempt may mend) | waiting (the same, but nobody else is there) | failed
 * - waiting  => sending (the pause is over) | failed (the caller gave up)
 */
class Attempts {
  /** `undefined`: there is none, or one that can be read again. */
  readonly #body: ReplayableBody | undefined
  readonly #idempotent: boolean

  constructor (private readonly request: CallRequest, readonly next: Handler, private readonly dispatch: Dispatch, private readonly parts: RetryParts, idempotent: boolean) {
    const { call, body } = request
    // Whoever got a numbered request does not number again: retries of retries are how small failures become outages.
    this.#idempotent = idempotent && !call.own.numbered && !request.upgrade && request.method !== 'CONNECT'
    this.#body = isOnceOnly(body) ? replayable(body, this.#idempotent, () => call.sent) : undefined
    call.resendable = this.#idempotent
    call.retrier = this
  }

  couldMoveOn (): boolean { return this.#left() && this.#hasOther() && this.parts.budget.has(this.parts.clock.monotonic()) }

  send (): boolean {
    // That there is one was asked for before it was decided to send (`again`).
    return this.dispatch(this.#body === undefined ? this.request : this.request.withBody(this.#body.next()!.body), new AttemptHandler(this.next, this))
  }

  /** An answer with this status: whether it is dropped and another one asked for. */
  answered (status: number, headers: Headers): boolean {
    const { policy, clock } = this.parts
    if (!policy.statuses.includes(status) || !this.#idempotent || !this.#left()) return false
    return this.#again(retryAfterMs(headers['retry-after'], clock.now()), true)
  }

  /** No answer. */
  failed (error: Error): boolean {
    const { call } = this.request
    if (call.givenUp || !this.#left()) return false
    // Somebody else took the last instance out of the list between the decision and the pick.
    if (error instanceof NoInstancesError || !isInstanceFailure(error)) return false
    // What cannot have arrived makes no load anywhere, so it costs nothing of the budget.
    if (!call.sent) return this.#again(undefined, false)
    return this.#idempotent && this.#again(undefined, true)
  }

  end (): void { this.#body?.end() }

  #left (): boolean { return this.request.call.attempt < this.parts.policy.attempts }

  #hasOther (): boolean {
    const { tried, taken } = this.request.call
    return this.parts.balancer.hasOther(taken === undefined ? tried : new Set([...tried, taken.instance.id]))
  }

  /**
   * @param afterMs what the instance asked to wait: it speaks for itself, so it matters only when nobody else is there
   * @returns whether the call goes on; if not, what there is is for the caller
   */
  #again (afterMs: number | undefined, budgeted: boolean): boolean {
    const { call } = this.request
    const { policy, clock, budget, random } = this.parts
    const now = clock.monotonic()
    const other = this.#hasOther()
    if (!other && afterMs !== undefined && afterMs > policy.maxRetryAfterMs) return false
    const pause = other ? 0 : afterMs ?? random() * Math.min(policy.backoff.maxMs, policy.backoff.baseMs * 2 ** (call.attempt - 1))
    if (now + pause >= call.deadlineAt || (this.#body !== undefined && !this.#body.again)) return false
    if (budgeted && !budget.take(now)) return false
    call.exclude()
    if (!other) call.forget()
    call.attempt++
    if (pause === 0) this.send()
    else this.#wait(pause)
    return true
  }

  #wait (ms: number): void {
    const controller = new WaitController(reason => {
      cancel()
      this.end()
      this.next.onResponseError?.(controller, reason)
    })
    const cancel = this.parts.clock.after(ms, () => this.send())
    this.next.onRequestStart?.(controller, null)
  }
}

class AttemptHandler extends PassOn {
  #headed = false
  #dropped = false
  #bytes = 0

  constructor (next: Handler, private readonly attempts: Attempts) { super(next) }

  override onRequestUpgrade (...upgrade: Parameters<PassOn['onRequestUpgrade']>): void {
    this.#headed = true
    super.onRequestUpgrade(...upgrade)
  }

  override onResponseStart (controller: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (statusCode >= 200) {
      this.#headed = true
      // Before it is asked: the next attempt may fail at once, and its end must not meet this one undecided.
      if (this.attempts.answered(statusCode, headers)) { this.#dropped = true; return }
    }
    super.onResponseStart(controller, statusCode, headers, statusMessage)
  }

  override onResponseData (controller: Controller, chunk: Buffer): void {
    if (!this.#dropped) return super.onResponseData(controller, chunk)
    this.#bytes += chunk.length
    if (this.#bytes > MAX_DUMP_BYTES) controller.abort(new Error('the rest of an answer that nobody wants'))
  }

  override onResponseEnd (controller: Controller, trailers: Headers): void {
    if (this.#dropped) return
    this.attempts.end()
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError (controller: Controller, error: Error): void {
    if (this.#dropped) return
    if (!this.#headed && this.attempts.failed(error)) { this.#dropped = true; return }
    this.attempts.end()
    super.onResponseError(controller, error)
  }
}
