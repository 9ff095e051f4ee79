// Spans of what passes: one for each exchange, and below it one for each attempt with the instance and the reason. Off unless the standard environment variables of OpenTelemetry ask for it; the SDK
// is an optional dependency, loaded only then, and reads its own variables (endpoint, protocol, headers, sampler, service name, resource).

import type { Context, Span, Tracer } from '@opentelemetry/api'
import type { ExchangeRecord, Observer } from '../http1/observer.js'
import type { HeaderChange } from '../http1/route.js'
import { VERSION } from '../version.js'
import type { Log } from './log.js'
import { readTrace, traceHeaders } from './trace-context.js'
import type { TraceContext } from './trace-context.js'
import type { Direction } from './traffic.js'

type Env = Readonly<Record<string, string | undefined>>

/** Whether somebody wants spans. */
export const wantsTracing = (env: Env): boolean =>
  env['OTEL_SDK_DISABLED'] !== 'true' && env['OTEL_TRACES_EXPORTER'] !== 'none' &&
  [env['OTEL_EXPORTER_OTLP_ENDPOINT'], env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'], env['OTEL_TRACES_EXPORTER']].some(value => value !== undefined && value !== '')

export interface Tracing {
  observer (direction: Direction): Pick<Observer, 'began' | 'attempt' | 'attempted' | 'ended'>
  /** Of an exchange that is traced, for the log. */
  traceId (record: ExchangeRecord): string | undefined
  /** Spans that wait are sent. Never rejects. */
  close (): Promise<void>
}

/** How long spans may take to be sent at the end, ms. */
const FLUSH_MS = 3000

/**
 * @param service name that spans have, where OTEL_SERVICE_NAME says none
 * @returns `undefined`: nobody wants it, or the SDK is not installed, which is logged
 */
export async function startTracing (env: Env, service: string, log: Log): Promise<Tracing | undefined> {
  if (!wantsTracing(env)) return undefined
  try {
    const [api, { NodeSDK }] = await Promise.all([import('@opentelemetry/api'), import('@opentelemetry/sdk-node')])
    const sdk = new NodeSDK({ ...env['OTEL_SERVICE_NAME'] === undefined && { serviceName: service }, instrumentations: [] })
    sdk.start()
    return new Spans(api, api.trace.getTracer('@roster/sidecar', VERSION), async () => {
      await Promise.race([sdk.shutdown(), new Promise(resolve => setTimeout(resolve, FLUSH_MS).unref())]).catch((error: unknown) => log.warn({ err: error }, 'spans could not be sent'))
    })
  } catch (error) {
    log.warn({ err: error }, 'tracing is asked for, but @opentelemetry/sdk-node cannot be loaded; install it beside roster-sidecar')
    return undefined
  }
}

/** What is kept with an exchange while it lasts. */
interface Traced { readonly span: Span, readonly context: Context, readonly came: TraceContext | undefined, attempt: Span | undefined }

class Spans implements Tracing {
  constructor (private readonly api: typeof import('@opentelemetry/api'), private readonly tracer: Tracer, readonly close: () => Promise<void>) {}

  traceId (record: ExchangeRecord): string | undefined { return (record.tag as Traced | undefined)?.span.spanContext().traceId }

  observer (direction: Direction): ReturnType<Tracing['observer']> {
    const { SpanKind, SpanStatusCode } = this.api
    return {
      began: record => {
        const came = readTrace(name => record.head.get(name))
        const { ROOT_CONTEXT, trace, TraceFlags } = this.api
        const parent = came === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { traceId: came.traceId, spanId: came.spanId, isRemote: true, traceFlags: came.sampled === false ? TraceFlags.NONE : TraceFlags.SAMPLED })
        const span = this.tracer.startSpan(record.route, {
          kind: direction === 'inbound' ? SpanKind.SERVER : SpanKind.INTERNAL,
          attributes: { 'roster.direction': direction, 'roster.service': record.upstream?.name ?? '', 'http.request.method': record.head.method, 'url.path': record.head.path.replace(/[?#].*$/s, ''), 'client.address': record.connection.remoteAddress },
        }, parent)
        record.tag = { span, context: trace.setSpan(parent, span), came, attempt: undefined } satisfies Traced
        return undefined
      },
      attempt: record => {
        const traced = record.tag as Traced | undefined
        if (traced === undefined) return undefined
        traced.attempt?.end()
        const { instance, why, attempts } = record
        traced.attempt = this.tracer.startSpan(`${record.head.method} ${record.upstream?.name ?? ''}`, {
          kind: SpanKind.CLIENT,
          attributes: { 'roster.instance': instance?.id ?? '', 'roster.reason': why, ...instance !== undefined && { 'server.address': instance.address, 'server.port': instance.port }, ...attempts > 1 && { 'http.request.resend_count': attempts - 1 } },
        }, traced.context)
        return headersOf(traced.attempt, traced.came)
      },
      attempted: (record, status, reason) => {
        const attempt = (record.tag as Traced | undefined)?.attempt
        if (attempt === undefined) return
        if (status > 0) attempt.setAttribute('http.response.status_code', status)
        if (reason !== '' || status >= 500) attempt.setStatus({ code: SpanStatusCode.ERROR, message: reason })
      },
      ended: record => {
        const traced = record.tag as Traced | undefined
        if (traced === undefined) return
        traced.attempt?.end()
        const { status, reason, grpcStatus } = record
        if (status > 0) traced.span.setAttribute('http.response.status_code', status)
        if (grpcStatus !== undefined) traced.span.setAttribute('rpc.grpc.status_code', Number(grpcStatus))
        if (reason !== '') traced.span.setAttribute('roster.outcome', reason)
        if (status >= 500 || reason !== '') traced.span.setStatus({ code: SpanStatusCode.ERROR, message: reason })
        traced.span.end()
      },
    }
  }
}

function headersOf (span: Span, came: TraceContext | undefined): readonly HeaderChange[] {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return traceHeaders({ traceId, spanId, sampled: (traceFlags & 1) === 1, state: came?.state, form: came?.form ?? 'w3c' }).map(([name, value]) => ({ name, value }))
}
