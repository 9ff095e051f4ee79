// The innermost side of a policy under test: attempts that the test answers by hand, and the handler of a caller that writes down what it is told.
import { Call } from '../../src/interceptors/call.js'
import { ownHeaders } from '../../src/interceptors/headers.js'
import { CallRequest } from '../../src/interceptors/call-request.js'
import type { Controller, Dispatch, Handler, Headers, Interceptor } from '../../src/interceptors/interceptor.js'
import { WaitController } from '../../src/interceptors/pass-on.js'
import { instance } from './service.js'

/** One attempt that has arrived at the inner side. */
export interface Attempt {
  readonly request: CallRequest
  readonly controller: Controller
  /** @param sent bytes may have arrived */
  fails (error: Error, sent?: boolean): void
  answers (status: number, headers?: Headers, body?: string): void
  heads (status: number, headers?: Headers): void
  ends (): void
}

export interface Script {
  readonly attempts: Attempt[]
  /** What the caller's handler was told, in order. */
  readonly told: unknown[]
  readonly controller: Controller
  readonly call: Call
}

/** The code that undici gives to a connection that was lost. */
export const lost = () => Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })

/** Takes instances `a`, `b`, `c`, … in turn, as if a balancer did. */
export function scripted (interceptor: Interceptor, { method = 'GET', headers, body, long = false }: { method?: string, headers?: Record<string, string>, body?: unknown, long?: boolean } = {}): Script {
  const attempts: Attempt[] = []
  const told: unknown[] = []
  const call = new Call('payments', `${method} /`, ownHeaders(headers, undefined), long, headers, true)
  let current: Controller | undefined
  const inner: Dispatch = (request, handler) => {
    const id = String.fromCharCode(97 + attempts.length)
    request.call.sent = false
    request.call.taken = { instance: instance(id, 1), reason: 'p2c' }
    request.call.onTaken?.(request.call.taken)
    const controller: Controller = new WaitController(reason => handler.onResponseError?.(controller, reason))
    const attempt: Attempt = {
      request,
      controller,
      fails (error, sent = true) { request.call.sent = sent; handler.onResponseError?.(controller, error) },
      heads (status, answered = {}) { request.call.sent = true; handler.onResponseStart?.(controller, status, answered, '') },
      ends () { handler.onResponseEnd?.(controller, {}) },
      answers (status, answered, text = '') {
        attempt.heads(status, answered)
        handler.onResponseData?.(controller, Buffer.from(text))
        attempt.ends()
      },
    }
    attempts.push(attempt)
    handler.onRequestStart?.(controller, null)
    return true
  }
  const outer: Handler = {
    onRequestStart: controller => { current = controller },
    onResponseStart: (_controller, status) => { told.push(status) },
    onResponseData: (_controller, chunk) => { if (chunk.length > 0) told.push(chunk.toString()) },
    onResponseEnd: () => { told.push('end') },
    onResponseError: (_controller, error) => { told.push(error) },
  }
  interceptor(inner)(new CallRequest({ path: '/', method: method as CallRequest['method'], headers, body: body as CallRequest['body'] }, call), outer)
  return { attempts, told, call, get controller () { return current! } }
}
