// /v1/agent/metrics: counters as JSON, or as Prometheus reads them where that is switched on.

import { metricsJson } from '../agent/about/metrics.js'
import { endless } from './endless.js'
import { empty, encode, json } from './reply.js'
import type { Handler, Request, Route } from './route.js'

/** ms between two answers of the stream. */
const INTERVAL_MS = 10_000

const metrics: Handler = async (request, roster) => {
  if (!wantsPrometheus(request)) return json(metricsJson(roster), request, roster)
  if (roster.config.telemetry.prometheusRetentionMs <= 0) return empty(['X-Consul-Reason', 'Prometheus is not enabled since its retention time is not positive'])
  const { text, contentType } = await roster.scrape()
  return { status: 200, headers: ['Content-Type', contentType], body: text }
}

function wantsPrometheus (request: Request): boolean {
  if (request.query.get('format') === 'prometheus') return true
  return String(request.headers.accept ?? '').split(',').some(range => {
    const [type, parameter] = range.split(';').map(part => part.trim())
    return type?.toLowerCase() === 'application/openmetrics-text' || (type?.toLowerCase() === 'text/plain' && parameter === 'version=0.4.0')
  })
}

/** The same again and again. */
const stream: Handler = (request, roster) => endless(request, roster, 'application/json', out => {
  let cancel = (): void => {}
  const again = (): void => {
    out.write(encode(metricsJson(roster), false, roster) + '\n')
    cancel = roster.clock.after(INTERVAL_MS, again)
  }
  again()
  return () => cancel()
})

export const agentMetricsRoutes: readonly Route[] = [
  { path: '/v1/agent/metrics', methods: { GET: metrics } },
  { path: '/v1/agent/metrics/stream', methods: { GET: stream } },
]
