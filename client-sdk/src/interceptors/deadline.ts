// When the caller stops waiting: from the policy, or from whoever called the caller (`x-roster-deadline`, ms left), whichever is sooner. Covers waits, retries and the body. Passed on
// with every attempt (headers.ts), so that nobody works for a caller who has gone. How long one instance may take is attempt-timeout.ts.

import { TimeoutError } from '../api/errors.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { Call } from './call.js'
import type { Controller, Handler, Headers, Interceptor } from './interceptor.js'
import { PassOn, WaitController } from './pass-on.js'

export interface DeadlineParts {
  /** ms, or none. */
  readonly timeoutMs: number | false
  readonly clock: Clock
}

export const deadline = ({ timeoutMs, clock }: DeadlineParts): Interceptor => dispatch => (request, handler) => {
  const { call } = request
  const left = Math.min(timeoutMs || Infinity, call.own.deadlineMs ?? Infinity)
  if (left === Infinity) return dispatch(request, handler)
  const expired = () => new TimeoutError(`The call to "${call.service}" did not end within ${left} ms`, left)
  if (left <= 0) {
    const controller = new WaitController(() => {})
    call.givenUp = true
    handler.onRequestStart?.(controller, null)
    if (!controller.aborted) handler.onResponseError?.(controller, expired())
    return true
  }
  call.deadlineAt = Math.min(call.deadlineAt, clock.monotonic() + left)
  return dispatch(request, new Expiring(handler, call, clock, left, expired))
}

class Expiring extends PassOn {
  #controller: Controller | undefined
  readonly #cancel: CancelTimer

  constructor (next: Handler, call: Call, clock: Clock, ms: number, expired: () => Error) {
    super(next)
    this.#cancel = clock.after(ms, () => {
      call.givenUp = true
      this.#controller?.abort(expired())
    })
  }

  override onRequestStart (controller: Controller, context: unknown): void {
    this.#controller = controller
    super.onRequestStart(controller, context)
  }

  override onRequestUpgrade (...upgrade: Parameters<PassOn['onRequestUpgrade']>): void {
    // What comes now is a conversation; its end is the partners' own affair.
    this.#cancel()
    super.onRequestUpgrade(...upgrade)
  }

  override onResponseEnd (controller: Controller, trailers: Headers): void {
    this.#cancel()
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError (controller: Controller, error: Error): void {
    this.#cancel()
    super.onResponseError(controller, error)
  }
}
