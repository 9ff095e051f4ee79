// The HTTP door of every service: schemas refuse what is not well formed, errors of the catalogue become answers, each request is a span, and faults stand in its way when they are on.

import { AsyncResource } from 'node:async_hooks'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Span, Tracer } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { inbound } from '@roster/client'
import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ShopError } from './errors.js'
import type { Faults } from './faults.js'
import { scope } from './scope.js'

export type Http = FastifyInstance

/** Largest body, bytes. A basket of 20 products is below 2 KiB. */
const BODY_LIMIT = 16 * 1024
/** Probes, and the operator who looks on: no faults, no spans, or he would see nothing but himself. */
const aside = (url: string): boolean => url === '/health' || url.startsWith('/operator/') || url === '/api/spans'

declare module 'fastify' {
  interface FastifyRequest { span?: Span, around?: AsyncResource }
}

/** Calls that were answered, and those of them with an error of our own: what a deployment looks at before it goes on. */
export interface Counts { answered: number, failed: number }

export interface HttpParts {
  readonly label: string
  readonly tracer: Tracer
  readonly faults: Faults
  readonly log: FastifyBaseLogger
  readonly counts: Counts
}

/** A service's own door. */
export function createHttp ({ label, tracer, faults, log, counts }: HttpParts): Http {
  const http = plainHttp(log)
  http.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-served-by', label)
    if (aside(request.url)) {
      context.with(suppressTracing(context.active()), () => {
        request.around = new AsyncResource('request')
        done()
      })
      return
    }
    const parent = propagation.extract(context.active(), request.headers)
    const span = tracer.startSpan(`${request.method} ${request.routeOptions.url ?? 'unknown'}`, { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'url.path': request.url } }, parent)
    request.span = span
    scope.run(inbound(request.headers), () => context.with(trace.setSpan(parent, span), () => {
      request.around = new AsyncResource('request')
      done()
    }))
  })
  // The body comes by the socket's events, which know nothing of this request's context: it is entered again.
  http.addHook('preValidation', (request, _reply, done) => {
    if (request.around === undefined) done()
    else request.around.runInAsyncScope(done)
  })
  http.addHook('preHandler', async (request, reply) => {
    if (!aside(request.url) && faults.list().length > 0) await faults.before(gone(reply))
  })
  http.addHook('onSend', async (request) => {
    if (!aside(request.url)) faults.after()
  })
  http.addHook('onResponse', (request, reply, done) => {
    counts.answered++
    if (reply.statusCode >= 500) counts.failed++
    finish(request, reply.statusCode)
    done()
  })
  http.addHook('onRequestAbort', (request, done) => { finish(request, 499); done() })
  http.get('/health', async () => ({ status: 'ok' }))
  return http
}

/** A door with answers to what is wrong, and nothing else: for the service's other face. */
export function plainHttp (log: FastifyBaseLogger): Http {
  const http = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    // What is wrong is refused, not mended: a field too many is a caller that means something else.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: true, allErrors: false } },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  }) as unknown as Http

  http.setNotFoundHandler((_request, reply) => refuse(reply, new ShopError('UNKNOWN')))
  http.setErrorHandler((error: Error & { statusCode?: number, validation?: unknown, code?: string }, request, reply) => {
    if (error instanceof ShopError) return refuse(reply, error)
    if (error.statusCode === 413) return refuse(reply, new ShopError('TOO_LARGE'))
    if (error.validation !== undefined || (error.statusCode !== undefined && error.statusCode < 500)) return refuse(reply, new ShopError('BAD_INPUT', error.message))
    log.error({ err: error, method: request.method, url: request.url }, 'a request failed')
    request.span?.recordException(error)
    return refuse(reply, new ShopError('BUG'))
  })
  return http
}

function refuse (reply: FastifyReply, { code, message, status }: ShopError): FastifyReply {
  if (status === 503) void reply.header('retry-after', '1')
  return reply.code(status).send({ error: { code, message } })
}

/** Aborted when the caller has gone. */
function gone (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}

function finish (request: FastifyRequest, status: number): void {
  const { span } = request
  if (span === undefined) return
  span.setAttribute('http.response.status_code', status)
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
