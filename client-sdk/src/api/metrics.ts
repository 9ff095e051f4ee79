// The process's own metrics and interface description (`/metrics`, `/openapi.json`). The compatible ones are agent.metrics.

import { json, plainText, record } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'

export const metricsApi = (http: Transport) => ({
  /** Prometheus' text format. */
  text: (options: CallOptions = {}): Promise<Answer<string>> => http.call({ method: 'GET', path: '/metrics', decode: plainText }, options),
  /** OpenAPI of the HTTP interface. */
  openapi: (options: CallOptions = {}): Promise<Answer<Readonly<Record<string, unknown>>>> => http.call({ method: 'GET', path: '/openapi.json', decode: json(record<Record<string, unknown>>()) }, options),
})
