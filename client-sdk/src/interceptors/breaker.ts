// Refuses the calls of a service that fails as a whole, until one that is let through succeeds. Off unless asked for: single instances that fail are put aside by the balancer
// (../balance/outlier), which leaves the good ones in use. Source: Nygard, "Release It!", circuit breaker.

import { CircuitOpenError } from '../api/errors.js'
import type { Clock } from '../clock.js'
import type { CompleteCallPolicy } from '../policy/policy.js'
import type { Handler, Interceptor } from './interceptor.js'
import { isFailureStatus, isInstanceFailure } from './outcome.js'
import { WaitController, Watching } from './pass-on.js'

type BreakerOptions = Exclude<CompleteCallPolicy['breaker'], false>

interface Counts { calls: number, failures: number, since: number }

/**
 * - closed    => open (enough calls in the window, and too many failed)
 * - open      => half-open (its time is up, and a call comes)
 * - half-open => closed (that call succeeded) | open (it failed) | open, due at once (it was given up)
 */
export class Breaker {
  #state: 'closed' | 'open' | 'half-open' = 'closed'
  #until = 0
  #now: Counts
  #before: Counts

  constructor (private readonly options: BreakerOptions, now: number) {
    this.#now = { calls: 0, failures: 0, since: now }
    this.#before = { calls: 0, failures: 0, since: now }
  }

  get state (): 'closed' | 'open' | 'half-open' { return this.#state }

  /** Whether a call may pass: 0, or for how long not, ms. */
  refusedFor (now: number): number {
    if (this.#state === 'closed') return 0
    if (this.#state === 'open' && now >= this.#until) {
      this.#state = 'half-open'
      return 0
    }
    return Math.max(1, this.#until - now)
  }

  /** @param ok `undefined`: the call was given up and says nothing */
  observe (ok: boolean | undefined, trial: boolean, now: number): void {
    if (this.#state === 'half-open') {
      if (!trial) return
      if (ok === undefined) { this.#state = 'open'; this.#until = now } else if (ok) this.#close(now)
      else this.#open(now)
      return
    }
    if (this.#state === 'open' || ok === undefined) return
    this.#turn(now)
    this.#now.calls++
    if (!ok) this.#now.failures++
    const calls = this.#now.calls + this.#before.calls
    const failures = this.#now.failures + this.#before.failures
    if (calls >= this.options.minCalls && failures >= this.options.failureShare * calls) this.#open(now)
  }

  #open (now: number): void { this.#state = 'open'; this.#until = now + this.options.openMs }

  #close (now: number): void {
    this.#state = 'closed'
    this.#now = { calls: 0, failures: 0, since: now }
    this.#before = { calls: 0, failures: 0, since: now }
  }

  /** The window slides in halves. */
  #turn (now: number): void {
    const half = this.options.windowMs / 2
    const age = now - this.#now.since
    if (age < half) return
    this.#before = age >= 2 * half ? { calls: 0, failures: 0, since: now } : this.#now
    this.#now = { calls: 0, failures: 0, since: now }
  }
}

export const breaker = (state: Breaker | undefined, clock: Clock): Interceptor => dispatch => {
  if (state === undefined) return dispatch
  return (request, handler) => {
    const wait = state.refusedFor(clock.monotonic())
    if (wait > 0) {
      const controller = new WaitController(() => {})
      handler.onRequestStart?.(controller, null)
      if (!controller.aborted) handler.onResponseError?.(controller, new CircuitOpenError(request.call.service, wait))
      return true
    }
    return dispatch(request, new Judged(handler, state, state.state === 'half-open', clock))
  }
}

class Judged extends Watching {
  constructor (next: Handler, private readonly state: Breaker, private readonly trial: boolean, private readonly clock: Clock) { super(next) }

  protected override over (status: number, error: Error | undefined): void {
    const ok = error === undefined ? !isFailureStatus(status) : isInstanceFailure(error) ? false : undefined
    this.state.observe(ok, this.trial, this.clock.monotonic())
  }
}
