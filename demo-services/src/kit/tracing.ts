// Spans of a service: made by OpenTelemetry, sent to the operator page found through the registry, and besides to whatever the standard environment variables name
// (OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_ZIPKIN_ENDPOINT: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).

import { context, propagation, trace } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, ExportResultCode, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, ParentBasedSampler, AlwaysOnSampler } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { TracingApi } from '@roster/client'

/** One finished span, as the operator page draws it. */
export interface SpanRecord {
  readonly trace: string
  readonly span: string
  readonly parent: string
  readonly name: string
  readonly service: string
  readonly instance: string
  /** internal, server, client, producer, consumer */
  readonly kind: number
  /** ms since 1970. */
  readonly startMs: number
  readonly durationMs: number
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface Tracing {
  readonly tracer: Tracer
  /** For the SDK. */
  readonly api: TracingApi
  /** Spans that have ended go here from now on, in batches. */
  sendTo (send: (spans: readonly SpanRecord[]) => Promise<void>): void
  /** What is left is sent. Idempotent. */
  close (): Promise<void>
}

/** Spans that wait to be sent at most; then the newest are dropped, since a trace with its beginning says more. */
const QUEUE = 2048
/** How often, ms: a page that shows a trace should not be waited for. */
const EVERY_MS = 500

let global = false

export async function startTracing (service: string, instance: string, version: string, env: NodeJS.ProcessEnv): Promise<Tracing> {
  if (!global) {
    global = true
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }))
  }
  const page = new PageExporter(service, instance)
  const exporters = await exportersOf(env)
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [
      new BatchSpanProcessor(page, { maxQueueSize: QUEUE, scheduledDelayMillis: EVERY_MS, exportTimeoutMillis: 2000 }),
      ...exporters.map(exporter => new BatchSpanProcessor(exporter)),
    ],
  })
  const getTracer = (name: string, version?: string) => provider.getTracer(name, version)
  return {
    tracer: getTracer('shop'),
    api: { trace: { getTracer, setSpan: (ctx: never, span: never) => trace.setSpan(ctx, span) }, context, propagation } as unknown as TracingApi,
    sendTo: send => { page.send = send },
    close: () => provider.shutdown().catch(() => {}),
  }
}

async function exportersOf (env: NodeJS.ProcessEnv): Promise<SpanExporter[]> {
  const named = (env['OTEL_TRACES_EXPORTER'] ?? (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ? 'otlp' : 'none')).split(',').map(word => word.trim())
  const made: SpanExporter[] = []
  // Loaded only when they are wanted: most runs of the shop need neither.
  if (named.includes('otlp')) made.push(new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter() as SpanExporter)
  if (named.includes('zipkin')) made.push(new (await import('@opentelemetry/exporter-zipkin')).ZipkinExporter() as SpanExporter)
  return made
}

/** Hands spans to a function that may come later; until then, and when it fails, they are dropped. */
class PageExporter implements SpanExporter {
  send: ((spans: readonly SpanRecord[]) => Promise<void>) | undefined

  constructor (private readonly service: string, private readonly instance: string) {}

  export (spans: ReadableSpan[], done: (result: { code: ExportResultCode }) => void): void {
    if (this.send === undefined) { done({ code: ExportResultCode.SUCCESS }); return }
    this.send(spans.map(span => recordOf(span, this.service, this.instance))).then(() => done({ code: ExportResultCode.SUCCESS }), () => done({ code: ExportResultCode.SUCCESS }))
  }

  shutdown (): Promise<void> { return Promise.resolve() }
}

const ms = ([s, ns]: readonly [number, number]) => s * 1000 + ns / 1e6
/** SpanStatusCode.ERROR */
const ERROR = 2

function recordOf (span: ReadableSpan, service: string, instance: string): SpanRecord {
  const { traceId, spanId } = span.spanContext()
  return {
    trace: traceId,
    span: spanId,
    parent: span.parentSpanContext?.spanId ?? '',
    name: span.name,
    service,
    instance,
    kind: span.kind,
    startMs: ms(span.startTime),
    durationMs: ms(span.duration),
    failed: span.status.code === ERROR,
    attributes: span.attributes,
  }
}
