// The request of an HTTP check, head and all, as Go's client would send it. Pure: a definition goes in, a request comes out; redirect.ts changes it.

import { goQuote } from '../../../http/decode/go-text.js'
import type { CheckDefinition } from '../../definition.js'
import { NetError } from '../../net/net-error.js'
import { formatGoUrl, parseGoUrl, type GoUrl } from './go-url.js'

export type Header = readonly [name: string, value: string]

export interface CheckRequest {
  readonly method: string
  readonly url: GoUrl
  /** Overrides the URL's host in the head, '' for none. */
  readonly host: string
  /** The user's own headers and those that redirects add, in the order of their names. */
  readonly headers: readonly Header[]
  readonly body: string
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Written by the client itself, whatever the definition says. */
const OWN = new Set(['host', 'content-length', 'transfer-encoding', 'trailer', 'connection'])

/** @throws NetError with Go's words when no request can be made of the definition */
export function firstRequest (definition: CheckDefinition): CheckRequest {
  const method = definition.method === '' ? 'GET' : definition.method
  if (!TOKEN.test(method)) throw new NetError(`net/http: invalid method ${goQuote(method)}`)
  const url = parseGoUrl(definition.http)
  const fail = (why: string): never => { throw requestError(method, url, why) }
  const headers: Header[] = []
  let host = ''
  for (const [name, values] of Object.entries(definition.header)) {
    if (!TOKEN.test(name)) return fail(`net/http: invalid header field name ${goQuote(name)}`)
    // eslint-disable-next-line no-control-regex -- these are what is looked for
    if (values.some(value => /[\x00-\x08\x0a-\x1f\x7f]/.test(value))) return fail(`net/http: invalid header field value for ${goQuote(name)}`)
    if (name.toLowerCase() === 'host') host = values[0] ?? ''
    if (!OWN.has(name.toLowerCase())) headers.push(...values.map(value => [name, value] as const))
  }
  return { method, url, host, headers: sorted(withUser(withDefaults(headers), url)), body: definition.body }
}

const DEFAULTS: readonly Header[] = [['User-Agent', 'Consul Health Check'], ['Accept', 'text/plain, text/*, */*']]

/** An empty value counts as none. */
function withDefaults (headers: readonly Header[]): readonly Header[] {
  let all = headers
  for (const header of DEFAULTS) {
    const own = all.filter(([name]) => name.toLowerCase() === header[0].toLowerCase())
    if (own.every(([, value]) => value === '')) all = [...all.filter(other => !own.includes(other)), header]
  }
  return all
}

/** Basic credentials from a URL's user info, unless there are some already. */
export function withUser (headers: readonly Header[], { user }: GoUrl): readonly Header[] {
  if (user === undefined || headers.some(([name]) => name.toLowerCase() === 'authorization')) return headers
  return [...headers, ['Authorization', `Basic ${Buffer.from(`${user.name}:${user.password ?? ''}`).toString('base64')}`]]
}

export const sorted = (headers: readonly Header[]): readonly Header[] =>
  headers.map((header, i) => ({ header, i })).sort((a, b) => a.header[0] < b.header[0] ? -1 : a.header[0] > b.header[0] ? 1 : a.i - b.i).map(({ header }) => header)

/** Whether gzip is the client's own idea; only then it unpacks the answer. */
export const asksForGzip = ({ method, headers }: CheckRequest): boolean =>
  method !== 'HEAD' && !headers.some(([name]) => ['accept-encoding', 'range'].includes(name.toLowerCase()))

/** The head in the order of Go's client: host, agent, length, the rest by name, and its own two last. */
export function headOf (request: CheckRequest): readonly Header[] {
  const { method, url, host, headers, body } = request
  const agent = headers.filter(([name]) => name.toLowerCase() === 'user-agent').slice(0, 1)
  const length: Header[] = body !== '' || ['POST', 'PUT', 'PATCH'].includes(method) ? [['Content-Length', String(Buffer.byteLength(body))]] : []
  return [
    ['Host', host === '' ? url.host : host],
    ...agent,
    ...length,
    ...headers.filter(([name]) => name.toLowerCase() !== 'user-agent'),
    ...(asksForGzip(request) ? [['Accept-Encoding', 'gzip'] as const] : []),
    ['Connection', 'close'],
  ]
}

/** Go's error of a request: `Get "http://example.org/": why`. */
export const requestError = (method: string, url: GoUrl | string, why: string, cause?: unknown): NetError =>
  new NetError(`${method.slice(0, 1)}${method.slice(1).toLowerCase()} ${goQuote(typeof url === 'string' ? url : formatGoUrl(url))}: ${why}`, { cause })
