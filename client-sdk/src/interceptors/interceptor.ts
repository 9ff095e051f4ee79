// The shapes that all files of this folder share: undici's own, with what one call has in common carried along. A policy is `options => dispatch => (request, handler)`.

import type { Dispatcher } from 'undici'
import type { Instance } from '../balance/instance.js'
import type { CallRequest } from './call-request.js'

export type { CallRequest } from './call-request.js'

/** What undici calls a handler, in the shape of undici 7: `onRequestStart` comes first and may come again, then 1xx heads, one head, data, and one end. */
export type Handler = Dispatcher.DispatchHandler
export type Controller = Dispatcher.DispatchController
export type Headers = Parameters<NonNullable<Handler['onResponseStart']>>[2]

/** A request on its way to one instance. */
export interface InstanceRequest extends CallRequest {
  readonly instance: Instance
}

/** @returns false when the pool underneath would rather wait for its `drain` */
export type Dispatch<R extends CallRequest = CallRequest> = (request: R, handler: Handler) => boolean

/**
 * A policy. Duties, beyond undici's: `onRequestStart` is called before `dispatch` returns, with a controller whose `abort` works from then on, whether a connection stands or not;
 * after `onResponseEnd`, `onResponseError` or `onRequestUpgrade` nothing more is called.
 */
export type Interceptor = (dispatch: Dispatch) => Dispatch
