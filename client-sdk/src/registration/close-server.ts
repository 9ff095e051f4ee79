// Ending a server without cutting anybody off: no new connections, answers that say farewell, what is idle closed, what is left ended at the bound. For node:http(s), net, fastify and
// grpc-js, told apart by what they can do, so that none of them is a dependency.

import type { Server as HttpServer, ServerResponse } from 'node:http'
import { clearInterval, setInterval } from 'node:timers'

/** node:http, node:https, node:net; `close` calls back when the last connection is gone. */
export interface NodeServer { close (callback?: (error?: Error) => void): unknown, address? (): unknown }
/** Such as fastify: `close` gives a promise, the server of node:http is inside. */
export interface HostedServer { close (): PromiseLike<unknown>, readonly server: NodeServer }
/** grpc-js. */
export interface GrpcServer { tryShutdown (callback: (error?: Error) => void): void, forceShutdown (): void }

export type ClosableServer = NodeServer | HostedServer | GrpcServer

/** Distance of the looks for connections that have become idle, ms. */
const IDLE_LOOK_MS = 20

const isGrpc = (server: ClosableServer): server is GrpcServer => 'tryShutdown' in server && 'forceShutdown' in server
const nodeServer = (server: ClosableServer): NodeServer | undefined => isGrpc(server) ? undefined : 'server' in server ? server.server : server
const isHttp = (server: NodeServer | undefined): server is HttpServer => server !== undefined && 'closeIdleConnections' in server

/** Port on which it listens; `undefined`: not yet, or it does not tell. */
export function portOf (server: ClosableServer): number | undefined {
  const bound = nodeServer(server)?.address?.()
  return typeof bound === 'object' && bound !== null && 'port' in bound && typeof bound.port === 'number' ? bound.port : undefined
}

/**
 * From now on each answer ends its connection (`Connection: close`, RFC 9112, 9.6), so that callers move elsewhere by themselves: closing an idle connection just when a request
 * is on its way would lose that request.
 */
export function sayFarewell (server: ClosableServer): void {
  const http = nodeServer(server)
  if (isHttp(http)) http.prependListener('request', (_request: unknown, response: ServerResponse) => { response.shouldKeepAlive = false })
}

/** Resolves when it is closed: `false` when calls had to be cut off after `ms`. Never rejects: one that is not listening (any more) is closed. */
export function closeServer (server: ClosableServer, ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const http = nodeServer(server)
    const idle = isHttp(http) ? setInterval(() => http.closeIdleConnections(), IDLE_LOOK_MS) : undefined
    const end = (whole: boolean): void => {
      clearTimeout(timer)
      clearInterval(idle)
      resolve(whole)
    }
    const timer = setTimeout(() => {
      if (isGrpc(server)) server.forceShutdown()
      if (isHttp(http)) http.closeAllConnections()
      end(false)
    }, ms)
    const closed = (): void => end(true)
    try {
      if (isGrpc(server)) server.tryShutdown(closed)
      else if ('server' in server) server.close().then(closed, closed)
      else server.close(closed)
    } catch { end(true) }
  })
}
