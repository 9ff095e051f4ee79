// The HTTP door: sockets in front of the router. Fastify owns the listener, its limits and the WebSocket upgrade; requests of the compatible API go
// from one catch-all route to router.ts, because their matching, bodies and errors are Go's and not the framework's.

import { createServer } from 'node:http'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import fastify from 'fastify'
import { RosterError, errors } from '../errors.js'
import { parseQuery } from './decode/query.js'
import { Router } from './router.js'
import { text } from './reply.js'
import { taken } from './route.js'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'

/** Bodies from this size are compressed for callers that take gzip. Bytes, as in Consul. */
const GZIP_FROM = 1400
const gzipAsync = promisify(gzip)

export interface Door {
  /** Fastify, for the doors that it hosts (WebSocket, page). */
  readonly app: FastifyInstance
  listen (host: string, port: number): Promise<AddressInfo>
  /** Stops accepting, lets what is in flight finish for `graceMs`, then cuts. */
  close (graceMs: number): Promise<void>
}

export interface DoorOptions {
  readonly roster: Roster
  readonly routes: readonly Route[]
  /** Told of each answered request, for metrics. */
  readonly onAnswer?: (route: string, status: number, ms: number) => void
}

export function httpDoor ({ roster, routes, onAnswer }: DoorOptions): Door {
  const router = new Router(routes)
  const stopping = new AbortController()
  const log = roster.log.child('http')
  let made = 0
  const app = fastify({
    serverFactory: handler => createServer({
      maxHeaderSize: roster.config.limits.maxHeaderBytes,
      headersTimeout: roster.config.limits.headersTimeoutMs,
      requestTimeout: roster.config.limits.requestTimeoutMs,
      requireHostHeader: false,
      keepAliveTimeout: 120_000,
    }, handler),
    logger: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => { done(null) })

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now()
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const rawPath = mark < 0 ? url : url.slice(0, mark)
    const id = `${process.pid}-${++made}`
    let name = 'unknown'
    let reply: Reply | typeof taken
    try {
      const match = router.match(rawPath, !roster.config.http.disableUnprintableCharFilter)
      if (match.kind === 'route') name = match.route.path
      reply = await answer(match, rawPath, mark < 0 ? '' : url.slice(mark + 1), request, response, id)
    } catch (error) {
      if (error instanceof RosterError) reply = text(error.status, error.message)
      else {
        log.error('Request failed', { request: id, method: request.method, url, error: error instanceof Error ? error.stack : String(error) })
        reply = text(500, errors.INTERNAL(id).message)
      }
    }
    if (reply === taken) {
      response.once('close', () => onAnswer?.(name, response.statusCode, performance.now() - began))
      return
    }
    await write(request, response, reply, name !== 'unknown')
    onAnswer?.(name, reply.status, performance.now() - began)
  }

  const answer = async (match: ReturnType<Router['match']>, rawPath: string, rawQuery: string, request: IncomingMessage, response: ServerResponse, id: string): Promise<Reply | typeof taken> => {
    const method = request.method ?? 'GET'
    if (match.kind === 'unprintable') return { status: 400, headers: [], body: '' }
    if (match.kind === 'redirect') {
      const location = rawQuery === '' ? match.location : `${match.location}?${rawQuery}`
      const body = method === 'GET' ? `<a href="${escapeHtml(location)}">Temporary Redirect</a>.\n\n` : ''
      return { status: 307, headers: ['Location', location, ...(method === 'GET' ? ['Content-Type', 'text/html; charset=utf-8'] : [])], body }
    }
    if (match.kind === 'unknown') {
      return text(404, match.path.includes('/v1/')
        ? 'Invalid URL path: not a recognized HTTP API endpoint\n'
        : "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n")
    }
    const query = parseQuery(rawQuery)
    if (query instanceof Error) return { status: 500, headers: [], body: '' }
    const { route } = match
    const methods = Object.keys(route.methods)
    if (route.ownMethods !== true) {
      const allow = ['Allow', ['OPTIONS', ...methods].join(',')]
      if (method === 'OPTIONS') return { status: 200, headers: allow, body: '' }
      if (!methods.includes(method)) return text(405, `method ${method} not allowed`, allow)
    }
    const handler = route.methods[method as keyof Route['methods']] ?? Object.values(route.methods)[0]!
    const abort = new AbortController()
    const ended = (): void => abort.abort()
    response.once('close', ended)
    stopping.signal.addEventListener('abort', ended, { once: true })
    let body: Promise<Buffer> | undefined
    const made: Request = {
      method,
      path: match.path,
      rest: match.rest,
      query,
      headers: request.headers,
      body: limit => body ??= readBody(request, limit ?? roster.config.limits.maxBodyBytes),
      remoteAddress: request.socket.remoteAddress ?? '',
      signal: abort.signal,
      id,
      raw: { request, response },
    }
    try {
      return await handler(made, roster)
    } finally {
      stopping.signal.removeEventListener('abort', ended)
    }
  }

  const write = async (request: IncomingMessage, response: ServerResponse, reply: Reply, known: boolean): Promise<void> => {
    if (response.destroyed || response.headersSent) return
    let body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
    const headers = [...reply.headers, 'X-Consul-Default-ACL-Policy', roster.config.acl.defaultPolicy]
    if (known) {
      headers.push('Vary', 'Accept-Encoding')
      if (body.length >= GZIP_FROM && takesGzip(request.headers['accept-encoding'])) {
        body = await gzipAsync(body, { level: 1 })
        headers.push('Content-Encoding', 'gzip')
      }
    }
    for (const [name, value] of Object.entries(roster.config.http.responseHeaders)) headers.push(name, value)
    headers.push('Content-Length', String(body.length))
    response.writeHead(reply.status, headers)
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  app.all('*', (request, reply) => {
    reply.hijack()
    void handle(request.raw, reply.raw)
  })

  return {
    app,
    async listen (host, port) {
      await app.listen({ host, port })
      return app.server.address() as AddressInfo
    },
    async close (graceMs) {
      stopping.abort()
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs)
      app.server.closeIdleConnections()
      await app.close()
      clearTimeout(cut)
    },
  }
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** `gzip` named with a weight above 0; `*` does not count. */
export function takesGzip (accept: string | string[] | undefined): boolean {
  if (accept === undefined) return false
  for (const part of String(accept).split(',')) {
    const [coding, ...params] = part.split(';').map(s => s.trim())
    if (coding?.toLowerCase() !== 'gzip') continue
    const q = params.find(p => /^q=/i.test(p))
    return q === undefined || Number(q.slice(2)) > 0
  }
  return false
}

/** The whole body. @throws RosterError 413 past `limit` */
function readBody (request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers['content-length'] ?? 0)
    if (declared > limit) {
      request.resume()
      reject(errors.BODY_TOO_LARGE(declared, limit, 'https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size'))
      return
    }
    const parts: Buffer[] = []
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size > limit) {
        request.removeAllListeners('data')
        request.resume()
        reject(errors.BODY_TOO_LARGE(size, limit, 'https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size'))
      } else parts.push(part)
    })
    request.on('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
    request.on('error', reject)
    request.on('close', () => reject(new RosterError('ABORTED', 400, 'the request was cut short')))
  })
}
