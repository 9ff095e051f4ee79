// A request on its way through the policies: undici's options, and the call that they belong to. A class, since a copy of an object with unknown fields, made for every call, costs more
// than most policies.

import type { Dispatcher } from 'undici'
import type { Instance } from '../balance/instance.js'
import type { Call } from './call.js'

type Options = Dispatcher.DispatchOptions

/** What undici reads beyond its types: the name for TLS, and two options that it refuses with words of its own. */
interface MoreOptions { readonly servername?: string | undefined, readonly throwOnError?: boolean, readonly maxRedirections?: number }

/** The innermost policy writes instance, name and headers of each attempt; the caller's own headers are the call's. The path is what config entries make of it. */
export class CallRequest implements Options {
  readonly origin: Options['origin']
  path: string
  readonly method: Options['method']
  body: Options['body']
  headers: Options['headers']
  readonly query: Options['query']
  readonly idempotent: Options['idempotent']
  readonly blocking: Options['blocking']
  readonly upgrade: Options['upgrade']
  readonly headersTimeout: Options['headersTimeout']
  readonly bodyTimeout: Options['bodyTimeout']
  readonly reset: Options['reset']
  readonly expectContinue: Options['expectContinue']
  readonly typeOfService: Options['typeOfService']
  readonly throwOnError: boolean | undefined
  readonly maxRedirections: number | undefined
  servername: string | undefined
  instance: Instance | undefined

  constructor (options: Options & MoreOptions, readonly call: Call) {
    this.origin = options.origin
    this.path = options.path
    this.method = options.method
    this.body = options.body
    this.headers = options.headers
    this.query = options.query
    this.idempotent = options.idempotent
    this.blocking = options.blocking
    this.upgrade = options.upgrade
    this.headersTimeout = options.headersTimeout
    this.bodyTimeout = options.bodyTimeout
    this.reset = options.reset
    this.expectContinue = options.expectContinue
    this.typeOfService = options.typeOfService
    this.throwOnError = options.throwOnError
    this.maxRedirections = options.maxRedirections
    this.servername = options.servername
    this.instance = undefined
  }

  /** The same with another body: a stream that is sent again. */
  withBody (body: Options['body']): CallRequest {
    const request = new CallRequest(this, this.call)
    request.body = body
    return request
  }
}
