// Spans of every attempt, by the OpenTelemetry API that the application gives (an optional peer, never loaded from here): `resolve` until an instance is taken, then `call` to its end.
// The context travels on as W3C trace context (https://www.w3.org/TR/trace-context/), and as whatever the application's propagator writes.

import type { Duplex } from 'node:stream'
import type { Call } from './call.js'
import type { Controller, Handler, Headers, Interceptor } from './interceptor.js'
import { Watching } from './pass-on.js'

export interface SpanContext { readonly traceId: string, readonly spanId: string, readonly traceFlags: number, readonly traceState?: { serialize (): string } }

export interface Span {
  spanContext (): SpanContext
  setAttribute (key: string, value: string | number | boolean): unknown
  setStatus (status: { code: number, message?: string }): unknown
  recordException (error: Error): void
  end (): void
}

/** What is used of `@opentelemetry/api`; the module itself fits. */
export interface TracingApi<Context = unknown> {
  readonly trace: {
    getTracer (name: string, version?: string): { startSpan (name: string, options?: { kind?: number, attributes?: Record<string, string | number | boolean> }, context?: Context): Span }
    setSpan (context: Context, span: Span): Context
  }
  readonly context: { active (): Context }
  readonly propagation: { inject (context: Context, carrier: unknown): void }
}

/** Numbers of the API's enumerations SpanKind and SpanStatusCode. */
const KIND_INTERNAL = 0
const KIND_CLIENT = 2
const STATUS_ERROR = 2

/** The caller's context is looked up once a call: later attempts begin in a socket's callback, where it is another one. */
const contexts = new WeakMap<Call, unknown>()

export const tracing = (api: TracingApi | undefined): Interceptor => dispatch => {
  if (api === undefined) return dispatch
  const tracer = api.trace.getTracer('@roster/client')
  return (request, handler) => {
    const { call, method } = request
    if (!contexts.has(call)) contexts.set(call, api.context.active())
    const parent = contexts.get(call)
    const service = { 'roster.service': call.service }
    const resolve = tracer.startSpan(`resolve ${call.service}`, { kind: KIND_INTERNAL, attributes: { ...service, 'roster.attempt': call.attempt } }, parent)
    const traced = new Traced(handler, resolve)
    call.onTaken = ({ instance, reason }) => {
      const where = { 'roster.instance': instance.id, 'roster.reason': reason }
      for (const [key, value] of Object.entries(where)) resolve.setAttribute(key, value)
      resolve.end()
      const resend: Record<string, number> = call.attempt > 1 ? { 'http.request.resend_count': call.attempt - 1 } : {}
      const span = tracer.startSpan(call.route, {
        kind: KIND_CLIENT,
        attributes: { ...service, ...where, ...resend, 'http.request.method': method, 'server.address': instance.address, 'server.port': instance.port },
      }, parent)
      traced.span = span
      call.added = carried(api, api.trace.setSpan(parent, span), span)
    }
    return dispatch(request, traced)
  }
}

/** @example { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } */
function carried (api: TracingApi, context: unknown, span: Span): Record<string, string> {
  const carrier: Record<string, string> = {}
  api.propagation.inject(context, carrier)
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  // An application that has set no propagator still wants its traces to be whole; one without an SDK has ids of zeros, which mean nothing.
  if (carrier['traceparent'] === undefined && !/^0*$/.test(traceId)) {
    carrier['traceparent'] = `00-${traceId}-${spanId}-${(traceFlags & 255).toString(16).padStart(2, '0')}`
    const state = traceState?.serialize()
    if (state) carrier['tracestate'] = state
  }
  return carrier
}

class Traced extends Watching {
  /** The one that is open: `resolve` until an instance is taken. */
  constructor (next: Handler, public span: Span) { super(next) }

  override onResponseStart (controller: Controller, statusCode: number, headers: Headers, statusMessage?: string): void {
    if (statusCode >= 200) this.#status(statusCode)
    super.onResponseStart(controller, statusCode, headers, statusMessage)
  }

  override onRequestUpgrade (controller: Controller, statusCode: number, headers: Headers, socket: Duplex): void {
    this.#status(statusCode)
    super.onRequestUpgrade(controller, statusCode, headers, socket)
  }

  #status (statusCode: number): void {
    this.span.setAttribute('http.response.status_code', statusCode)
    if (statusCode >= 400) this.span.setStatus({ code: STATUS_ERROR })
  }

  protected override over (_status: number, error: Error | undefined): void {
    if (error !== undefined) {
      this.span.recordException(error)
      this.span.setStatus({ code: STATUS_ERROR, message: error.message })
    }
    this.span.end()
  }
}
