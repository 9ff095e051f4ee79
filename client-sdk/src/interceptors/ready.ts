// A call that comes before the first list of instances waits for it, as `ready()` does. Once there is a list, or the fact that it is empty, this costs nothing.

import type { Balancer } from '../balance/balancer.js'
import type { ServiceSource } from '../discovery/service-source.js'
import type { Interceptor } from './interceptor.js'
import { WaitController } from './pass-on.js'

export interface ReadyParts {
  readonly source: Pick<ServiceSource, 'ready' | 'snapshot'>
  readonly balancer: Pick<Balancer, 'size'>
}

export const ready = ({ source, balancer }: ReadyParts): Interceptor => dispatch => (request, handler) => {
  if (balancer.size > 0 || source.snapshot().complete) return dispatch(request, handler)
  let over = false
  const controller = new WaitController(reason => {
    over = true
    handler.onResponseError?.(controller, reason)
  })
  handler.onRequestStart?.(controller, null)
  if (over) return true
  void source.ready().then(() => { if (!over) dispatch(request, handler) }, (error: Error) => {
    if (over) return
    over = true
    handler.onResponseError?.(controller, error)
  })
  return true
}
