// What can go wrong between the proxy and an endpoint, as errors that the SDK's decisions understand by their `code`; and the one table that says what a client is answered.

import { isCircuitOpen, isConcurrencyLimit, isNoInstances, isNotReady, isTimeout } from '@roster/client'
import type { Refusal } from './route.js'

/** `word` is what clients, logs and metrics are told. */
export class EndpointError extends Error {
  constructor (readonly code: string, readonly word: 'connect-failed' | 'connect-timeout' | 'upstream-reset' | 'bad-answer', message: string, options?: ErrorOptions) { super(message, options) }
}

export const connectFailed = (cause: Error): EndpointError => new EndpointError((cause as { code?: string }).code ?? 'ECONNREFUSED', 'connect-failed', `cannot connect: ${cause.message}`, { cause })
export const connectTimeout = (ms: number): EndpointError => new EndpointError('ETIMEDOUT', 'connect-timeout', `no connection within ${ms} ms`)
export const reset = (what: string, cause?: Error): EndpointError => new EndpointError('ECONNRESET', 'upstream-reset', what, cause && { cause })
/** `EPROTO`: it speaks, and what it says is no HTTP/1.1. */
export const badAnswer = (what: string): EndpointError => new EndpointError('EPROTO', 'bad-answer', `the answer is not to be read: ${what}`)

/** Why an exchange ended, in a word. */
export const wordOf = (error: Error): string => error instanceof EndpointError ? error.word : refusalOf(error).reason

/** From what went wrong to what the client is answered; first match wins. */
const rescues: ReadonlyArray<readonly [fits: (error: Error) => boolean, refusal: (error: Error) => Refusal]> = [
  [error => error instanceof EndpointError && error.word === 'connect-timeout', ({ message }) => ({ status: 504, reason: 'connect-timeout', message })],
  [error => error instanceof EndpointError, error => ({ status: 502, reason: (error as EndpointError).word, message: error.message })],
  [isNoInstances, ({ message }) => ({ status: 503, reason: 'no-instances', message })],
  [isNotReady, ({ message }) => ({ status: 503, reason: 'not-ready', message })],
  [isCircuitOpen, error => ({ status: 503, reason: 'circuit-open', message: error.message, headers: [['Retry-After', String(Math.ceil((error as unknown as { retryAfterMs: number }).retryAfterMs / 1000))]] })],
  [isConcurrencyLimit, ({ message }) => ({ status: 503, reason: 'concurrency-limit', message })],
  [isTimeout, ({ message }) => ({ status: 504, reason: 'timeout', message })],
]

export function refusalOf (error: Error): Refusal {
  const rescue = rescues.find(([fits]) => fits(error))
  return rescue === undefined ? { status: 502, reason: 'failed', message: error.message } : rescue[1](error)
}
