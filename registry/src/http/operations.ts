// What operators and orchestrators look at, beside the compatible API: metrics, liveness, readiness. Routes of fastify.

import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../telemetry/metrics.js'

export interface OperationsOptions {
  readonly metrics: Metrics
  /** Whether requests are to be sent here: false before everything runs and while the server stops. */
  readonly ready: () => boolean
}

/** To be called before the first `listen`. */
export function operations (app: FastifyInstance, { metrics, ready }: OperationsOptions): void {
  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await metrics.scrape()
    return await reply.header('Content-Type', contentType).send(text)
  })
  app.get('/health/live', async (_request, reply) => await reply.type('application/json').send('{"status":"live"}'))
  app.get('/health/ready', async (_request, reply) => ready()
    ? await reply.type('application/json').send('{"status":"ready"}')
    : await reply.code(503).type('application/json').send('{"status":"not ready"}'))
  app.get('/openapi.json', async (_request, reply) => {
    const { openapi } = await import('./openapi.js')
    return await reply.type('application/json').send(openapi())
  })
}
