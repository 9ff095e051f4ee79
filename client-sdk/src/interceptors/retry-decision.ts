// Whether a call is sent again, and after what pause: when an instance may have seen the request only what is idempotent, within a budget. Pure but for the budget that it takes from;
// it sends nothing, so that every way of sending (retry.ts, a proxy) decides alike.
// Source: gRPC A6 and Finagle (budget, resending what cannot have arrived).

import { NoInstancesError } from '../api/errors.js'
import type { Balancer } from '../balance/balancer.js'
import type { Clock } from '../clock.js'
import type { CompleteRetry } from '../policy/policy.js'
import { isInstanceFailure } from './outcome.js'
import type { RetryBudget } from './retry-budget.js'

/** What has become of a call so far. */
export interface Sending {
  /** Which time the request is being sent, from 1. */
  attempt: number
  /** Instances that failed it before. */
  readonly tried: ReadonlySet<string>
  /** The one of the present attempt. */
  readonly taken: { readonly instance: { readonly id: string } } | undefined
  /** Bytes of the present attempt may have reached a server. */
  readonly sent: boolean
  readonly givenUp: boolean
  /** Monotonic ms, or Infinity. */
  readonly deadlineAt: number
  /** May be sent again although an instance may have seen it. */
  readonly resendable: boolean
  /** The present instance will not do. */
  exclude (): void
  /** Everybody has been tried; whoever is there may be tried again. */
  forget (): void
}

export interface RetryParts {
  readonly policy: CompleteRetry
  /** One a service. */
  readonly budget: RetryBudget
  readonly balancer: Pick<Balancer, 'hasOther'>
  readonly clock: Clock
  readonly random: () => number
}

export class RetryDecision {
  constructor (private readonly parts: RetryParts) {}

  /** Whether somebody else could take over right now, if the present instance does not answer. */
  couldMoveOn (call: Sending): boolean { return this.#left(call) && this.#hasOther(call) && this.parts.budget.has(this.parts.clock.monotonic()) }

  /**
   * An answer with this status.
   * @param afterMs what the instance asked to wait: it speaks for itself, so it matters only when nobody else is there
   * @param bodyAgain whether there is a body for another attempt
   * @returns pause until the next attempt, ms, for which the call has been made ready; `undefined`: the answer is for the caller
   */
  afterStatus (call: Sending, status: number, afterMs: number | undefined, bodyAgain: boolean): number | undefined {
    if (!this.parts.policy.statuses.includes(status) || !call.resendable || !this.#left(call)) return undefined
    return this.#again(call, afterMs, true, bodyAgain)
  }

  /** No answer. @returns as `afterStatus` */
  afterError (call: Sending, error: Error, bodyAgain: boolean): number | undefined {
    if (call.givenUp || !this.#left(call)) return undefined
    // Somebody else took the last instance out of the list between the decision and the pick.
    if (error instanceof NoInstancesError || !isInstanceFailure(error)) return undefined
    // What cannot have arrived makes no load anywhere, so it costs nothing of the budget.
    if (!call.sent) return this.#again(call, undefined, false, bodyAgain)
    return call.resendable ? this.#again(call, undefined, true, bodyAgain) : undefined
  }

  #left (call: Sending): boolean { return call.attempt < this.parts.policy.attempts }

  #hasOther ({ tried, taken }: Sending): boolean {
    return this.parts.balancer.hasOther(taken === undefined ? tried : new Set([...tried, taken.instance.id]))
  }

  #again (call: Sending, afterMs: number | undefined, budgeted: boolean, bodyAgain: boolean): number | undefined {
    const { policy, clock, budget, random } = this.parts
    const now = clock.monotonic()
    const other = this.#hasOther(call)
    if (!other && afterMs !== undefined && afterMs > policy.maxRetryAfterMs) return undefined
    const pause = other ? 0 : afterMs ?? random() * Math.min(policy.backoff.maxMs, policy.backoff.baseMs * 2 ** (call.attempt - 1))
    if (now + pause >= call.deadlineAt || !bodyAgain) return undefined
    if (budgeted && !budget.take(now)) return undefined
    call.exclude()
    if (!other) call.forget()
    call.attempt++
    return pause
  }
}
