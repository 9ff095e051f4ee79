// An HTTP handler: the answer as the body of a request, the index in X-Consul-Index. Whether it succeeds is the receiver's affair: a failure is logged, and the
// watch goes on.

import { request as http } from 'node:http'
import { request as https } from 'node:https'
import type { HttpHandler } from './read.js'

/** Of the answer, bytes: what is logged of it. */
const MAX_OUTPUT = 4096

export interface HttpEnd {
  /** `500 Internal Server Error`; absent when there was no answer. */
  readonly status?: string
  readonly ok: boolean
  readonly output: string
}

/** Never rejects. */
export function sendHttp ({ url, method, headers, timeoutMs, skipVerify }: HttpHandler, json: string, index: string, signal: AbortSignal): Promise<HttpEnd> {
  return new Promise(resolve => {
    const send = url.protocol === 'https:' ? https : http
    const timeout = AbortSignal.timeout(timeoutMs)
    const sent = send(url, {
      method,
      signal: AbortSignal.any([signal, timeout]),
      headers: { 'Content-Type': 'application/json', 'X-Consul-Index': index, ...headers as Record<string, string[]>, 'Content-Length': Buffer.byteLength(json) },
      agent: false,
      ...skipVerify && { rejectUnauthorized: false },
    })
    const failed = (error: Error): void => resolve({ ok: false, output: timeout.aborted ? `no answer within ${timeoutMs} ms` : error.message })
    sent.once('error', failed)
    sent.once('response', answer => {
      let output = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => { if (output.length < MAX_OUTPUT) output = (output + chunk).slice(0, MAX_OUTPUT) })
      answer.once('error', failed)
      answer.once('end', () => {
        const code = answer.statusCode ?? 0
        resolve({ status: `${code} ${answer.statusMessage ?? ''}`.trim(), ok: code >= 200 && code < 300, output })
      })
    })
    sent.end(json)
  })
}
