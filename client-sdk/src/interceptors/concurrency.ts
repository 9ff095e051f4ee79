// As many calls of a service under way as its policy allows, and not one more: what waits for an overloaded service is better refused here, where it costs nothing. Bodies count.

import { ConcurrencyLimitError } from '../api/errors.js'
import type { Handler, Interceptor } from './interceptor.js'
import { WaitController, Watching } from './pass-on.js'

/** The count, shared by all routes that have the same limit. */
export class ConcurrencyLimit {
  active = 0
  constructor (readonly max: number) {}
}

export const concurrency = (limit: ConcurrencyLimit | undefined): Interceptor => dispatch => {
  if (limit === undefined) return dispatch
  return (request, handler) => {
    if (limit.active >= limit.max) {
      const controller = new WaitController(() => {})
      handler.onRequestStart?.(controller, null)
      if (!controller.aborted) handler.onResponseError?.(controller, new ConcurrencyLimitError(request.call.service, limit.max))
      return true
    }
    limit.active++
    return dispatch(request, new Counted(handler, limit))
  }
}

class Counted extends Watching {
  constructor (next: Handler, private readonly limit: ConcurrencyLimit) { super(next) }
  protected override over (): void { this.limit.active-- }
}
