// How long one instance may take until the head of its answer: only where another one could take over, since to give up without that helps nobody. The deadline of the whole call is
// deadline.ts. The limit follows what the service usually takes.

import { TimeoutError } from '../api/errors.js'
import type { Balancer } from '../balance/balancer.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { CompleteCallPolicy } from '../policy/policy.js'
import type { Controller, Handler, Headers, Interceptor } from './interceptor.js'
import { PassOn } from './pass-on.js'
import type { ResponseTimes } from './response-times.js'

type Limits = Exclude<CompleteCallPolicy['attemptTimeout'], false>

export interface AttemptTimeoutParts {
  readonly policy: Limits | false
  readonly times: ResponseTimes
  readonly balancer: Pick<Balancer, 'isLong'>
  readonly clock: Clock
}

/** Steps of the limit, ms: timers of the same length share one list of Node's. */
const STEP_MS = 100

/**
 * `factor × p99`, within the bounds; the upper one while nothing is known.
 * @example limitMs({ factor: 4, minMs: 1000, maxMs: 10000 }, 310) === 1300
 */
export const limitMs = ({ factor, minMs, maxMs }: Limits, p99: number | undefined): number =>
  p99 === undefined ? maxMs : Math.min(maxMs, Math.max(minMs, Math.ceil(factor * p99 / STEP_MS) * STEP_MS))

export const attemptTimeout = ({ policy, times, balancer, clock }: AttemptTimeoutParts): Interceptor => dispatch => {
  if (policy === false) return dispatch
  return (request, handler) => {
    const { call } = request
    if (!call.resendable || call.long || balancer.isLong(call.route)) return dispatch(request, handler)
    const ms = limitMs(policy, times.p99(clock.monotonic()))
    // Asked when the time has come: the others may have gone, or come, meanwhile.
    return dispatch(request, new Limited(handler, clock, ms, call.couldMoveOn, () => new TimeoutError(`An instance of "${call.service}" did not answer within ${ms} ms`, ms)))
  }
}

class Limited extends PassOn {
  #cancel: CancelTimer | undefined

  constructor (next: Handler, private readonly clock: Clock, private readonly ms: number, private readonly couldMoveOn: () => boolean, private readonly error: () => Error) { super(next) }

  override onRequestStart (controller: Controller, context: unknown): void {
    this.#cancel = this.clock.after(this.ms, () => { if (this.couldMoveOn()) controller.abort(this.error()) })
    super.onRequestStart(controller, context)
  }

  override onRequestUpgrade (...upgrade: Parameters<PassOn['onRequestUpgrade']>): void {
    this.#cancel?.()
    super.onRequestUpgrade(...upgrade)
  }

  override onResponseStart (controller: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (statusCode >= 200) this.#cancel?.()
    super.onResponseStart(controller, statusCode, headers, statusMessage)
  }

  override onResponseError (controller: Controller, error: Error): void {
    this.#cancel?.()
    super.onResponseError(controller, error)
  }
}
