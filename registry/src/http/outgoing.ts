// A reply onto the wire: the headers that every answer has, compression, length. One way for all answers, the hot ones included.

import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { ServerResponse } from 'node:http'
import type { HeaderList, Reply } from './route.js'
import type { RuntimeConfig } from '../config/runtime-config.js'

/** Bodies from this size are compressed for callers that take gzip. Bytes, as in Consul. */
const GZIP_FROM = 1400
const gzipAsync = promisify(gzip)

/** Bodies that many get are compressed once; gone with the body. */
const packedOf = new WeakMap<Buffer, Promise<Buffer>>()

function pack (body: Buffer): Promise<Buffer> {
  let packed = packedOf.get(body)
  if (packed === undefined) packedOf.set(body, packed = gzipAsync(body, { level: 1 }))
  return packed
}

/** A body with its whole header list, ready to be sent any number of times. */
export interface Encoded {
  readonly status: number
  readonly headers: string[]
  readonly body: Buffer
}

/** Header values seen lately: clients send the same few again and again. Emptied when it is full. */
const knownCodings = new Map<string, boolean>()
const MAX_KNOWN_CODINGS = 64

/** `gzip` named with a weight above 0; `*` does not count. */
export function takesGzip (accept: string | string[] | undefined): boolean {
  if (accept === undefined) return false
  const text = String(accept)
  let takes = knownCodings.get(text)
  if (takes === undefined) {
    takes = namesGzip(text)
    if (knownCodings.size >= MAX_KNOWN_CODINGS) knownCodings.clear()
    if (text.length <= 256) knownCodings.set(text, takes)
  }
  return takes
}

function namesGzip (accept: string): boolean {
  for (const part of accept.split(',')) {
    const [coding, ...params] = part.split(';').map(s => s.trim())
    if (coding?.toLowerCase() !== 'gzip') continue
    const q = params.find(p => /^q=/i.test(p))
    return q === undefined || Number(q.slice(2)) > 0
  }
  return false
}

/** Which headers an answer gets beside its own. */
export interface Surroundings {
  readonly config: RuntimeConfig
  /** The path is one of the API. */
  readonly known: boolean
  readonly gzip: boolean
}

/** @returns at once unless the body is to be compressed */
export function encodeReply (reply: Reply, around: Surroundings): Encoded | Promise<Encoded> {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  if (!around.known || !around.gzip || body.length < GZIP_FROM) return assemble(reply, body, around, [])
  return pack(body).then(packed => assemble(reply, packed, around, ['Content-Encoding', 'gzip']))
}

function assemble (reply: Reply, body: Buffer, { config, known }: Surroundings, coding: HeaderList): Encoded {
  const headers = [...reply.headers]
  // Go's server sniffs an empty body of an API answer as JSON, because the API's handlers are JSON handlers.
  if (known && reply.status === 200 && body.length === 0 && !has(reply.headers, 'Content-Type')) headers.push('Content-Type', 'application/json; charset=utf-8')
  headers.push(...commonHeaders(config, known), ...coding, 'Content-Length', String(body.length))
  return { status: reply.status, headers, body }
}

/** What every answer has beside its own. @param known the path is one of the API */
export function commonHeaders (config: RuntimeConfig, known: boolean): HeaderList {
  const headers: string[] = []
  if (known) {
    headers.push('X-Consul-Default-ACL-Policy', config.acl.enabled ? config.acl.defaultPolicy : 'allow', 'Vary', 'Accept-Encoding')
    if (config.addresses.translateWan) headers.push('X-Consul-Translate-Addresses', 'true')
  }
  for (const name in config.http.responseHeaders) headers.push(name, config.http.responseHeaders[name]!)
  return headers
}

const has = (headers: HeaderList, name: string): boolean => {
  for (let i = 0; i < headers.length; i += 2) if (headers[i]!.toLowerCase() === name.toLowerCase()) return true
  return false
}

export function send (response: ServerResponse, { status, headers, body }: Encoded, head: boolean): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, headers)
  response.end(head ? undefined : body)
}
