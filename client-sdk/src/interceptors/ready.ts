// A call that comes before the first list of instances waits for it, as `ready()` does. Once there is a list, or the fact that it is empty, this costs nothing.

import type { Balancer } from '../balance/balancer.js'
import type { ServiceSource } from '../discovery/service-source.js'
import type { Legs } from '../chain/lanes.js'
import type { CallRequest, Dispatch, Handler, Interceptor } from './interceptor.js'
import { WaitController } from './pass-on.js'

export interface ReadyParts {
  readonly source: Pick<ServiceSource, 'ready' | 'snapshot'>
  readonly balancer: Pick<Balancer, 'size'>
}

export const ready = ({ source, balancer }: ReadyParts): Interceptor => dispatch => (request, handler) =>
  balancer.size > 0 || source.snapshot().complete ? dispatch(request, handler) : after(() => source.ready(), dispatch, request, handler)

/** Until it is known which way calls of the service go at all. */
export const known = (legs: Pick<Legs, 'known' | 'whenKnown'>): Interceptor => dispatch => (request, handler) =>
  legs.known ? dispatch(request, handler) : after(() => legs.whenKnown(), dispatch, request, handler)

function after (wait: () => Promise<void>, dispatch: Dispatch, request: CallRequest, handler: Handler): boolean {
  let over = false
  const controller = new WaitController(reason => {
    over = true
    handler.onResponseError?.(controller, reason)
  })
  handler.onRequestStart?.(controller, null)
  if (over) return true
  void wait().then(() => { if (!over) dispatch(request, handler) }, (error: Error) => {
    if (over) return
    over = true
    handler.onResponseError?.(controller, error)
  })
  return true
}
