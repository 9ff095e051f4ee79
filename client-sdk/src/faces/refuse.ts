// A request that is not taken at all: its handler is told, whichever shape it has.

import type { Handler } from '../interceptors/interceptor.js'

/** As undici does: the handler is told, and nothing is thrown. */
export function refuse (handler: Handler, error: Error): false {
  if (handler.onRequestStart !== undefined || handler.onError === undefined) handler.onResponseError?.(null as never, error)
  else handler.onError(error)
  return false
}
