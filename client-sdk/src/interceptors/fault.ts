// Failures on purpose: a share of the calls is delayed, or answered with a status and never sent. Off unless a policy asks for it.

import type { CancelTimer, Clock } from '../clock.js'
import type { FaultPolicy } from '../policy/policy.js'
import type { Interceptor } from './interceptor.js'
import { WaitController } from './pass-on.js'

/** What hits one call. */
export interface Fault { readonly delayMs?: number, readonly abortStatus?: number }

/** Delay and abort are drawn one by one. @returns `undefined`: this call is spared */
export function drawFault ({ delay, abort }: FaultPolicy, random: () => number): Fault | undefined {
  const delayed = delay !== undefined && random() < (delay.share ?? 1)
  const aborted = abort !== undefined && random() < (abort.share ?? 1)
  return delayed || aborted ? { ...delayed && { delayMs: delay.ms }, ...aborted && { abortStatus: abort.status } } : undefined
}

export const fault = (policy: FaultPolicy | false, clock: Clock, random: () => number): Interceptor => dispatch => {
  if (policy === false) return dispatch
  return (request, handler) => {
    const drawn = drawFault(policy, random)
    if (drawn === undefined) return dispatch(request, handler)
    const { delayMs = 0, abortStatus } = drawn
    let cancel: CancelTimer = () => {}
    const controller = new WaitController(reason => {
      cancel()
      handler.onResponseError?.(controller, reason)
    })
    handler.onRequestStart?.(controller, null)
    if (controller.aborted) return true
    cancel = clock.after(delayMs, () => {
      if (abortStatus === undefined) { dispatch(request, handler); return }
      controller.rawHeaders = HEADERS
      handler.onResponseStart?.(controller, abortStatus, { 'x-roster-reason': 'fault', 'content-length': '0' }, '')
      handler.onResponseEnd?.(controller, {})
    })
    return true
  }
}

const HEADERS = ['x-roster-reason', 'fault', 'content-length', '0'].map(text => Buffer.from(text))
