// The HTTP door: listeners and what stands directly behind them. Fastify owns the WebSocket upgrade, the page and the life of the server; requests of the
// compatible API go straight to dispatch.ts, because their matching, bodies and errors are Go's and not the framework's.
//
//   socket → connection limit → hot answer by URL? ─yes→ the kept bytes
//                                     └─no→ dispatch → encode → keep, if the answer says how long it holds → socket

import { createServer } from 'node:http'
import fastify from 'fastify'
import { Router } from './router.js'
import { Access } from './access.js'
import { ClientLimits, isLoopback } from './client-limits.js'
import { dispatch } from './dispatch.js'
import { encodeReply, send, takesGzip } from './outgoing.js'
import { taken } from './route.js'
import type { IncomingMessage, Server, ServerOptions as HttpServerOptions, ServerResponse } from 'node:http'
import type { ServerOptions as TlsOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { DispatchContext } from './dispatch.js'
import type { HttpConfig } from '../config/runtime-config.js'
import type { Route } from './route.js'
import type { Roster } from '../roster.js'

export interface Door {
  /** Fastify, for the doors that it hosts (WebSocket, page). Routes are added before the first `listen`. */
  readonly app: FastifyInstance
  readonly limits: ClientLimits
  listen (at: { readonly host: string, readonly port: number } | { readonly path: string }, tls?: TlsOptions): Promise<AddressInfo | string>
  /** Stops accepting, lets what is in flight finish for `graceMs`, then cuts. */
  close (graceMs: number): Promise<void>
}

/** Idle keep-alive connections are closed after this, ms; longer than any client's own limit, so that it is the client who closes. */
const KEEP_ALIVE_MS = 120_000

/** How often connections are looked at that are slow with headers or bodies, ms. */
const CHECK_SLOW_MS = 1000

export function httpDoor ({ roster, routes }: { readonly roster: Roster, readonly routes: readonly Route[] }): Door {
  const stopping = new AbortController()
  const limits = new ClientLimits(roster.clock)
  let accessFor: HttpConfig | undefined
  let access: Access
  const context: DispatchContext = {
    roster,
    router: new Router(routes),
    limits,
    stopping: stopping.signal,
    access () {
      if (accessFor !== roster.config.http) access = new Access(accessFor = roster.config.http)
      return access
    },
  }
  const servers: Server[] = []
  /** The server's options and habits; `make` is http's or https's. */
  const listener = (make: (options: HttpServerOptions, handler: (request: IncomingMessage, response: ServerResponse) => void) => Server, handler: (request: IncomingMessage, response: ServerResponse) => void): Server => {
    const server = make({
      maxHeaderSize: roster.config.limits.maxHeaderBytes,
      headersTimeout: roster.config.limits.headersTimeoutMs,
      requestTimeout: roster.config.limits.requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_SLOW_MS,
    }, (request, response) => {
      if (hot(context, request, response)) return
      if (hostedByFastify(request.url!)) handler(request, response)
      else void serve(context, request, response)
    })
    server.on('connection', socket => {
      const address = socket.remoteAddress ?? ''
      if (limits.connect(address, roster.config.limits)) socket.once('close', () => limits.disconnect(address))
      else socket.end('HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
    servers.push(server)
    return server
  }
  const app = fastify({
    // Never listens itself: sockets are opened below, as many as there are addresses. It still owns routes, upgrade and shutdown.
    serverFactory: handler => listener(createServer, handler),
    logger: false,
    // Bodies are read by dispatch.ts, with the bound of each route.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: { maxParamLength: 2 ** 16 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => { done(null) })
  app.setNotFoundHandler((request, reply) => {
    reply.hijack()
    void serve(context, request.raw, reply.raw)
  })
  return {
    app,
    limits,
    async listen (at, tls) {
      await app.ready()
      let server = app.server as Server
      if (server.listening || tls !== undefined) {
        const handler = (request: IncomingMessage, response: ServerResponse): void => app.routing(request, response)
        const { createServer: createTlsServer } = await import('node:https')
        server = tls === undefined ? listener(createServer, handler) : listener((options, h) => createTlsServer({ ...options, ...tls }, h) as unknown as Server, handler)
        server.on('upgrade', (...args: unknown[]) => app.server.emit('upgrade', ...args))
      }
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(at, () => {
          server.off('error', reject)
          resolve()
        })
      })
      return server.address()!
    },
    async close (graceMs) {
      stopping.abort()
      const closed = servers.map(server => new Promise<void>(resolve => { server.listening ? server.close(() => resolve()) : resolve() }))
      for (const server of servers) server.closeIdleConnections()
      const cut = setTimeout(() => { for (const server of servers) server.closeAllConnections() }, graceMs)
      await Promise.all(closed)
      clearTimeout(cut)
      await app.close()
    },
  }
}

/** Paths that fastify routes: the watch stream, the page, what operators look at. */
const FASTIFY_PATHS = /^\/(?:v1\/watch|ui|metrics|health|openapi\.json)(?:[/?]|$)/

const hostedByFastify = (url: string): boolean => FASTIFY_PATHS.test(url)

/** Answers from kept bytes; false when there are none that are still true. */
function hot ({ roster, access, limits }: DispatchContext, request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'GET' || roster.config.acl.enabled || roster.guard.active) return false
  const { headers, socket } = request
  const found = roster.hotReads.find(request.url!, takesGzip(headers['accept-encoding']))
  if (found === undefined) return false
  if (headers['cache-control'] !== undefined || headers['x-consul-namespace'] !== undefined || headers['x-consul-partition'] !== undefined) return false
  if (access().hostError(headers.host, isLoopback(socket.localAddress ?? '')) !== undefined) return false
  if (limits.request(socket.remoteAddress ?? '', roster.config.limits) > 0) return false
  found.stats.observe(200, 0)
  roster.stats.hot++
  send(response, found.encoded, false)
  return true
}

async function serve (context: DispatchContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { roster } = context
  const began = performance.now()
  const { route, known, reply } = await dispatch(context, request, response)
  const stats = roster.stats.of(route)
  if (reply === taken) {
    const done = (): void => stats.observe(response.statusCode, performance.now() - began)
    if (response.destroyed) done()
    else response.once('close', done)
    return
  }
  const gzip = takesGzip(request.headers['accept-encoding'])
  const encoded = encodeReply(reply, { config: roster.config, known, gzip })
  const ready = encoded instanceof Promise ? await encoded : encoded
  if (reply.validWhile !== undefined && request.method === 'GET') roster.hotReads.keep(request.url!, gzip, reply.validWhile, ready, stats)
  send(response, ready, request.method === 'HEAD')
  stats.observe(ready.status, performance.now() - began)
}
