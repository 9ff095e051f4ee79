// The HTTP door: listeners and what stands directly behind them. Fastify hosts the WebSocket upgrade, the page and what operators look at; requests of the
// compatible API go straight to dispatch.ts, because their matching, bodies and errors are Go's and not the framework's.
//
//   socket → connection limit → hot answer by URL? ─yes→ the kept bytes
//                                     └─no→ dispatch → encode → keep, if the answer says how long it holds → socket

import { setMaxListeners } from 'node:events'
import { createServer } from 'node:http'
import { Router } from './router.js'
import { Access } from './access.js'
import { ClientLimits, isLoopback } from './client-limits.js'
import { dispatch } from './dispatch.js'
import { encodeReply, send, takesGzip } from './outgoing.js'
import { follows } from './read.js'
import { taken } from './route.js'
import type { IncomingMessage, Server, ServerOptions as HttpServerOptions, ServerResponse } from 'node:http'
import type { ServerOptions as TlsOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { DispatchContext } from './dispatch.js'
import type { HttpConfig, RuntimeConfig } from '../config/runtime-config.js'
import type { Route } from './route.js'
import type { Roster } from '../roster.js'

export interface Door {
  /** Loads fastify and what it hosts, if that has not been done: called by the first request for one of its paths, or ahead of it. */
  warm (): Promise<unknown>
  readonly limits: ClientLimits
  listen (at: { readonly host: string, readonly port: number } | { readonly path: string }, tls?: TlsOptions): Promise<AddressInfo | string>
  /** Stops accepting, lets what is in flight finish for `graceMs`, then cuts. */
  close (graceMs: number): Promise<void>
}

/** Idle keep-alive connections are closed after this, ms; longer than any client's own limit, so that it is the client who closes. */
const KEEP_ALIVE_MS = 120_000

/** How often connections are looked at that are slow with headers or bodies, ms. */
const CHECK_SLOW_MS = 1000

export interface DoorOptions {
  readonly roster: Roster
  readonly routes: readonly Route[]
  /** Adds what fastify hosts: the watch stream, the page, what operators look at. */
  readonly host: (app: FastifyInstance) => Promise<void>
}

export function httpDoor ({ roster, routes, host }: DoorOptions): Door {
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // one for each request in flight
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
    async unhurried (read) {
      hurry(1)
      try {
        return await read()
      } finally {
        hurry(-1)
      }
    },
  }
  const hostedByFastify = hostedAt(roster.config)
  const servers: Server[] = []
  let unhurriedReads = 0
  const hurry = (by: number): void => {
    unhurriedReads += by
    for (const server of servers) server.requestTimeout = unhurriedReads > 0 ? 0 : roster.config.limits.requestTimeoutMs
  }
  // Fastify and its compilers are the larger part of a start, and most of the API does without them.
  let hosting: Promise<FastifyInstance> | undefined
  const hosted = (): Promise<FastifyInstance> => hosting ??= loadHost(host, (request, response) => { void serve(context, request, response) })
  const listener = (make: MakeServer): Server => {
    const server = make({
      maxHeaderSize: roster.config.limits.maxHeaderBytes,
      headersTimeout: roster.config.limits.headersTimeoutMs,
      requestTimeout: roster.config.limits.requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_SLOW_MS,
    }, (request, response) => {
      if (hot(context, request, response)) return
      if (hostedByFastify(request.url!)) {
        const refused = context.access().hostError(request.headers.host, isLoopback(request.socket.localAddress ?? ''))
        if (refused !== undefined) {
          response.writeHead(refused.status, ['Content-Type', 'text/plain; charset=utf-8']).end(refused.message)
          return
        }
        hosted().then(app => app.routing(request, response), error => failed(error, response))
      } else void serve(context, request, response)
    })
    server.on('connection', socket => {
      const address = socket.remoteAddress ?? ''
      if (limits.connect(address, roster.config.limits)) socket.once('close', () => limits.disconnect(address))
      else socket.end('HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {}) // the other side went away before anyone listened
      hosted().then(app => app.server.emit('upgrade', request, socket, head), () => socket.destroy())
    })
    servers.push(server)
    return server
  }
  const failed = (error: unknown, response: ServerResponse): void => {
    roster.log.child('http').error('Fastify could not be loaded', { error: String(error) })
    response.writeHead(500, ['Content-Length', '0']).end()
  }
  return {
    limits,
    warm: hosted,
    async listen (at, tls) {
      const { createServer: createTlsServer } = await import(tls === undefined ? 'node:http' : 'node:https') as { createServer: (...args: unknown[]) => unknown }
      const server = listener(tls === undefined ? createServer : (options, handler) => createTlsServer({ ...options, ...tls }, handler) as Server)
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
      await (await hosting)?.close()
    },
  }
}

type MakeServer = (options: HttpServerOptions, handler: (request: IncomingMessage, response: ServerResponse) => void) => Server

/** An instance that never listens itself: sockets are the door's, as many as there are addresses. It owns its routes and their upgrade. */
async function loadHost (host: (app: FastifyInstance) => Promise<void>, otherwise: (request: IncomingMessage, response: ServerResponse) => void): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify')
  const app = fastify({ logger: false, serverFactory: handler => createServer(handler) })
  app.setNotFoundHandler((request, reply) => {
    reply.hijack()
    otherwise(request.raw, reply.raw)
  })
  await host(app)
  await app.ready()
  return app
}

/** Paths that fastify routes: the watch stream, what operators look at. */
const FASTIFY_PATHS = /^\/(?:v1\/watch|metrics|health|openapi\.json)(?:[/?]|$)/

/** A page at the root has all that is nobody else's. */
const hostedAt = ({ ui }: RuntimeConfig): (url: string) => boolean => {
  const page = !ui.enabled ? undefined : ui.contentPath === '/' ? /^\/(?!v1(?:[/?]|$))/ : new RegExp(`^${ui.contentPath.slice(0, -1)}(?:[/?]|$)`)
  return url => FASTIFY_PATHS.test(url) || page?.test(url) === true
}

/** Answers from kept bytes; false when there are none that are still true. */
function hot ({ roster, access, limits }: DispatchContext, request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'GET' || roster.config.acl.enabled || roster.guard.active || !follows(roster)) return false
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
