// Sending again, to another instance. When that is due is retry-decision.ts; only if nobody before us does the same. How long an instance may take is attempt-timeout.ts; who is taken
// next is balance.ts.

import type { CallRequest, Controller, Dispatch, Handler, Headers, Interceptor } from './interceptor.js'
import { retryAfterMs } from './outcome.js'
import { PassOn, WaitController } from './pass-on.js'
import { isOnceOnly, replayable } from './replay.js'
import type { ReplayableBody } from './replay.js'
import { RetryDecision } from './retry-decision.js'
import type { RetryParts } from './retry-decision.js'

export type { RetryParts } from './retry-decision.js'

/** Bytes of an answer nobody wants that are read so that its connection can be used again; a longer one is cut off. */
const MAX_DUMP_BYTES = 16 * 1024

export const retry = (parts: RetryParts): Interceptor => {
  const methods = new Set(parts.policy.methods)
  const decision = new RetryDecision(parts)
  return dispatch => (request, handler) => {
    parts.budget.call()
    return new Attempts(request, handler, dispatch, parts, decision, methods.has(request.method)).send()
  }
}

/**
 * - sending  => handed on (an answer that is final) | sending (a failure that another attempt may mend) | waiting (the same, but nobody else is there) | failed
 * - waiting  => sending (the pause is over) | failed (the caller gave up)
 */
class Attempts {
  /** `undefined`: there is none, or one that can be read again. */
  readonly #body: ReplayableBody | undefined

  constructor (private readonly request: CallRequest, readonly next: Handler, private readonly dispatch: Dispatch, private readonly parts: RetryParts, private readonly decision: RetryDecision, idempotent: boolean) {
    const { call, body } = request
    // Whoever got a numbered request does not number again: retries of retries are how small failures become outages.
    call.resendable = idempotent && !call.own.numbered && !request.upgrade && request.method !== 'CONNECT'
    this.#body = isOnceOnly(body) ? replayable(body, call.resendable, () => call.sent) : undefined
    call.retrier = this
  }

  couldMoveOn (): boolean { return this.decision.couldMoveOn(this.request.call) }

  send (): boolean {
    // That there is one was asked for before it was decided to send (`again`).
    return this.dispatch(this.#body === undefined ? this.request : this.request.withBody(this.#body.next()!.body), new AttemptHandler(this.next, this))
  }

  /** An answer with this status: whether it is dropped and another one asked for. */
  answered (status: number, headers: Headers): boolean {
    if (!this.parts.policy.statuses.includes(status)) return false
    const asked = retryAfterMs(headers['retry-after'], this.parts.clock.now())
    return this.#again(this.decision.afterStatus(this.request.call, status, asked, this.#bodyAgain))
  }

  /** No answer. @returns whether the call goes on */
  failed (error: Error): boolean { return this.#again(this.decision.afterError(this.request.call, error, this.#bodyAgain)) }

  end (): void { this.#body?.end() }

  get #bodyAgain (): boolean { return this.#body === undefined || this.#body.again }

  #again (pause: number | undefined): boolean {
    if (pause === undefined) return false
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
