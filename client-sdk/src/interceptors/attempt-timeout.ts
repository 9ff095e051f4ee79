// How long one instance may take until the head of its answer: only where another one could take over, since to give up without that helps nobody. The deadline of the whole call is
// deadline.ts. The limit follows what the service usually takes.

import { TimeoutError } from '../api/errors.js'
import type { Balancer } from '../balance/balancer.js'
import type { Clock } from '../clock.js'
import type { CompleteCallPolicy } from '../policy/policy.js'
import type { Call } from './call.js'
import type { Controller, Handler, Headers, Interceptor } from './interceptor.js'
import { PassOn } from './pass-on.js'
import type { Patience, Waiting } from './patience.js'
import type { ResponseTimes } from './response-times.js'

type Limits = Exclude<CompleteCallPolicy['attemptTimeout'], false>

export interface AttemptTimeoutParts {
  readonly policy: Limits | false
  readonly times: ResponseTimes
  readonly balancer: Pick<Balancer, 'isLong'>
  /** One a service. */
  readonly patience: Patience
  readonly clock: Clock
}

/** Steps of the limit, ms: it is not watched more finely (patience.ts), and a round number reads better in an error. */
const STEP_MS = 100

/**
 * `factor × p99`, within the bounds; the upper one while nothing is known.
 * @example limitMs({ factor: 4, minMs: 1000, maxMs: 10000 }, 310) === 1300
 */
export const limitMs = ({ factor, minMs, maxMs }: Limits, p99: number | undefined): number =>
  p99 === undefined ? maxMs : Math.min(maxMs, Math.max(minMs, Math.ceil(factor * p99 / STEP_MS) * STEP_MS))

export const attemptTimeout = ({ policy, times, balancer, patience, clock }: AttemptTimeoutParts): Interceptor => dispatch => {
  if (policy === false) return dispatch
  return (request, handler) => {
    const { call } = request
    if (!call.resendable || call.long || balancer.isLong(call.route)) return dispatch(request, handler)
    const now = clock.monotonic()
    const limited = new Limited(handler, patience, call, limitMs(policy, times.p99(now)))
    patience.add(limited, limited.ms, now)
    return dispatch(request, limited)
  }
}

class Limited extends PassOn implements Waiting {
  until = Infinity
  before: Waiting | undefined
  after: Waiting | undefined
  #controller: Controller | undefined

  constructor (next: Handler, private readonly patience: Patience, private readonly call: Call, readonly ms: number) { super(next) }

  /** Asked when the time has come: the others may have gone, or come, meanwhile. */
  expired (): void {
    if (this.call.retrier?.couldMoveOn() === true) this.#controller?.abort(new TimeoutError(`An instance of "${this.call.service}" did not answer within ${this.ms} ms`, this.ms))
  }

  override onRequestStart (controller: Controller, context: unknown): void {
    this.#controller = controller
    super.onRequestStart(controller, context)
  }

  override onRequestUpgrade (...upgrade: Parameters<PassOn['onRequestUpgrade']>): void {
    this.patience.remove(this)
    super.onRequestUpgrade(...upgrade)
  }

  override onResponseStart (controller: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (statusCode >= 200) this.patience.remove(this)
    super.onResponseStart(controller, statusCode, headers, statusMessage)
  }

  override onResponseError (controller: Controller, error: Error): void {
    this.patience.remove(this)
    super.onResponseError(controller, error)
  }
}
